/* A link from a mail leads here, its token behind the #, which no server sees. Nothing happens until somebody presses the
   button: programs that look links up press none. ES5. */
(function (window, document, kit, newPassword) {
  'use strict';
  var text = kit.text;
  var PIN = /\/reset\/pin\/?$/i;
  var main, token;

  function begin() {
    main = document.getElementById('jellyward');
    window.JellywardRemote(main);
    token = window.location.hash.slice(1);
    /* Out of the address bar and the history: whoever uses this browser next must not find it. */
    if (window.history.replaceState) { window.history.replaceState(null, '', window.location.pathname); }
    window.addEventListener('hashchange', function () { if (window.location.hash.length > 1) { begin(); } });
    kit.begin(main, function () {
      if (!token) { gone(text('problem-reset_gone')); return; }
      if (PIN.test(window.location.pathname)) { offerPin(); } else { choose(); }
    });
  }

  function card(title, children) {
    kit.show(main, [kit.element('section', { 'class': 'jwd-card' }, [kit.element('h1', { 'class': 'jwd-title', text: title })].concat(children))]);
  }

  function toSignIn() { return kit.element('a', { 'class': 'jwd-button jwd-primary', href: kit.base + 'web/', text: text('reset-sign-in') }); }

  function gone(words) {
    card(document.title, [
      kit.element('p', { 'class': 'jwd-error', role: 'alert', text: words }),
      kit.element('div', { 'class': 'jwd-actions' }, [kit.element('a', { 'class': 'jwd-button jwd-primary', href: kit.base + 'Jellyward/Forgot', text: text('forgot-again') })])
    ]);
  }

  function choose() {
    var fresh = newPassword.form({
      lead: text('reset-lead'),
      send: function (password) { return kit.call('Jellyward/Api/Reset/Link', { body: { token: token, password: password } }); },
      done: function (answer) {
        if (answer.status === 200) { done(answer.data.name); return true; }
        if (answer.data && answer.data.code === 'reset_gone') { gone(kit.problem(answer)); return true; }
        return false;
      }
    });
    card(document.title, [fresh.form]);
    fresh.input.focus();
  }

  function done(name) {
    card(text('reset-done-title'), [
      kit.element('p', { 'class': 'jwd-good', role: 'status' }, [kit.name(name, 'strong'), kit.element('span', { text: ' · ' + text('reset-done') })]),
      kit.element('div', { 'class': 'jwd-actions' }, [toSignIn()])
    ]);
    main.querySelector('a').focus();
  }

  function offerPin() {
    var error = kit.element('p', { 'class': 'jwd-error', role: 'alert' });
    var press = kit.button(text('reset-pin-press'), function () {
      press.disabled = true;
      kit.call('Jellyward/Api/Reset/PinLink', { body: { token: token } }).then(function (answer) {
        press.disabled = false;
        if (answer.status === 200) { showPin(answer.data.password); return; }
        if (answer.data && answer.data.code === 'reset_gone') { gone(kit.problem(answer)); return; }
        error.textContent = kit.problem(answer);
      });
    }, 'primary');
    card(document.title, [
      kit.element('p', { 'class': 'jwd-lead', text: text('reset-pin-lead') }),
      error,
      kit.element('div', { 'class': 'jwd-actions' }, [press])
    ]);
    press.focus();
  }

  function showPin(password) {
    card(text('reset-done-title'), [
      kit.element('p', { 'class': 'jwd-good', role: 'status', text: text('reset-pin-done') }),
      kit.element('p', {}, [kit.element('code', { 'class': 'jwd-word', text: password })]),
      kit.element('div', { 'class': 'jwd-actions' }, [toSignIn()])
    ]);
    main.querySelector('a').focus();
  }

  begin();
}(window, document, window.JellywardKit, window.JellywardNewPassword));
