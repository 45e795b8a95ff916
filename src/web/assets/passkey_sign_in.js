/* Signing in with a passkey and nothing else: by a button, or from the list below the name field. ES5. */
(function (window, kit, passkey) {
  'use strict';
  if (window.JellywardPasskeySignIn) { return; }
  var FRESH = (kit.bounds.ceremony - 60) * 1000; /* milliseconds: shortly before the server forgets a ceremony */
  var LOOK = 5000; /* milliseconds: a clock is looked at, since a timer stands still while a computer sleeps */
  var waiting = null; /* the AbortController of the list below the name field */

  /* Does the server let people in so? Resolves with what it offers, or null; nobody is asked where the owner switched it
     off. */
  function offered() {
    return kit.call('Jellyward/Api/Passkey/Offer', {}).then(function (answer) {
      return answer.status === 200 && answer.data && answer.data.signIn ? answer.data : null;
    });
  }

  function stop() {
    if (waiting) { waiting.abort(); waiting = null; }
  }

  function signIn(options, how) {
    var headers = options.headers();
    return passkey.prove(function () { return kit.call('Jellyward/Api/Passkey/Start', { headers: headers, body: {} }); }, how).then(function (proof) {
      proof.trust = options.trust();
      return kit.call('Jellyward/Api/Passkey/Finish', { headers: headers, body: proof });
    }).then(function (answer) {
      return answer.status === 200 && answer.data ? answer.data : Promise.reject({ answer: answer });
    });
  }

  function words(refusal) { return refusal.answer ? kit.problem(refusal.answer) : kit.text(refusal.reason || 'passkey-failed'); }

  /* Asks for a passkey now. `options`: headers() of the client, trust() for whether this browser shall be trusted.
     Resolves with the session; rejects with words. */
  function press(options) {
    stop();
    return signIn(options).then(null, function (refusal) { return Promise.reject(words(refusal)); });
  }

  /* Offers passkeys below the name field for as long as the page stands. `options`: as for press, and done(session),
     said(words). */
  function autofill(options) {
    if (!window.AbortController) { return; }
    passkey.conditional().then(function (available) {
      if (!available || waiting) { return; }
      var mine = waiting = new window.AbortController();
      renewLater(mine, options);
      signIn(options, { mediation: 'conditional', signal: mine.signal }).then(options.done, function (refusal) {
        if (waiting !== mine) { return; }
        waiting = null;
        if (!refusal.answer) { return; }
        options.said(words(refusal));
        /* One that was chosen and refused may be chosen again, or another one; a server that fails is left alone. */
        if (refusal.answer.status === 401) { autofill(options); }
      });
    });
  }

  /* A page may stand open for longer than a ceremony lives: then another one takes its place. */
  function renewLater(mine, options) {
    var begun = Date.now();
    var timer = window.setInterval(function () {
      if (waiting === mine && Date.now() - begun < FRESH) { return; }
      window.clearInterval(timer);
      if (waiting === mine) { stop(); autofill(options); }
    }, LOOK);
  }

  window.JellywardPasskeySignIn = { offered: offered, press: press, autofill: autofill, stop: stop };
}(window, window.JellywardKit, window.JellywardPasskey));
