/* A second factor that is demanded before the session: an authenticator, or one of the other ways. ES5. */
(function (window, kit, enrolment, passkey, mailCode, trust) {
  'use strict';
  if (window.JellywardDemanded) { return; }
  var text = kit.text;

  /* Shows it in `main`. `options`: answer (the server's JSON), headers of the login, done(trust) once a factor is there
     and the session can be asked for, cancel(complaint). */
  window.JellywardDemanded = function (main, options) {
    var wanted = options.answer, word = '';

    function call(path, body) {
      body.challenge = wanted.challenge;
      return kit.call('Jellyward/Api/Challenge/Enrol/' + path, { headers: options.headers, body: body });
    }

    function cancel() { options.cancel(''); }

    /* The recovery codes are looked at; then it may be said whether this browser is trusted. */
    function codes(data, account) {
      var box = trust(wanted.trust, { label: 'challenge-trust', hint: 'enrol-trust-hint' });
      enrolment.recoveryCodes(main, { codes: data.recoveryCodes, account: account, trust: box.element, done: function () { options.done(box.ticked()); } });
    }

    function askWord() {
      var field = kit.element('input', { 'class': 'jwd-input', type: 'text', autocomplete: 'off', autocapitalize: 'off', spellcheck: 'false' });
      var error = kit.element('p', { 'class': 'jwd-error', role: 'alert' });
      field.value = word;
      field.addEventListener('input', function () { word = field.value; });
      kit.show(main, [
        kit.element('form', { 'class': 'jwd-card', novalidate: true, on: { submit: function (event) {
          event.preventDefault();
          error.textContent = '';
          authenticator(function (refusal) { error.textContent = refusal; field.focus(); });
        } } }, [
          kit.element('h1', { 'class': 'jwd-title', text: text('enrol-title') }),
          kit.element('p', { 'class': 'jwd-lead', text: text('enrol-needed') }),
          kit.element('p', { text: text('enrol-word-lead') }),
          kit.field(text('enrol-word-label'), field),
          error,
          kit.element('div', { 'class': 'jwd-actions' }, [
            kit.element('button', { type: 'submit', 'class': 'jwd-button jwd-primary', text: text('common-continue') }),
            kit.button(text('common-cancel'), cancel)
          ]),
          others(error, askWord)
        ])
      ]);
      field.focus();
    }

    /* The other ways, where they are offered, each with `back` as its way back; where a word is wanted for them, too, the
       server says so. */
    function others(error, back) {
      return kit.element('div', { 'class': 'jwd-others' }, [byPasskey(error, back), byMail(error, back)]);
    }

    function withWord(body) {
      if (word) { body.word = word; }
      return body;
    }

    function byPasskey(error, back) {
      if (!wanted.passkey || !passkey.supported()) { return null; }
      function begin() { return call('Passkey', withWord({})); }
      return kit.button(text('enrol-passkey'), function () {
        error.textContent = '';
        begin().then(function (answer) {
          if (answer.status !== 200) { error.textContent = kit.problem(answer); return; }
          enrolment.passkey(main, {
            start: answer.data,
            again: begin,
            finish: function (proof) { return call('Passkey/Finish', proof); },
            done: function (data) { codes(data, ''); },
            cancel: back
          });
        });
      }, 'quiet');
    }

    function byMail(error, back) {
      if (!wanted.email) { return null; }
      function send() { return call('Email', withWord({})); }
      return kit.button(text('enrol-email'), function () {
        send().then(function (answer) {
          if (answer.status !== 200) { error.textContent = kit.problem(answer); return; }
          mailCode.choose(main, {
            sent: answer.data,
            resend: send,
            confirm: function (code) { return call('Email/Confirm', { code: code }); },
            done: function (data) { codes(data, ''); },
            cancel: back
          });
        });
      }, 'quiet');
    }

    /* `refused`: says why the word was not taken. */
    function authenticator(refused) {
      call('Start', withWord({})).then(function (answer) {
        var code = answer.data && answer.data.code, start = answer.data;
        if (answer.status === 200) { show(start); }
        else if (code === 'word_needed' && !refused) { askWord(); }
        else if (refused && code !== 'challenge_gone') { refused(kit.problem(answer)); }
        else { options.cancel(kit.problem(answer)); }
      });
    }

    function show(start) {
      enrolment.authenticator(main, {
        lead: text('enrol-needed'),
        instead: function (error) { return others(error, function () { show(start); }); },
        start: start,
        confirm: function (code, name) { return call('Confirm', { enrolment: start.enrolment, code: code, name: name || undefined }); },
        done: function (data) { codes(data, enrolment.accountOf(start.uri)); },
        cancel: cancel
      });
    }

    if (wanted.needsWord) { askWord(); } else { authenticator(); }
  };
}(window, window.JellywardKit, window.JellywardEnrolment, window.JellywardPasskey, window.JellywardMailCode, window.JellywardTrust));
