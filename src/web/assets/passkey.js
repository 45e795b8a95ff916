/* Passkeys in this browser: the JSON of the server in, the JSON of the authenticator out. The conversions are made by
   hand, since older browsers have PublicKeyCredential without them. ES5. */
(function (window) {
  'use strict';
  if (window.JellywardPasskey) { return; }
  var passkey = {};

  function bytes(text) {
    var raw = window.atob(text.replace(/-/g, '+').replace(/_/g, '/')), out = new Uint8Array(raw.length), at;
    for (at = 0; at < raw.length; at += 1) { out[at] = raw.charCodeAt(at); }
    return out.buffer;
  }

  function base64url(buffer) {
    var raw = '', view = new Uint8Array(buffer), at;
    for (at = 0; at < view.length; at += 1) { raw += String.fromCharCode(view[at]); }
    return window.btoa(raw).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
  }

  function copy(object) {
    var made = {}, name;
    for (name in object) { if (object[name] !== null) { made[name] = object[name]; } }
    return made;
  }

  function described(list) {
    return (list || []).map(function (one) {
      var made = copy(one);
      made.id = bytes(one.id);
      return made;
    });
  }

  /* parseCreationOptionsFromJSON and parseRequestOptionsFromJSON (WebAuthn L3, 5.1.8 and 5.1.9). */
  function parsed(options) {
    var made = copy(options.publicKey || options);
    made.challenge = bytes(made.challenge);
    if (made.user) {
      made.user = copy(made.user);
      made.user.id = bytes(made.user.id);
      made.excludeCredentials = described(made.excludeCredentials);
    } else {
      made.allowCredentials = described(made.allowCredentials);
    }
    return made;
  }

  /* PublicKeyCredential.toJSON (WebAuthn L3, 5.1.1). */
  function asJson(credential) {
    var from = credential.response;
    var response = { clientDataJSON: base64url(from.clientDataJSON) };
    if (from.attestationObject) {
      response.attestationObject = base64url(from.attestationObject);
      response.transports = from.getTransports ? from.getTransports() : [];
    } else {
      response.authenticatorData = base64url(from.authenticatorData);
      response.signature = base64url(from.signature);
      response.userHandle = from.userHandle && from.userHandle.byteLength ? base64url(from.userHandle) : null;
    }
    return {
      id: credential.id,
      rawId: base64url(credential.rawId),
      type: credential.type,
      authenticatorAttachment: credential.authenticatorAttachment || null,
      clientExtensionResults: JSON.parse(JSON.stringify(credential.getClientExtensionResults ? credential.getClientExtensionResults() : {})),
      response: response
    };
  }

  /* Can this browser use passkeys at this address at all? */
  passkey.supported = function () {
    return Boolean(window.isSecureContext && window.PublicKeyCredential && window.navigator.credentials && window.navigator.credentials.get);
  };

  function ask(name) {
    var asked = window.PublicKeyCredential && window.PublicKeyCredential[name];
    return asked ? asked.call(window.PublicKeyCredential).then(Boolean, function () { return false; }) : Promise.resolve(false);
  }

  /* Does it offer passkeys where a name is typed? */
  passkey.conditional = function () { return passkey.supported() ? ask('isConditionalMediationAvailable') : Promise.resolve(false); };

  /* Makes a passkey; resolves with what the server wants to see, rejects with the browser's error. */
  passkey.create = function (options) {
    return Promise.resolve().then(function () {
      return window.navigator.credentials.create({ publicKey: parsed(options) });
    }).then(asJson);
  };

  /* Uses a passkey. `how`: mediation and signal, where wanted. */
  passkey.get = function (options, how) {
    return Promise.resolve().then(function () {
      var request = copy(how);
      request.publicKey = parsed(options);
      return window.navigator.credentials.get(request);
    }).then(asJson);
  };

  /* What the diagnosis asks for. */
  passkey.facts = function () {
    return Promise.all([ask('isUserVerifyingPlatformAuthenticatorAvailable'), ask('isConditionalMediationAvailable')]).then(function (found) {
      return {
        secureContext: Boolean(window.isSecureContext),
        origin: window.location.origin,
        publicKeyCredential: Boolean(window.PublicKeyCredential),
        platformAuthenticator: found[0],
        conditionalMediation: found[1]
      };
    });
  };

  var REASONS = {
    AbortError: 'passkey-cancelled',
    NotAllowedError: 'passkey-cancelled',
    InvalidStateError: 'passkey-known',
    SecurityError: 'passkey-wrong-address'
  };

  /* The id of the text for an error of the browser. */
  passkey.reason = function (error) { return REASONS[error && error.name] || 'passkey-failed'; };

  /* A whole question: asks `start` (a call) for options, then the authenticator; resolves with ceremony and response.
     Rejects with {answer} where the server refused, with {reason} where the browser did. */
  passkey.prove = function (start, how) {
    return start().then(function (answer) {
      if (answer.status !== 200 || !answer.data) { return Promise.reject({ answer: answer }); }
      return passkey.get(answer.data.options, how).then(function (response) {
        return { ceremony: answer.data.ceremony, response: response };
      }, function (error) { return Promise.reject({ reason: passkey.reason(error), error: error }); });
    });
  };

  window.JellywardPasskey = passkey;
}(window));
