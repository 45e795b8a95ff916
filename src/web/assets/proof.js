/* Step-up: asks once for a fresh proof, and lets the change go on. ES5. */
(function (window, kit, passkey, dialog, mailCode) {
  'use strict';
  if (window.JellywardProof) { return; }
  var text = kit.text;
  var FIELDS = {
    totp: { label: 'account-proof-totp', offer: 'account-use-totp' },
    recovery: { label: 'account-proof-recovery', offer: 'account-use-recovery' },
    password: { label: 'account-proof-password', offer: 'account-use-password' },
    email: { label: 'account-proof-email', offer: 'account-use-email' }
  };
  var CANCELLED = { status: -1, cancelled: true, data: null, retryAfter: 0, response: null };
  var asking = null;

  /* Asks in a dialog until the proof is right. `options`: headers, proofs (what this account can prove by), name (whose
     proof), title, lead, submit, byPasskey (what the buttons say), danger (they end something), first (the field to begin with), send(proof) -> a call; by default this session is
     proven. Resolves with that call's answer, or with null when cancelled. */
  function ask(options) {
    return kit.ready().then(function () {
      return new Promise(function (resolve) {
        dialog.open(options.title || text('account-proof-title'), function (card, close) {
          form(card, options, function (answer) { close(); resolve(answer); });
        }, function () { resolve(null); });
      });
    });
  }

  function form(card, options, done) {
    var methods = options.proofs.filter(function (one) { return FIELDS[one]; });
    var keys = options.proofs.indexOf('passkey') >= 0 && passkey.supported();
    var error = kit.element('p', { 'class': 'jwd-error', role: 'alert' });
    var field = kit.element('div', {});
    var others = kit.element('div', { 'class': 'jwd-others' });
    var first = methods.indexOf(options.first) >= 0 ? options.first : methods[0];
    var submit = kit.element('button', { type: 'submit', 'class': 'jwd-button' + (options.danger ? ' jwd-danger' : keys ? '' : ' jwd-primary'), text: options.submit || text('common-continue') });
    var byPasskey = kit.button(options.byPasskey || text('passkey-use'), press, (options.danger ? 'danger' : 'primary') + ' jwd-wide');
    var method, input, busy = false, empty = false, mail = null, timer;

    function send(proof) {
      var given = options.send ? options.send(proof) : kit.call('Jellyward/Api/Account/Prove', { headers: options.headers, body: { proof: proof } });
      given.then(function (answer) {
        busy = false;
        if (answer.status === 200) { done(answer); return; }
        refuse(kit.problem(answer));
      });
    }

    function refuse(words) {
      busy = empty = false;
      error.textContent = words;
      if (input) { input.value = ''; input.focus(); } else { byPasskey.focus(); }
    }

    function press() {
      if (busy) { return; }
      busy = true;
      error.textContent = '';
      passkey.prove(function () { return kit.call('Jellyward/Api/Account/Prove/Passkey', { headers: options.headers, body: {} }); }).then(function (proof) {
        send({ method: 'passkey', ceremony: proof.ceremony, response: proof.response });
      }, function (refusal) { refuse(refusal.answer ? kit.problem(refusal.answer) : text(refusal.reason)); });
    }

    /* Jellyfin has accounts without a password: nothing typed proves them, but not by a slip. */
    function meant() {
      if (method !== 'password' || empty) { return empty; }
      empty = true;
      error.textContent = text('account-proof-empty');
      return false;
    }

    function typed(event) {
      event.preventDefault();
      if (!input || busy) { return; }
      if (!input.value && !meant()) { input.focus(); return; }
      busy = true;
      error.textContent = '';
      send({ method: method, value: input.value });
    }

    /* Where a code by mail is the proof: it is sent when asked for. */
    function sender() {
      mail = mail || mailCode.sender({
        call: function () { return kit.call('Jellyward/Api/Account/Prove/Email', { headers: options.headers, body: {} }); },
        sent: function () { error.textContent = ''; input.focus(); },
        refused: function (answer) { error.textContent = kit.problem(answer); }
      });
      timer = timer || window.setInterval(function () {
        if (card.contains(field)) { mail.tick(); } else { window.clearInterval(timer); }
      }, 500);
      return mail.element;
    }

    function choose(chosen) {
      method = chosen;
      empty = false;
      var digits = method === 'totp' || method === 'email';
      input = kit.element('input', {
        'class': 'jwd-input' + (digits ? ' jwd-code' : ''),
        type: method === 'password' ? 'password' : 'text',
        autocomplete: digits ? 'one-time-code' : method === 'password' ? 'current-password' : 'off',
        inputmode: digits ? 'numeric' : null,
        autocapitalize: 'off',
        spellcheck: 'false'
      });
      /* Password managers look for whose password it is. */
      var name = kit.element('input', { type: 'text', autocomplete: 'username', hidden: true });
      name.value = options.name || '';
      kit.show(field, [method === 'password' ? name : null, method === 'email' ? sender() : null, kit.field(text(FIELDS[method].label), input)]);
      kit.show(others, methods.filter(function (one) { return one !== method; }).map(function (one) {
        return kit.button(text(FIELDS[one].offer), function () { choose(one); input.focus(); }, 'quiet');
      }));
      error.textContent = '';
    }

    var body = kit.element('form', { novalidate: true, on: { submit: typed } }, [
      options.lead && kit.element('p', { 'class': 'jwd-lead', text: options.lead }),
      keys && byPasskey,
      field, error,
      kit.element('div', { 'class': 'jwd-actions' }, [first ? submit : null, kit.button(text('common-cancel'), function () { done(null); })]),
      others
    ]);
    card.appendChild(body);
    if (first) { choose(first); }
    (keys ? byPasskey : input || body.querySelector('button')).focus();
  }

  /* Asks for a proof of this session, whoever wants it: two calls that need one at a time share the question. */
  function prove(options) {
    function over(answer) { asking = null; return answer; }
    asking = asking || ask(options).then(over, over);
    return asking;
  }

  /* A call that may want a fresh proof: asks for it, and makes the call again. `cancelled` is set in the answer when
     nobody gave one. */
  function change(headers, path, body, name) {
    function call() { return kit.call(path, { headers: headers, body: body, post: true }); }
    return call().then(function (answer) {
      if (answer.status !== 403 || !answer.data || answer.data.code !== 'step_up') { return answer; }
      return prove({ headers: headers, proofs: answer.data.proofs, name: name }).then(function (proven) {
        return proven ? call() : CANCELLED;
      });
    });
  }

  window.JellywardProof = { ask: ask, prove: prove, change: change };
}(window, window.JellywardKit, window.JellywardPasskey, window.JellywardDialog, window.JellywardMailCode));
