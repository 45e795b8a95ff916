/* Asks for a fresh proof before a change. ES5. */
(function (window, kit) {
  'use strict';
  var text = kit.text;
  var WORDS = {
    totp: { label: 'account-proof-totp', offer: 'account-use-totp' },
    recovery: { label: 'account-proof-recovery', offer: 'account-use-recovery' },
    password: { label: 'account-proof-password' }
  };

  /* Shows the question in `container`. `options`: name (whose proof), title, lead, submit (its text), kind (the account's `proof`), spare
     (it has recovery codes), send(proof) -> answer of a call, done(data), cancel(). Asks again until it is right. */
  window.JellywardProof = function (container, options) {
    var methods = options.kind === 'password' ? ['password'] : options.spare ? ['totp', 'recovery'] : ['totp'];
    var method = methods[0];
    var error = kit.element('p', { 'class': 'jwd-error', role: 'alert' });
    var field = kit.element('div', {});
    var submit = kit.element('button', { type: 'submit', 'class': 'jwd-button jwd-primary', text: options.submit });
    var other = kit.button('', function () { choose(methods[(methods.indexOf(method) + 1) % methods.length]); }, 'quiet');
    var input;

    function choose(chosen) {
      method = chosen;
      input = kit.element('input', {
        'class': 'jwd-input' + (method === 'totp' ? ' jwd-code' : ''),
        type: method === 'password' ? 'password' : 'text',
        autocomplete: method === 'totp' ? 'one-time-code' : method === 'password' ? 'current-password' : 'off',
        inputmode: method === 'totp' ? 'numeric' : null,
        autocapitalize: 'off',
        spellcheck: 'false'
      });
      /* Password managers look for whose password it is. */
      var name = kit.element('input', { type: 'text', autocomplete: 'username', hidden: true });
      name.value = options.name;
      kit.show(field, [method === 'password' ? name : null, kit.field(text(WORDS[method].label), input)]);
      other.hidden = methods.length < 2;
      if (methods.length > 1) { other.textContent = text(WORDS[method === 'totp' ? 'recovery' : 'totp'].offer); }
      error.textContent = '';
      input.focus();
    }

    function send(event) {
      event.preventDefault();
      if (!input.value || submit.disabled) { input.focus(); return; }
      submit.disabled = true;
      error.textContent = '';
      options.send({ method: method, value: input.value }).then(function (answer) {
        submit.disabled = false;
        if (answer.status === 200) { options.done(answer.data); return; }
        error.textContent = kit.problem(answer);
        if (answer.retryAfter) { error.textContent += ' ' + text('login-wait', { time: kit.minutes(answer.retryAfter) }); }
        input.value = '';
        input.focus();
      });
    }

    kit.show(container, [
      kit.element('form', { 'class': 'jwd-card', novalidate: true, 'aria-label': options.title, on: { submit: send } }, [
        kit.element('h2', { 'class': 'jwd-title', text: options.title }),
        options.lead && kit.element('p', { 'class': 'jwd-lead', text: options.lead }),
        field, error,
        kit.element('div', { 'class': 'jwd-actions' }, [submit, kit.button(text('common-cancel'), options.cancel)]),
        other
      ])
    ]);
    choose(method);
  };
}(window, window.JellywardKit));
