/* Setting up a factor: an authenticator by QR code, key and confirming code, or a passkey; then the recovery codes. ES5. */
(function (window, document, kit, passkey) {
  'use strict';
  var text = kit.text;

  /* Shows the set-up that `options.start` (the answer of a Start call) describes. `options`: confirm(code, name) -> answer
     to the call, done(data), cancel() or none, instead(error) -> a button for another way, or none; lead, why it is wanted, or
     none. */
  function authenticator(container, options) {
    var start = options.start;
    var error = kit.element('p', { 'class': 'jwd-error', role: 'alert' });
    var code = kit.codeField(start.digits, send);
    var name = kit.nameField(kit.bounds.name);
    var submit = kit.element('button', { type: 'submit', 'class': 'jwd-button jwd-primary', text: text('enrol-confirm') });

    function send(event) {
      if (event) { event.preventDefault(); }
      if (!code.bare() || submit.disabled) { code.input.focus(); return; }
      submit.disabled = true;
      error.textContent = '';
      options.confirm(code.input.value, name.value).then(function (answer) {
        submit.disabled = false;
        if (answer.status === 200) { options.done(answer.data); return; }
        error.textContent = kit.problem(answer);
        code.clear();
      });
    }

    var key = kit.element('code', { 'class': 'jwd-key', text: start.secret.replace(/(.{4})(?=.)/g, '$1 ') });
    kit.show(container, [
      kit.element('form', { 'class': 'jwd-card', novalidate: true, on: { submit: send } }, [
        kit.element('h1', { 'class': 'jwd-title', text: text('enrol-title') }),
        options.lead && kit.element('p', { 'class': 'jwd-lead', text: options.lead }),
        kit.element('p', { 'class': 'jwd-hint', text: text('enrol-apps') }),
        kit.element('p', { text: text('enrol-scan') }),
        kit.element('img', { 'class': 'jwd-qr', alt: text('enrol-qr-alt'), src: 'data:image/svg+xml,' + encodeURIComponent(start.qr) }),
        kit.element('p', { text: text('enrol-manual') }),
        key,
        kit.element('div', { 'class': 'jwd-actions jwd-small' }, [
          copyButton(text('enrol-copy-key'), start.secret, error),
          kit.element('a', { 'class': 'jwd-button jwd-quiet', href: /^otpauth:/.test(start.uri) ? start.uri : null, text: text('enrol-open-app') })
        ]),
        kit.field(text('enrol-code-label'), code.input),
        kit.field(text('enrol-name-label'), name, text('enrol-name-hint')),
        error,
        kit.element('div', { 'class': 'jwd-actions' }, [submit, options.cancel && kit.button(text('common-cancel'), options.cancel)]),
        options.instead && options.instead(error)
      ])
    ]);
    code.input.focus();
  }

  function copyButton(label, value, error) {
    var button = kit.button(label, function () {
      copy(value).then(function () {
        button.textContent = text('enrol-copied');
        window.setTimeout(function () { button.textContent = label; }, 2000);
      }, function () { error.textContent = text('enrol-copy-failed'); });
    }, 'quiet');
    return button;
  }

  /* The clipboard exists on https only; elsewhere an old way may still do. */
  function copy(value) {
    if (window.navigator.clipboard && window.navigator.clipboard.writeText) { return window.navigator.clipboard.writeText(value); }
    var area = kit.element('textarea', { 'class': 'jwd-offscreen', readonly: true, 'aria-hidden': 'true' });
    area.value = value;
    document.body.appendChild(area);
    area.select();
    var done = document.execCommand('copy');
    document.body.removeChild(area);
    return done ? Promise.resolve() : Promise.reject(new Error('copy'));
  }

  /* The account's name as the authenticator app shows it: the label of the otpauth address behind the issuer. */
  function accountOf(uri) {
    var label = /^otpauth:\/\/totp\/([^?]*)/.exec(uri || '');
    try { return label ? decodeURIComponent(label[1]).replace(/^[^:]*:/, '') : ''; } catch (ignored) { return ''; }
  }

  /* Makes a passkey the factor. `options`: start (the ceremony), again() for another one, finish(ceremony, response and
     name) -> a call, done(its data), cancel(). */
  function byPasskey(container, options) {
    var start = options.start;
    var error = kit.element('p', { 'class': 'jwd-error', role: 'alert' });
    var name = kit.nameField(kit.bounds.name);
    var submit = kit.element('button', { type: 'submit', 'class': 'jwd-button jwd-primary', text: text('account-passkey-create') });

    function refuse(words) {
      error.textContent = words;
      submit.disabled = false;
      submit.focus();
    }

    /* One that the browser did not answer is asked again; one that was answered is gone. */
    function ceremony() {
      return start ? Promise.resolve({ status: 200, data: start }) : options.again();
    }

    function send(event) {
      event.preventDefault();
      if (submit.disabled) { return; }
      submit.disabled = true;
      error.textContent = '';
      ceremony().then(function (begun) {
        if (begun.status !== 200) { refuse(kit.problem(begun)); return; }
        start = begun.data;
        passkey.create(start.options).then(finish, function (failure) { refuse(text(passkey.reason(failure))); });
      });
    }

    function finish(response) {
      var proof = { ceremony: start.ceremony, response: response, name: name.value.trim() || undefined };
      start = null;
      options.finish(proof).then(function (answer) {
        if (answer.status === 200) { options.done(answer.data); } else { refuse(kit.problem(answer)); }
      });
    }

    kit.show(container, [
      kit.element('form', { 'class': 'jwd-card', novalidate: true, on: { submit: send } }, [
        kit.element('h1', { 'class': 'jwd-title', text: text('enrol-title') }),
        kit.element('p', { 'class': 'jwd-lead', text: text('enrol-passkey-lead') }),
        kit.field(text('account-passkey-name'), name, text('account-passkey-name-hint')),
        error,
        kit.element('div', { 'class': 'jwd-actions' }, [submit, kit.button(text('common-cancel'), options.cancel)])
      ])
    ]);
    submit.focus();
  }

  /* Shows recovery codes, once. `options`: codes, account, done(), and trust where there is a box to be ticked. */
  function recoveryCodes(container, options) {
    var head = text('enrol-file-head', { name: options.account || '?', server: kit.base });
    var file = head + '\r\n\r\n' + options.codes.join('\r\n') + '\r\n';
    var error = kit.element('p', { 'class': 'jwd-error', role: 'alert' });
    var finish = kit.button(text('enrol-finish'), options.done, 'primary');
    var tick = kit.element('input', { type: 'checkbox', id: 'jwd-saved', on: { change: function () { finish.disabled = !tick.checked; } } });
    var title = kit.element('h1', { 'class': 'jwd-title', tabindex: '-1', text: text('enrol-codes-title') });
    finish.disabled = true;
    kit.show(container, [
      kit.element('section', { 'class': 'jwd-card jwd-codes-card' }, [
        title,
        kit.element('p', { 'class': 'jwd-lead', text: text('enrol-codes-lead') }),
        kit.element('p', { 'class': 'jwd-print-only', text: head }),
        kit.element('ol', { 'class': 'jwd-codes' }, options.codes.map(function (one) {
          return kit.element('li', {}, [kit.element('code', { text: one })]);
        })),
        kit.element('div', { 'class': 'jwd-actions jwd-small' }, [
          copyButton(text('enrol-copy'), options.codes.join('\n'), error),
          kit.element('a', { 'class': 'jwd-button jwd-quiet', download: 'recovery-codes.txt', href: 'data:text/plain;charset=utf-8,' + encodeURIComponent(file), text: text('enrol-save') }),
          kit.button(text('enrol-print'), function () { window.print(); }, 'quiet')
        ]),
        error,
        kit.element('label', { 'class': 'jwd-check', 'for': 'jwd-saved' }, [tick, kit.element('span', { text: text('enrol-saved') })]),
        options.trust,
        kit.element('div', { 'class': 'jwd-actions' }, [finish])
      ])
    ]);
    title.focus();
  }

  window.JellywardEnrolment = { authenticator: authenticator, passkey: byPasskey, recoveryCodes: recoveryCodes, accountOf: accountOf, copyButton: copyButton };
}(window, document, window.JellywardKit, window.JellywardPasskey));
