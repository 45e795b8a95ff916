/* What proves that it is you: authenticators, passkeys, codes by mail, recovery codes. ES5. */
(function (window, kit, enrolment, passkey, dialog, mailCode, diagnosis) {
  'use strict';
  var text = kit.text;
  var screens = window.JellywardScreens = window.JellywardScreens || {};
  /* By the kinds of WebAuthn; those that later ones add are not shown. */
  var TRANSPORTS = [
    ['internal', 'account-passkey-here'], ['usb', 'account-passkey-key'], ['nfc', 'account-passkey-key'],
    ['ble', 'account-passkey-key'], ['hybrid', 'account-passkey-phone']
  ];

  screens.methods = function (panel, desk) {
    var account = desk.account;

    function kind(name) { return account.factors.filter(function (one) { return one.kind === name; }); }

    /* `used`: the control that has the focus again, where somebody comes back to this. */
    function overview(used) {
      if (used) { desk.say(''); }
      kit.show(panel, [
        kit.element('h3', { 'class': 'jwd-subtitle', text: text('account-factors-title') }),
        list(kind('totp'), 'account-no-authenticator'),
        kit.element('div', { 'class': 'jwd-actions' }, [kit.marked('totp', kit.button(text('account-add'), addAuthenticator, account.factors.length ? '' : 'primary'))]),
        kit.element('h3', { 'class': 'jwd-subtitle', text: text('account-passkeys-title') }),
        kit.element('p', { 'class': 'jwd-hint', text: text('account-passkeys-lead') }),
        list(kind('passkey'), 'account-no-passkey'),
        kit.element('div', { 'class': 'jwd-actions' }, [
          passkey.supported() ? kit.marked('passkey', kit.button(text('account-passkey-add'), namePasskey)) : null,
          whyNot()
        ]),
        byMail(),
        account.factors.length ? recovery() : null
      ]);
      kit.refocus(panel, used);
    }

    function back(used) { return function () { overview(used); }; }

    /* Offered where passkeys do not work, and nowhere else. */
    function whyNot() {
      var link = kit.element('a', { 'class': 'jwd-button jwd-quiet', href: '#check-passkey', hidden: true, text: text('passkey-why-not') });
      diagnosis.ready().then(function (ready) { link.hidden = ready; });
      return link;
    }

    function list(factors, none) {
      if (!factors.length) { return kit.element('p', { text: text(none) }); }
      return kit.element('ul', { 'class': 'jwd-list' }, factors.map(row));
    }

    /* The last of the ways, and called so. */
    function byMail() {
      var chosen = kind('email');
      if (!chosen.length && !account.mailCodeOffered) { return null; }
      return kit.element('div', {}, [
        kit.element('h3', { 'class': 'jwd-subtitle', text: text('account-mail-code-title') }),
        kit.element('p', { 'class': 'jwd-hint', text: text('account-mail-code-lead') }),
        chosen.length && chosen[0].usable === false ? kit.element('p', { 'class': 'jwd-warning', text: text('account-mail-code-unusable') }) : null,
        account.mailOpensAll ? kit.element('p', { 'class': 'jwd-warning', text: text('account-mail-opens-all') }) : null,
        list(chosen, 'account-mail-code-none'),
        chosen.length ? null : kit.element('div', { 'class': 'jwd-actions' }, [kit.marked('email', kit.button(text('account-mail-code-add'), addMailCodes))])
      ]);
    }

    function addMailCodes() {
      begin('Account/MailCode/Start', {}, function (sent) {
        mailCode.choose(panel, {
          sent: sent,
          resend: function () { return kit.call('Jellyward/Api/Account/MailCode/Start', { headers: desk.headers, body: {} }); },
          confirm: function (code) { return kit.call('Jellyward/Api/Account/MailCode/Confirm', { headers: desk.headers, body: { code: code } }); },
          done: function (data) { showCodes(data.recoveryCodes, text('account-mail-code-added')); },
          cancel: back('email')
        });
      }, 'email');
    }

    /* Where a passkey lives, each place once. */
    function places(one) {
      var known = one.transports || [];
      return TRANSPORTS.filter(function (place) { return known.indexOf(place[0]) >= 0; })
        .map(function (place) { return text(place[1]); })
        .filter(function (words, at, all) { return all.indexOf(words) === at; });
    }

    function row(one) {
      var used = one.lastUsedAt ? kit.said('account-factor-used', { date: kit.time(one.lastUsedAt) }) : text('account-factor-unused');
      var kept = one.backedUp === true ? text('account-passkey-backed-up') : one.backedUp === false ? text('account-passkey-one-device') : '';
      return kit.element('li', { 'class': 'jwd-row' }, [
        kit.element('div', { 'class': 'jwd-grow' }, [
          kit.name(kit.nameOf(one), 'strong'),
          kit.element('p', { 'class': 'jwd-hint' }, kit.facts([kit.said('account-factor-created', { date: kit.time(one.createdAt) }), used, kept].concat(one.kind === 'email' ? text('account-mail-code-weakest') : [], places(one))))
        ]),
        one.kind === 'email' ? null : labelled('account-rename', one, rename, 'quiet'),
        labelled('account-remove', one, remove, 'danger')
      ]);
    }

    function labelled(id, one, press, look) {
      var button = kit.marked(id + one.kind + one.id, kit.button(text(id), function () { press(one); }, look));
      button.setAttribute('aria-label', text(id) + ': ' + kit.nameOf(one));
      return button;
    }

    function recovery() {
      return kit.element('div', {}, [
        kit.element('h3', { 'class': 'jwd-subtitle', text: text('account-recovery-title') }),
        kit.element('p', { 'class': desk.fewCodes ? 'jwd-warning' : '', text: text('account-recovery-left', { count: account.recoveryCodesLeft }) }),
        kit.element('div', { 'class': 'jwd-actions' }, [kit.button(text('account-recovery-renew'), renew)])
      ]);
    }

    /* Begins a set-up; where all factors were removed before, the server wants a word or a recovery code for it. */
    function begin(path, body, done, used) {
      desk.change(path, body, done, function (answer) {
        if (!answer.data || answer.data.code !== 'word_needed') { desk.complain(kit.problem(answer)); return; }
        nameForm({ label: 'enrol-word-label', hint: 'enrol-word-lead', submit: 'common-continue' }, '', function (word) {
          if (word) { begin(path, { word: word }, done, used); }
        }, used);
      });
    }

    function addAuthenticator() {
      begin('Account/Totp/Start', {}, function (start) {
        enrolment.authenticator(panel, {
          start: start,
          confirm: function (code, name) {
            return kit.call('Jellyward/Api/Account/Totp/Confirm', { headers: desk.headers, body: { enrolment: start.enrolment, code: code, name: name || undefined } });
          },
          done: function (data) { showCodes(data.recoveryCodes, text('account-added')); },
          cancel: back('totp')
        });
      }, 'totp');
    }

    /* A small form with one name, or word, in it. */
    function nameForm(words, value, send, used) {
      desk.say('');
      var input = kit.nameField(kit.bounds.name);
      input.value = value;
      kit.show(panel, [
        kit.element('form', { novalidate: true, on: { submit: function (event) { event.preventDefault(); send(input.value.trim()); } } }, [
          kit.field(text(words.label), input, words.hint && text(words.hint)),
          kit.element('div', { 'class': 'jwd-actions' }, [
            kit.element('button', { type: 'submit', 'class': 'jwd-button jwd-primary', text: text(words.submit) }),
            kit.button(text('common-cancel'), back(used))
          ])
        ])
      ]);
      input.focus();
    }

    function namePasskey() {
      nameForm({ label: 'account-passkey-name', hint: 'account-passkey-name-hint', submit: 'account-passkey-create' }, '', function (name) {
        begin('Account/Passkeys/Start', {}, function (start) { create(start, name); }, 'passkey');
      }, 'passkey');
    }

    function create(start, name) {
      passkey.create(start.options).then(function (response) {
        desk.change('Account/Passkeys/Finish', { ceremony: start.ceremony, response: response, name: name || undefined }, function (data) {
          showCodes(data.recoveryCodes, text('account-passkey-added'));
        });
      }, function (error) { desk.complain(text(passkey.reason(error))); });
    }

    function rename(one) {
      nameForm({ label: 'account-new-name', submit: 'account-rename' }, one.name, function (name) {
        if (!name) { return; }
        desk.change('Account/Factors/Rename', { id: one.id, kind: one.kind, name: name }, function () { desk.show(text('account-renamed')); });
      }, 'account-rename' + one.kind + one.id);
    }

    function remove(one) {
      var last = account.factors.length !== 1 ? '' : text(account.required ? 'account-remove-last-required' : 'account-remove-last');
      dialog.confirm({ title: text('account-remove-title', { name: kit.nameOf(one) }), lead: last, submit: text('account-remove'), danger: true }).then(function (yes) {
        if (yes) { desk.change('Account/Factors/Remove', { id: one.id, kind: one.kind }, function () { desk.show(text('account-removed')); }); }
      });
    }

    function renew() {
      dialog.confirm({ title: text('account-recovery-renew'), lead: text('account-recovery-renew-lead'), submit: text('common-continue') }).then(function (yes) {
        if (yes) { desk.change('Account/Recovery/Renew', {}, function (data) { showCodes(data.recoveryCodes, text('account-renewed')); }); }
      });
    }

    function showCodes(codes, news) {
      if (!codes || !codes.length) { desk.show(news); return; }
      enrolment.recoveryCodes(panel, { codes: codes, account: account.name, done: function () { desk.show(news); } });
    }

    overview();
  };
}(window, window.JellywardKit, window.JellywardEnrolment, window.JellywardPasskey, window.JellywardDialog, window.JellywardMailCode, window.JellywardDiagnosis));
