/* Signing in with a passkey and nothing else: by a button, or from the list below the name field. ES5. */
(function (window, kit, passkey) {
  'use strict';
  if (window.JellywardPasskeySignIn) { return; }
  var waiting = null; /* the AbortController of the list below the name field */

  /* Does the server let people in so? Nobody is asked where the owner switched it off. */
  function offered() {
    return kit.call('Jellyward/Api/Passkey/Offer', {}).then(function (answer) {
      return Boolean(answer.status === 200 && answer.data && answer.data.signIn);
    });
  }

  function stop() {
    if (waiting) { waiting.abort(); waiting = null; }
  }

  function signIn(headers, how) {
    return passkey.prove(function () { return kit.call('Jellyward/Api/Passkey/Start', { headers: headers, body: {} }); }, how).then(function (proof) {
      return kit.call('Jellyward/Api/Passkey/Finish', { headers: headers, body: proof });
    }).then(function (answer) {
      return answer.status === 200 && answer.data ? answer.data : Promise.reject({ answer: answer });
    });
  }

  function words(refusal) { return refusal.answer ? kit.problem(refusal.answer) : kit.text(refusal.reason || 'passkey-failed'); }

  /* Asks for a passkey now. Resolves with the session; rejects with words. */
  function press(headers) {
    stop();
    return signIn(headers).then(null, function (refusal) { return Promise.reject(words(refusal)); });
  }

  /* Offers passkeys below the name field for as long as the page stands. `options`: headers() of the client,
     done(session), said(words). */
  function autofill(options) {
    if (!window.AbortController) { return; }
    passkey.conditional().then(function (available) {
      if (!available || waiting) { return; }
      var mine = waiting = new window.AbortController();
      signIn(options.headers(), { mediation: 'conditional', signal: mine.signal }).then(options.done, function (refusal) {
        if (waiting !== mine) { return; }
        waiting = null;
        if (!refusal.answer) { return; }
        options.said(words(refusal));
        /* One that was chosen and refused may be chosen again, or another one; a server that fails is left alone. */
        if (refusal.answer.status === 401) { autofill(options); }
      });
    });
  }

  window.JellywardPasskeySignIn = { offered: offered, press: press, autofill: autofill, stop: stop };
}(window, window.JellywardKit, window.JellywardPasskey));
