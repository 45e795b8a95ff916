/* An e-mail address in two steps: entered, and shown to be one's own by the code that was sent to it. ES5. */
(function (window, kit) {
  'use strict';
  var text = kit.text;

  /* Asks for an address. `options`: value, send(address) -> answer of a call, sent(data, address), others: more buttons. */
  function ask(container, options) {
    var input = kit.element('input', { 'class': 'jwd-input', type: 'text', inputmode: 'email', autocomplete: 'email', autocapitalize: 'off', autocorrect: 'off', spellcheck: 'false', maxlength: kit.bounds.address });
    var error = kit.element('p', { 'class': 'jwd-error', role: 'alert' });
    var busy = false;
    input.value = options.value || '';

    function send(event) {
      var address = input.value.trim();
      event.preventDefault();
      if (!address || busy) { input.focus(); return; }
      busy = true;
      error.textContent = '';
      options.send(address).then(function (answer) {
        busy = false;
        if (answer.cancelled) { return; }
        if (answer.status === 200) { options.sent(answer.data, address); return; }
        error.textContent = kit.problem(answer);
        input.focus();
        input.select();
      });
    }

    kit.show(container, [
      kit.element('form', { novalidate: true, on: { submit: send } }, [
        kit.field(text('email-label'), input, text('email-hint')),
        error,
        kit.element('div', { 'class': 'jwd-actions' }, [
          kit.element('button', { type: 'submit', 'class': 'jwd-button jwd-primary', text: text('email-send') })
        ].concat(options.others || []))
      ])
    ]);
    input.focus();
  }

  /* Asks for the code that was sent. `options`: address, sent: what the call that sent it gave, confirm(code) and resend():
     calls, each with its answer, done(), again(): another address is wanted, others: more buttons. Gives what ends it. */
  function code(container, options) {
    var field = kit.codeField(options.sent.digits, send);
    var error = kit.element('p', { 'class': 'jwd-error', role: 'alert' });
    var news = kit.element('p', { 'class': 'jwd-good', role: 'status' });
    var left = kit.element('p', { 'class': 'jwd-hint', role: 'timer' });
    var submit = kit.element('button', { type: 'submit', 'class': 'jwd-button jwd-primary', text: text('common-continue') });
    var resend = kit.button('', another, 'quiet');
    var busy = false, until, from, timer;

    function times(sent) {
      until = Date.now() + (sent.expiresAt - sent.serverTime) * 1000;
      from = Date.now() + (sent.resendAt - sent.serverTime) * 1000;
    }

    function end() { window.clearInterval(timer); }

    function send(event) {
      if (event) { event.preventDefault(); }
      if (busy || !field.bare()) { field.input.focus(); return; }
      busy = true;
      error.textContent = news.textContent = '';
      options.confirm(field.input.value).then(function (answer) {
        var data = answer.data || {};
        busy = false;
        if (answer.cancelled) { return; }
        if (answer.status === 200) { end(); options.done(); return; }
        error.textContent = data.code === 'wrong_code' ? text('email-wrong-code', { count: data.triesLeft }) : kit.problem(answer);
        field.clear();
      });
    }

    function another() {
      if (busy || Date.now() < from) { return; }
      busy = true;
      error.textContent = news.textContent = '';
      options.resend().then(function (answer) {
        busy = false;
        if (answer.cancelled) { return; }
        if (answer.status !== 200) { error.textContent = kit.problem(answer); return; }
        times(answer.data);
        news.textContent = text('email-sent-again');
        tick();
        field.input.focus();
      });
    }

    function tick() {
      var wait = Math.ceil((from - Date.now()) / 1000);
      left.textContent = Date.now() < until ? text('email-code-left', { time: kit.minutes((until - Date.now()) / 1000) }) : text('email-code-over');
      resend.textContent = wait > 0 ? text('email-resend-in', { time: kit.minutes(wait) }) : text('email-resend');
      resend.setAttribute('aria-disabled', wait > 0 ? 'true' : 'false');
    }

    kit.show(container, [
      kit.element('form', { novalidate: true, on: { submit: send } }, [
        kit.element('p', { 'class': 'jwd-lead', dir: 'auto', text: text('email-on-its-way', { address: kit.plain(options.address) }) }),
        kit.field(text('email-code-label'), field.input),
        error, news, left,
        kit.element('div', { 'class': 'jwd-actions' }, [submit].concat(options.others || [])),
        kit.element('div', { 'class': 'jwd-actions jwd-small' }, [resend, kit.button(text('email-another'), function () { end(); options.again(); }, 'quiet')])
      ])
    ]);
    times(options.sent);
    tick();
    timer = window.setInterval(tick, 500);
    field.input.focus();
    return end;
  }

  window.JellywardEmail = { ask: ask, code: code };
}(window, window.JellywardKit));
