/* Codes by mail: asking for one, waiting before the next, and choosing them as a factor. ES5. */
(function (window, kit) {
  'use strict';
  if (window.JellywardMailCode) { return; }
  var text = kit.text;

  /* A button that has a code sent, a word on where it went, and the wait before the next. `options`: call() sends, and
     gives its answer; sent(data) when one went out, refused(answer). Gives {element, told, button, tick(), went(data)}; to
     be ticked every half second while it is shown. The word may be taken out of the element, to stand elsewhere. */
  function sender(options) {
    var busy = false, again = 0, lapses = 0, any = false, shown = '';
    var told = kit.element('p', { 'class': 'jwd-hint', role: 'status' });
    var button = kit.button('', press);

    function press() {
      if (busy || again > Date.now()) { return; }
      busy = true;
      tick();
      options.call().then(function (answer) {
        var data = answer.data || {};
        busy = false;
        if (answer.status === 200) { went(data); options.sent(data); return; }
        again = answer.retryAfter && (data.code === 'too_often' || data.code === 'too_many_tries') ? Date.now() + answer.retryAfter * 1000 : again;
        tick();
        options.refused(answer);
      });
    }

    /* One went out. */
    function went(data) {
      any = true;
      again = Date.now() + data.retryAfter * 1000;
      lapses = Date.now() + data.expiresIn * 1000;
      told.textContent = text('challenge-email-sent', { to: data.to, count: Math.round(data.expiresIn / 60) });
      tick();
    }

    function tick() {
      var wait = (again - Date.now()) / 1000;
      var label = busy ? text('challenge-email-sending')
        : wait > 0 ? text('challenge-email-again-in', { time: kit.minutes(wait) })
          : text(any ? 'challenge-email-again' : 'challenge-email-send');
      if (label !== shown) { button.textContent = shown = label; }
      /* Not disabled: a remote control must still be able to stand on it. */
      button.setAttribute('aria-disabled', String(busy || wait > 0));
      if (any && lapses && lapses <= Date.now()) { told.textContent = text('challenge-email-lapsed'); lapses = 0; }
    }

    tick();
    return { element: kit.element('div', { 'class': 'jwd-mail-code' }, [told, button]), told: told, button: button, tick: tick, went: went };
  }

  /* Chooses codes by mail: one was sent as `options.sent` says, and comes back here. `options`: resend() and
     confirm(code), calls; done(data), cancel(). */
  function choose(container, options) {
    var error = kit.element('p', { 'class': 'jwd-error', role: 'alert' });
    var code = kit.codeField(options.sent.length, send);
    var submit = kit.element('button', { type: 'submit', 'class': 'jwd-button jwd-primary', text: text('enrol-confirm') });
    var busy = false, timer;
    var more = sender({
      call: options.resend,
      sent: function () { error.textContent = ''; code.clear(); },
      refused: function (answer) { error.textContent = kit.problem(answer); }
    });

    function send(event) {
      if (event) { event.preventDefault(); }
      if (busy || !code.bare()) { code.input.focus(); return; }
      busy = true;
      error.textContent = '';
      options.confirm(code.input.value).then(function (answer) {
        busy = false;
        if (answer.status === 200) { window.clearInterval(timer); options.done(answer.data); return; }
        error.textContent = kit.problem(answer);
        code.clear();
      });
    }

    kit.show(container, [
      kit.element('form', { 'class': 'jwd-card', novalidate: true, on: { submit: send } }, [
        kit.element('h1', { 'class': 'jwd-title', text: text('enrol-email-title') }),
        kit.element('p', { 'class': 'jwd-warning', text: text('challenge-email-weak') }),
        more.told,
        kit.field(text('challenge-email-label'), code.input),
        error,
        more.element,
        kit.element('div', { 'class': 'jwd-actions' }, [submit, kit.button(text('common-cancel'), function () { window.clearInterval(timer); options.cancel(); })])
      ])
    ]);
    more.went(options.sent);
    timer = window.setInterval(function () {
      if (container.contains(code.input)) { more.tick(); } else { window.clearInterval(timer); }
    }, 500);
    code.input.focus();
  }

  window.JellywardMailCode = { sender: sender, choose: choose };
}(window, window.JellywardKit));
