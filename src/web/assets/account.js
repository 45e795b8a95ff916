/* The account page: what proves that it is you, and changing it. ES5. */
(function (window, document, kit, server, enrolment, proof) {
  'use strict';
  var text = kit.text;
  var main, headers, account;

  function begin() {
    main = document.getElementById('jellyward');
    Promise.all([kit.ready(), server.info()]).then(function (loaded) {
      var token = loaded[1] && server.token(loaded[1]);
      if (!loaded[1]) { fail(text('common-no-answer')); return; }
      if (!token) { toSignIn(); return; }
      headers = server.headers(loaded[1], token);
      show('');
    }, function () { main.textContent = '…'; window.setTimeout(begin, 5000); });
  }

  function toSignIn() {
    kit.show(main, [kit.element('p', { 'class': 'jwd-card', role: 'status', text: text('account-sign-in') })]);
    window.location.replace(kit.base + 'Jellyward/Login?next=' + encodeURIComponent(window.location.pathname));
  }

  function fail(complaint) {
    kit.show(main, [
      kit.element('section', { 'class': 'jwd-card' }, [
        kit.element('p', { 'class': 'jwd-error', role: 'alert', text: complaint }),
        kit.element('div', { 'class': 'jwd-actions' }, [kit.button(text('common-try-again'), begin, 'primary')])
      ])
    ]);
  }

  /* Reads the account anew and shows it, with a word on what was just done. */
  function show(news) {
    kit.call('Jellyward/Api/Account', { headers: headers }).then(function (answer) {
      if (answer.status === 401) { toSignIn(); return; }
      if (answer.status !== 200) { fail(kit.problem(answer)); return; }
      account = answer.data;
      render(news);
    });
  }

  function render(news) {
    var status = kit.element('p', { 'class': 'jwd-good', role: 'status' });
    kit.show(main, [
      kit.element('section', { 'class': 'jwd-card' }, [
        kit.element('h1', { 'class': 'jwd-title', text: text('account-title') }),
        kit.element('p', { 'class': 'jwd-lead', dir: 'auto', text: text('account-signed-in-as', { name: account.name }) }),
        status,
        account.factors.length ? null : kit.element('p', { 'class': 'jwd-warning', text: text(account.required ? 'account-required' : 'account-none') }),
        account.factors.length ? kit.element('h2', { 'class': 'jwd-subtitle', text: text('account-factors-title') }) : null,
        kit.element('ul', { 'class': 'jwd-list' }, account.factors.map(factor)),
        kit.element('div', { 'class': 'jwd-actions' }, [kit.button(text('account-add'), add, account.factors.length ? '' : 'primary')]),
        account.factors.length ? recovery() : null,
        kit.element('p', {}, [kit.element('a', { 'class': 'jwd-link', href: kit.base + 'web/', text: text('account-home') })])
      ])
    ]);
    status.textContent = news;
    status.hidden = !news;
  }

  function nameOf(one) { return one.name || text('account-factor-unnamed'); }

  function factor(one) {
    var used = one.lastUsedAt ? text('account-factor-used', { date: kit.moment(one.lastUsedAt) }) : text('account-factor-unused');
    return kit.element('li', { 'class': 'jwd-row' }, [
      kit.element('div', { 'class': 'jwd-grow' }, [
        kit.element('strong', { dir: 'auto', text: nameOf(one) }),
        kit.element('p', { 'class': 'jwd-hint', text: text('account-factor-created', { date: kit.moment(one.createdAt) }) + ' · ' + used })
      ]),
      kit.button(text('account-remove'), function () { remove(one); }, 'danger')
    ]);
  }

  function recovery() {
    return kit.element('div', {}, [
      kit.element('h2', { 'class': 'jwd-subtitle', text: text('account-recovery-title') }),
      kit.element('p', { 'class': account.recoveryCodesLeft > 2 ? '' : 'jwd-warning', text: text('account-recovery-left', { count: account.recoveryCodesLeft }) }),
      kit.element('div', { 'class': 'jwd-actions' }, [kit.button(text('account-recovery-renew'), renew)])
    ]);
  }

  function ask(words, path, body, done) {
    proof(main, {
      name: account.name,
      title: words.title,
      lead: words.lead,
      submit: words.submit,
      kind: account.proof,
      spare: account.recoveryCodesLeft > 0,
      send: function (given) {
        body.proof = given;
        return kit.call('Jellyward/Api/Account/' + path, { headers: headers, body: body });
      },
      done: done,
      cancel: function () { show(''); }
    });
  }

  function add() {
    ask({ title: text('account-proof-title'), submit: text('common-continue') }, 'Totp/Start', {}, function (start) {
      enrolment.authenticator(main, {
        start: start,
        confirm: function (code, name) {
          return kit.call('Jellyward/Api/Account/Totp/Confirm', { headers: headers, body: { enrolment: start.enrolment, code: code, name: name || undefined } });
        },
        done: function (data) { showCodes(data.recoveryCodes, text('account-added')); },
        cancel: function () { show(''); }
      });
    });
  }

  function remove(one) {
    var last = account.factors.length === 1 ? text('account-remove-last') : '';
    ask({ title: text('account-remove-title', { name: nameOf(one) }), lead: last, submit: text('account-remove') }, 'Factors/Remove', { id: one.id }, function () {
      show(text('account-removed'));
    });
  }

  function renew() {
    ask({ title: text('account-recovery-renew'), lead: text('account-recovery-renew-lead'), submit: text('common-continue') }, 'Recovery/Renew', {}, function (data) {
      showCodes(data.recoveryCodes, text('account-renewed'));
    });
  }

  function showCodes(codes, news) {
    if (!codes.length) { show(news); return; }
    enrolment.recoveryCodes(main, { codes: codes, account: account.name, done: function () { show(news); } });
  }

  begin();
}(window, document, window.JellywardKit, window.JellywardServer, window.JellywardEnrolment, window.JellywardProof));
