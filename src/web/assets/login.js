/* The stand-alone sign-in: name and password, challenge or set-up, then over to Jellyfin's own web client. ES5. */
(function (window, document, kit, server, enrolment, passkey, passkeySignIn, trust) {
  'use strict';
  var text = kit.text;
  var main, info;

  function begin() {
    main = document.getElementById('jellyward');
    window.JellywardRemote(main);
    begun();
  }

  function begun() {
    kit.begin(main, function (found) {
      info = found;
      if (!info) { problem(text('common-no-answer'), begun); return; }
      var waiting = kit.handedOver();
      if (!waiting) { ask(''); } else if (waiting.answer.outcome === 'setUp') { challenge(waiting.answer, waiting.headers, waiting.trust); } else { enrol(waiting.answer, waiting.headers); }
    }, server.info);
  }

  function ask(complaint) {
    var name = kit.element('input', { 'class': 'jwd-input', type: 'text', name: 'username', autocomplete: 'username webauthn', autocapitalize: 'off', autocorrect: 'off', spellcheck: 'false' });
    var password = kit.element('input', { 'class': 'jwd-input', type: 'password', name: 'password', autocomplete: 'current-password' });
    var error = kit.element('p', { 'class': 'jwd-error', role: 'alert', text: complaint });
    var submit = kit.element('button', { type: 'submit', 'class': 'jwd-button jwd-primary', text: text('login-submit') });

    function send(event) {
      event.preventDefault();
      if (submit.disabled) { return; }
      if (!name.value) { name.focus(); return; }
      submit.disabled = true;
      submit.textContent = text('login-signing-in');
      error.textContent = '';
      signIn(name.value, password.value).then(function (refusal) {
        submit.disabled = false;
        submit.textContent = text('login-submit');
        if (refusal) { error.textContent = refusal; password.value = ''; password.focus(); }
      });
    }

    var byPasskey = kit.element('div', { 'class': 'jwd-after' });
    var forgot = kit.element('p', { hidden: true }, [kit.element('a', { 'class': 'jwd-link', href: kit.base + 'Jellyward/Forgot', text: text('login-forgot') })]);
    offerPasskey(byPasskey, error);
    kit.call('Jellyward/Api/Reset/Offer', {}).then(function (answer) { forgot.hidden = !(answer.data && answer.data.offered); });
    kit.show(main, [
      kit.element('form', { 'class': 'jwd-card', novalidate: true, on: { submit: send } }, [
        kit.element('h1', { 'class': 'jwd-title', text: info.ServerName ? text('login-title', { server: info.ServerName }) : text('login-title-plain') }),
        kit.field(text('login-name-label'), name),
        kit.field(text('login-password-label'), password),
        error,
        kit.element('div', { 'class': 'jwd-actions' }, [submit]),
        byPasskey,
        forgot,
        kit.element('p', { 'class': 'jwd-hint', text: text('login-recovery-hint') }),
        kit.element('p', { 'class': 'jwd-hint', text: text('login-quick-connect') })
      ])
    ]);
    name.focus();
  }

  /* Passkeys, where the server takes them: a button, and the list below the name field. */
  function offerPasskey(place, error) {
    var box = null;
    var options = { headers: function () { return server.headers(info); }, trust: function () { return box.ticked(); }, done: enter, said: say };
    function say(words) { error.textContent = words; }
    /* A session, or what is to be set up before. */
    function enter(data) { if (data.jellyward) { passkeySignIn.stop(); challenge(data.jellyward, options.headers(), box.ticked()); } else { finish(data); } }
    function press() { say(''); passkeySignIn.press(options).then(enter, say); }
    passkeySignIn.offered().then(function (offered) {
      if (!offered || !document.body.contains(place)) { return; }
      if (!passkey.supported()) {
        kit.show(place, [kit.button(text('passkey-why-not'), diagnose, 'quiet')]);
        return;
      }
      box = trust(offered.trust, { label: 'login-passkey-trust', hint: 'login-passkey-trust-hint' });
      kit.show(place, [kit.button(text('login-passkey'), press, 'wide'), box.element]);
      passkeySignIn.autofill(options);
    });
  }

  function diagnose() {
    var panel = kit.element('div', {});
    kit.show(main, [
      kit.element('section', { 'class': 'jwd-card' }, [
        kit.element('h1', { 'class': 'jwd-title', text: text('passkey-why-not') }),
        panel,
        kit.element('div', { 'class': 'jwd-actions' }, [kit.button(text('common-close'), function () { ask(''); }, 'primary')])
      ])
    ]);
    window.JellywardDiagnosis(panel);
  }

  /* Resolves with the words of a refusal, or nothing when another view took over. */
  function signIn(name, password) {
    var headers;
    passkeySignIn.stop();
    try { headers = server.headers(info); } catch (ignored) { return Promise.resolve(text('login-no-storage')); }
    var marked = { Authorization: headers.Authorization, 'X-Jellyward': '1' };
    return kit.call('Users/AuthenticateByName', { headers: marked, body: { Username: name, Pw: password } }).then(function (answer) {
      var wanted = answer.data && answer.data.jellyward;
      if (answer.status === 200 && wanted) {
        if (wanted.outcome === 'enrol') { enrol(wanted, headers); } else { challenge(wanted, headers); }
        return '';
      }
      if (answer.status === 200 && answer.data && answer.data.AccessToken) { offer(answer.data, password); return ''; }
      if (answer.status === 401) { return answer.retryAfter ? text('login-wait', { time: kit.minutes(answer.retryAfter) }) : text('login-refused'); }
      return kit.problem(answer);
    });
  }

  /* `trusted`: everything is proven, and this browser shall be trusted. */
  function challenge(wanted, headers, trusted) {
    window.JellywardChallenge.open({ answer: wanted, headers: headers, trust: trusted, container: main }).then(function (response) {
      if (!response) { ask(''); return; }
      response.json().then(finish, function () { ask(text('common-unexpected')); });
    });
  }

  /* A set-up demanded before sign-in. */
  function enrol(wanted, headers) {
    window.JellywardDemanded(main, {
      answer: wanted,
      headers: headers,
      done: function (trusted) { open(wanted, headers, trusted); },
      cancel: ask
    });
  }

  /* After the set-up: the session. */
  function open(wanted, headers, trusted) {
    kit.call('Jellyward/Api/Challenge/Finish', { headers: headers, body: { challenge: wanted.challenge, trust: trusted } }).then(function (answer) {
      if (answer.status === 200 && answer.data && answer.data.jellyward) { challenge(answer.data.jellyward, headers, trusted); }
      else if (answer.status === 200 && answer.data) { finish(answer.data); }
      else if (answer.status === 0 || answer.status === 409) { problem(kit.problem(answer), function () { open(wanted, headers, trusted); }); }
      else { ask(kit.problem(answer)); }
    });
  }

  /* Signed in by password alone: offers a second factor to whoever has none. */
  function offer(session, password) {
    var headers = server.headers(info, session.AccessToken);
    kit.call('Jellyward/Api/Account', { headers: headers }).then(function (answer) {
      if (answer.status !== 200 || answer.data.factors.length || answer.data.proof !== 'password') { finish(session); return; }
      kit.show(main, [
        kit.element('section', { 'class': 'jwd-card' }, [
          kit.element('h1', { 'class': 'jwd-title', text: text('login-offer-title') }),
          kit.element('p', { 'class': 'jwd-lead', text: text('login-offer-lead') }),
          kit.element('div', { 'class': 'jwd-actions' }, [
            kit.button(text('login-offer-accept'), function () { volunteer(session, headers, password); }, 'primary'),
            kit.button(text('login-offer-decline'), function () { finish(session); })
          ])
        ])
      ]);
      main.querySelector('button').focus();
    });
  }

  function volunteer(session, headers, password) {
    function skip() { finish(session); }
    kit.call('Jellyward/Api/Account/Totp/Start', { headers: headers, body: { proof: { method: 'password', value: password } } }).then(function (answer) {
      if (answer.status !== 200) { problem(kit.problem(answer), skip); return; }
      enrolment.authenticator(main, {
        start: answer.data,
        confirm: function (code, name) {
          return kit.call('Jellyward/Api/Account/Totp/Confirm', { headers: headers, body: { enrolment: answer.data.enrolment, code: code, name: name || undefined } });
        },
        done: function (data) { enrolment.recoveryCodes(main, { codes: data.recoveryCodes, account: session.User.Name, done: skip }); },
        cancel: skip
      });
    });
  }

  function finish(session) {
    try {
      server.handOver(session);
    } catch (ignored) { ask(text('login-no-storage')); return; }
    kit.show(main, [kit.element('p', { 'class': 'jwd-card', role: 'status', text: text('login-done') })]);
    window.location.replace(server.next());
  }

  function problem(complaint, again) {
    kit.show(main, [
      kit.element('section', { 'class': 'jwd-card' }, [
        kit.element('p', { 'class': 'jwd-error', role: 'alert', text: complaint }),
        kit.element('div', { 'class': 'jwd-actions' }, [kit.button(text('common-continue'), again, 'primary')])
      ])
    ]);
    main.querySelector('button').focus();
  }

  begin();
}(window, document, window.JellywardKit, window.JellywardServer, window.JellywardEnrolment, window.JellywardPasskey, window.JellywardPasskeySignIn, window.JellywardTrust));
