/* A forgotten password: who it is, then the code that came by mail and a new password. The server answers the same
   whatever was typed. ES5. */
(function (window, document, kit, newPassword) {
  'use strict';
  var text = kit.text;
  var KEPT = 'jellyward-forgot';
  var main;

  function begin() {
    main = document.getElementById('jellyward');
    window.JellywardRemote(main);
    kit.begin(main, function (offer) {
      if (offer.status !== 200) { card(document.title, [complaint(kit.problem(offer))]); return; }
      if (!offer.data.offered) { card(document.title, [kit.element('p', { text: text('forgot-not-offered') })]); return; }
      var waiting = kept();
      if (waiting) { sent(waiting); } else { ask(''); }
    }, function () { return kit.call('Jellyward/Api/Reset/Offer', {}); });
  }

  /* A reload, or a look into the mail on the same phone, must not lose the code's other half. */
  function kept() {
    try {
      var found = JSON.parse(window.sessionStorage.getItem(KEPT));
      return found && found.until > Date.now() ? found : null;
    } catch (ignored) { return null; }
  }

  function keep(what) {
    try {
      if (what) { window.sessionStorage.setItem(KEPT, JSON.stringify(what)); } else { window.sessionStorage.removeItem(KEPT); }
    } catch (ignored) { /* the page itself still knows */ }
  }

  function complaint(words) { return kit.element('p', { 'class': 'jwd-error', role: 'alert', text: words }); }

  function back() { return kit.element('a', { 'class': 'jwd-link', href: kit.base + 'web/', text: text('forgot-back') }); }

  function card(title, children) {
    kit.show(main, [
      kit.element('section', { 'class': 'jwd-card' }, [kit.element('h1', { 'class': 'jwd-title', text: title })].concat(children, [back()]))
    ]);
  }

  function form(send, children) { return kit.element('form', { novalidate: true, on: { submit: function (event) { event.preventDefault(); send(); } } }, children); }

  function ask(words) {
    var name = kit.element('input', { 'class': 'jwd-input', type: 'text', name: 'username', autocomplete: 'username', autocapitalize: 'off', autocorrect: 'off', spellcheck: 'false' });
    var error = complaint(words);
    var submit = kit.element('button', { type: 'submit', 'class': 'jwd-button jwd-primary', text: text('forgot-send') });
    function send() {
      if (submit.disabled) { return; }
      if (!name.value.trim()) { name.focus(); return; }
      submit.disabled = true;
      error.textContent = '';
      kit.call('Jellyward/Api/Reset/Ask', { body: { name: name.value } }).then(function (answer) {
        submit.disabled = false;
        if (answer.status !== 200) { error.textContent = kit.problem(answer); name.focus(); return; }
        var waiting = { name: name.value.trim(), flow: answer.data.flow, code: answer.data.code, link: answer.data.link, digits: answer.data.digits, until: Date.now() + answer.data.expiresIn * 1000 };
        keep(waiting);
        sent(waiting);
      });
    }
    card(document.title, [
      form(send, [
        kit.element('p', { 'class': 'jwd-lead', text: text('forgot-lead') }),
        kit.field(text('forgot-name-label'), name),
        error,
        kit.element('div', { 'class': 'jwd-actions' }, [submit])
      ])
    ]);
    name.focus();
  }

  function again() { keep(null); ask(''); }

  function sent(waiting) {
    var lead = kit.element('p', { 'class': 'jwd-lead', role: 'status', text: text(waiting.code ? (waiting.link ? 'forgot-sent-both' : 'forgot-sent-code') : 'forgot-sent-link') });
    var more = kit.element('p', { 'class': 'jwd-hint', text: text('forgot-sent-hint') });
    var other = kit.button(text('forgot-again'), again, 'quiet');
    if (!waiting.code) { card(text('forgot-sent-title'), [lead, more, other]); return; }
    /* Sent with the password, and not by itself. */
    var code = kit.codeField(null, null).input;
    var fresh = newPassword(waiting.name);
    var error = complaint('');
    var submit = kit.element('button', { type: 'submit', 'class': 'jwd-button jwd-primary', text: text('reset-set') });
    function send() {
      if (submit.disabled) { return; }
      if (!code.value) { code.focus(); return; }
      if (!fresh.input.value) { fresh.input.focus(); return; }
      submit.disabled = true;
      error.textContent = '';
      kit.call('Jellyward/Api/Reset/Code', { body: { flow: waiting.flow, code: code.value, password: fresh.input.value } }).then(function (answer) {
        var data = answer.data || {};
        submit.disabled = false;
        if (answer.status === 200) { keep(null); done(); return; }
        if (data.code === 'reset_gone') { keep(null); ask(kit.problem(answer)); return; }
        error.textContent = kit.problem(answer) + (data.triesLeft !== undefined ? ' ' + text('forgot-tries-left', { count: data.triesLeft }) : '');
        if (data.code === 'wrong_code') { code.value = ''; code.focus(); } else { fresh.input.focus(); }
      });
    }
    card(text('forgot-sent-title'), [
      lead,
      form(send, [
        kit.field(text('forgot-code-label'), code),
        fresh.field,
        error,
        kit.element('div', { 'class': 'jwd-actions' }, [submit, other])
      ]),
      more
    ]);
    code.focus();
  }

  function done() {
    card(text('reset-done-title'), [
      kit.element('p', { 'class': 'jwd-good', role: 'status', text: text('reset-done') }),
      kit.element('div', { 'class': 'jwd-actions' }, [kit.element('a', { 'class': 'jwd-button jwd-primary', href: kit.base + 'web/', text: text('reset-sign-in') })])
    ]);
    main.querySelector('a').focus();
  }

  begin();
}(window, document, window.JellywardKit, window.JellywardNewPassword));
