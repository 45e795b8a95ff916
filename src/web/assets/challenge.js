/* The challenge: renders itself from the server's JSON, as an overlay or into a container. ES5. */
(function (window, document, kit, passkey, mailCode, trust) {
  'use strict';
  if (window.JellywardChallenge) { return; }
  var text = kit.text;
  /* What each way is called, to be chosen and to be typed. */
  var WAYS = {
    totp: { offer: 'challenge-use-totp', lead: 'challenge-totp-lead', label: 'challenge-totp-label' },
    recovery: { offer: 'challenge-use-recovery', lead: 'challenge-recovery-lead', label: 'challenge-recovery-label' },
    email: { offer: 'challenge-use-email', lead: 'challenge-email-lead', label: 'challenge-email-label' }
  };
  /* A recovery code is for when nothing else works, and mail for who has nothing better. */
  var METHODS = ['totp', 'email', 'recovery'];
  var CLOCK_TOLERANCE = kit.bounds.step; /* seconds that a code is shown */
  var CLOCK_SHOWN = 60; /* seconds from which the server's time is worth a look */

  /* Asks for the proof that `options.answer` wants, with the login's own `options.headers`, in `options.container` or
     over the page; `options.trust` where everything is proven and the browser shall be trusted. Resolves with the server's Response of the session, or null when cancelled. */
  function open(options) {
    if (options.answer.outcome === 'enrol') { return toEnrolment(options); }
    return kit.ready().then(function () {
      return new Promise(function (resolve) {
        if (options.container) { begin(options, options.container, resolve); return; }
        kit.overlay(function (content, close, host) {
          begin(options, content, function (response, over) {
            close();
            if (!response) { window.JellywardRefusal(text(over ? 'challenge-not-signed-in' : 'challenge-cancelled')); }
            resolve(response);
          }, host);
        });
      });
    });
  }

  function begin(options, container, finish, host) {
    if (options.answer.outcome === 'setUp') { setUp(options, options.answer, options.trust, container, finish, host); return; }
    new Challenge(options, container, finish, host).start();
  }

  /* Everything is proven; something is set up before the session. */
  function setUp(options, answer, trust, container, finish, host) {
    window.JellywardSetUp.run(container, { answer: answer, headers: options.headers, trust: trust, dialog: Boolean(host), done: finish });
  }

  function toEnrolment(options) {
    kit.handOver(options.answer, options.headers);
    /* The page is leaving; should it stay, the client gets its refusal. */
    return new Promise(function (resolve) { window.setTimeout(function () { resolve(null); }, 10000); });
  }

  function Challenge(options, container, finish, host) {
    var answer = options.answer;
    var offset = answer.serverTime ? answer.serverTime - Date.now() / 1000 : 0;
    var gone = Date.now() + answer.expiresIn * 1000;
    var methods = (answer.methods || ['totp']).filter(function (one) { return WAYS[one]; });
    var keys = passkey.supported() && (answer.methods || []).indexOf('passkey') >= 0;
    var method = METHODS.filter(function (one) { return methods.indexOf(one) >= 0; })[0];
    var lengths = answer.lengths || {};
    var code = kit.codeField(null, send);
    var parts = {}, timer, busy = false, over = false, moved = false, waitUntil = 0, nextStep = 0, mailed = false;

    /* After too many wrong codes those that can be guessed wait; a recovery code and a passkey never do. */
    if (answer.codesIn) { waitUntil = Date.now() + answer.codesIn * 1000; }

    function now() { return Date.now() / 1000 + offset; }

    this.start = function () {
      build();
      choose(keys && methods.indexOf('totp') < 0 ? null : method);
      timer = window.setInterval(tick, 500);
      tick();
    };

    function end(response) {
      window.clearInterval(timer);
      kit.clear(container);
      finish(response, over);
    }

    function build() {
      var id = 'jwd-challenge-title';
      parts.lead = kit.element('p', { 'class': 'jwd-lead' });
      parts.locked = kit.element('p', { 'class': 'jwd-warning', role: 'status' });
      parts.input = code.input;
      parts.field = kit.field('', parts.input);
      parts.label = parts.field.firstChild;
      parts.error = kit.element('p', { 'class': 'jwd-error', role: 'alert' });
      parts.wait = kit.element('p', { 'class': 'jwd-hint' });
      parts.left = kit.element('span', { role: 'timer' });
      parts.clock = kit.element('span', {});
      parts.submit = kit.element('button', { type: 'submit', 'class': 'jwd-button jwd-primary' });
      parts.others = kit.element('div', { 'class': 'jwd-others', role: 'group', 'aria-label': text('challenge-other-ways') });
      parts.cancel = kit.button(text('common-cancel'), function () { end(null); });
      parts.passkey = kit.button(text('passkey-use'), usePasskey);
      parts.mail = mailCode.sender({
        call: function () { return kit.call('Jellyward/Api/Challenge/Email', { headers: options.headers, body: { challenge: answer.challenge } }); },
        sent: function () { mailed = true; choose('email'); },
        refused: judged
      });
      /* Above the field: a whole code is sent as it is typed. */
      parts.trust = trust(answer.trust, { label: 'challenge-trust', hint: 'challenge-trust-hint' });
      parts.weak = kit.element('p', { 'class': 'jwd-warning', text: text('challenge-email-weak') });
      parts.form = kit.element('form', { novalidate: true, on: { submit: submitted } }, [
        parts.trust.element, parts.passkey, parts.weak, parts.mail.told, parts.field, parts.error, parts.wait, parts.mail.element,
        kit.element('div', { 'class': 'jwd-actions' }, [parts.submit, parts.cancel]), parts.others
      ]);
      var dialog = kit.element('section', { 'class': 'jwd-card', role: host ? 'dialog' : 'group', 'aria-modal': host && 'true', 'aria-labelledby': id }, [
        kit.element('h1', { id: id, 'class': 'jwd-title', text: text('challenge-title') }),
        parts.locked, parts.lead, parts.form,
        kit.element('p', { 'class': 'jwd-meta' }, [parts.left, parts.clock]),
        clockHint()
      ]);
      kit.show(container, [dialog]);
      window.JellywardRemote(dialog, { trap: Boolean(host), back: function () { end(null); } });
      if (host) { keepFocus(); }
    }

    function clockHint() {
      if (Math.abs(offset) < CLOCK_TOLERANCE) { return null; }
      return kit.element('p', { 'class': 'jwd-warning', text: text('challenge-clock-differs', { difference: kit.minutes(Math.abs(offset)) }) });
    }

    /* All ways but the one that is taken, the best first, under words of their own. */
    function offerOthers() {
      var ways = METHODS.filter(function (one) { return one !== method && methods.indexOf(one) >= 0; });
      var buttons = ways.map(function (one) { return kit.button(text(WAYS[one].offer), function () { choose(one); }, 'quiet'); });
      if (keys && parts.passkey.hidden) { buttons.unshift(kit.button(text('passkey-use'), usePasskey, 'quiet')); }
      kit.show(parts.others, buttons.length ? [kit.element('p', { 'class': 'jwd-hint', text: text('challenge-other-ways') })].concat(buttons) : []);
      parts.others.hidden = !buttons.length;
    }

    function choose(chosen) {
      method = chosen;
      /* Nothing is sent by itself, and nothing can be typed before. */
      parts.field.hidden = parts.submit.hidden = !method || (method === 'email' && !mailed);
      parts.mail.button.className = 'jwd-button jwd-wide' + (mailed ? '' : ' jwd-primary');
      /* One button is the first: the field's own, where there is one. */
      parts.passkey.hidden = !keys || Boolean(method && method !== 'totp');
      parts.passkey.className = 'jwd-button jwd-wide' + (method ? '' : ' jwd-primary');
      offerOthers();
      parts.lead.hidden = lock() || (method === 'email' && mailed);
      if (!method) {
        parts.lead.textContent = hindrance() || text(keys ? 'challenge-passkey-lead' : 'challenge-passkey-elsewhere');
        resting().focus();
        return;
      }
      parts.lead.textContent = text(method === 'totp' && keys ? 'challenge-totp-or-passkey-lead' : WAYS[method].lead, { to: answer.email });
      parts.label.textContent = text(WAYS[method].label);
      code.letters = method === 'recovery';
      code.length = lengths[method];
      parts.input.setAttribute('inputmode', code.letters ? 'text' : 'numeric');
      parts.input.className = 'jwd-input jwd-' + (code.letters ? 'recovery' : 'code');
      again('');
    }

    /* Why nothing of what the account has can be used now; only its server's owner can help. */
    function hindrance() {
      return (answer.hindered || []).map(function (one) { return one === 'passkey' ? text('challenge-hindered-passkey') : text('challenge-hindered-email'); }).join(' ');
    }

    function waits() { return waitUntil > Date.now() && (method === 'totp' || method === 'email'); }

    /* Says until when codes wait, once and with no clock that runs, and shows what waits as dead. */
    function lock() {
      var waiting = waits(), recovery = methods.indexOf('recovery') >= 0;
      parts.input.disabled = parts.submit.disabled = waiting;
      parts.mail.element.hidden = method !== 'email' || waiting;
      parts.weak.hidden = parts.mail.told.hidden = parts.mail.element.hidden;
      /* Where the codes are not even offered, the reason stays beside what is. */
      var told = waiting || (answer.codesIn && waitUntil > Date.now());
      var id = keys ? (recovery ? 'challenge-wait-both' : 'challenge-wait-passkey') : (recovery ? 'challenge-wait-recovery' : 'challenge-wait-nothing');
      parts.locked.textContent = told ? text(id, { time: minute(waitUntil) }) : '';
      return waiting;
    }

    /* The time of day, never earlier than it is. */
    function minute(at) {
      return new Date(Math.ceil(at / 60000) * 60000).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
    }

    /* Where one begins. */
    function resting() {
      if (over) { return parts.submit; }
      if (!method) { return keys ? parts.passkey : parts.cancel; }
      if (waits()) { return parts.passkey.hidden ? parts.others.querySelector('button') || parts.cancel : parts.passkey; }
      return parts.field.hidden ? parts.mail.button : parts.input;
    }

    /* Back to asking, with that complaint. */
    function again(complaint) {
      busy = false;
      code.clear();
      parts.input.readOnly = false;
      parts.submit.textContent = text('challenge-submit');
      complain(complaint);
      resting().focus();
    }

    function complain(complaint) {
      parts.error.textContent = complaint;
      if (complaint) { parts.input.setAttribute('aria-invalid', 'true'); } else { parts.input.removeAttribute('aria-invalid'); }
    }

    function submitted(event) {
      event.preventDefault();
      if (over) { end(null); } else if (code.bare()) { send(); } else { resting().focus(); }
    }

    function send() {
      if (busy || over || waits()) { return; }
      busy = true;
      parts.input.readOnly = true;
      parts.submit.textContent = text('challenge-checking');
      complain('');
      verify({ method: method, code: parts.input.value });
    }

    function verify(body) {
      body.challenge = answer.challenge;
      body.trust = parts.trust.ticked();
      kit.call('Jellyward/Api/Challenge/Verify', { headers: options.headers, body: body }).then(judged);
    }

    function usePasskey() {
      if (busy || over) { return; }
      busy = true;
      complain('');
      passkey.prove(function () {
        return kit.call('Jellyward/Api/Challenge/Passkey', { headers: options.headers, body: { challenge: answer.challenge } });
      }).then(function (proof) {
        verify({ method: 'passkey', ceremony: proof.ceremony, response: proof.response });
      }, function (refusal) {
        if (refusal.answer) { judged(refusal.answer); return; }
        again(text(refusal.reason));
      });
    }

    function judged(reply) {
      var data = reply.data || {};
      if (reply.status === 200 && data.jellyward) {
        window.clearInterval(timer);
        over = moved = true;
        setUp(options, data.jellyward, parts.trust.ticked(), container, finish, host);
        return;
      }
      if (reply.status === 200) { end(reply.response); return; }
      if (data.code === 'wrong_code' && data.triesLeft === 0) {
        stop(text('challenge-no-tries'));
      } else if (data.code === 'wrong_code') {
        again(typeof data.triesLeft === 'number' ? text('challenge-wrong-code', { count: data.triesLeft }) : text('challenge-wrong-code-plain'));
      } else if (data.code === 'code_used') {
        nextStep = now() + reply.retryAfter;
        again(text('challenge-code-used'));
      } else if (data.code === 'too_many_tries') {
        waitUntil = Date.now() + (reply.retryAfter || 30) * 1000;
        choose(method);
      } else if (data.code === 'wrong_passkey' || data.code === 'ceremony_gone' || data.code === 'too_often') {
        again(kit.problem(reply));
      } else if (data.code === 'challenge_gone') {
        stop(text('challenge-gone'));
      } else if (data.code === 'not_allowed_now') {
        stop(text('challenge-not-allowed'));
      } else {
        /* The code stays: it was right, or nobody looked at it. */
        busy = false;
        parts.input.readOnly = false;
        parts.submit.textContent = text('common-try-again');
        complain(data.code === 'session_refused' ? text('challenge-session-refused') : kit.problem(reply));
      }
    }

    /* Nothing more can be proven here. */
    function stop(complaint) {
      over = true;
      busy = false;
      if (parts.trust.element) { parts.trust.element.hidden = true; }
      parts.field.hidden = parts.others.hidden = parts.cancel.hidden = parts.passkey.hidden = parts.mail.element.hidden = parts.mail.told.hidden = parts.weak.hidden = true;
      parts.submit.hidden = parts.submit.disabled = false;
      parts.lead.textContent = parts.locked.textContent = parts.left.textContent = parts.wait.textContent = '';
      parts.submit.textContent = text('challenge-start-again');
      complain(complaint);
      parts.submit.focus();
    }

    function tick() {
      if (Math.abs(offset) > CLOCK_SHOWN) { parts.clock.textContent = text('challenge-server-time', { time: new Date(now() * 1000).toLocaleTimeString() }); }
      if (over) { return; }
      if (Date.now() > gone && !busy) { stop(text('challenge-gone')); return; }
      parts.mail.tick();
      parts.left.textContent = text('challenge-time-left', { time: kit.minutes((gone - Date.now()) / 1000) });
      var toStep = Math.ceil(nextStep - now());
      parts.wait.textContent = toStep > 0 ? text('challenge-next-code-in', { count: toStep }) : '';
      if (waitUntil && waitUntil <= Date.now()) {
        waitUntil = 0;
        if (parts.input.disabled) { choose(method); } else { lock(); }
      }
    }

    function keepFocus() {
      host.addEventListener('focusout', function () {
        window.setTimeout(function () {
          if (!moved && host.parentNode && document.activeElement !== host && !host.contains(document.activeElement)) { resting().focus(); }
        }, 0);
      });
    }
  }

  window.JellywardChallenge = { open: open };
}(window, document, window.JellywardKit, window.JellywardPasskey, window.JellywardMailCode, window.JellywardTrust));
