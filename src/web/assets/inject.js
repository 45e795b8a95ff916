/* Jellyward in Jellyfin's own web client: first in <head>, ES5. Wraps fetch for the login call and nothing else.
   Whatever fails here, the page goes on as if this script were not there; what is enforced, is enforced at the server. */
(function () {
  'use strict';
  var LOGIN = /\/users\/authenticatebyname\/?$/i;
  var scripts = document.getElementsByTagName('script');
  var self = document.currentScript || scripts[scripts.length - 1];
  var assets = self.src.replace(/[^\/]*$/, '');

  /* The address of a login call to this very server, or null. */
  function isLogin(input, init) {
    var method = (init && init.method) || (input && input.method) || 'GET';
    var anchor = document.createElement('a');
    anchor.href = input && typeof input === 'object' && typeof input.url === 'string' ? input.url : String(input);
    return String(method).toUpperCase() === 'POST' && LOGIN.test(anchor.pathname) &&
      anchor.protocol === location.protocol && anchor.host === location.host;
  }

  /* Calls back with each name and value, whatever form the headers have. */
  function eachHeader(headers, visit) {
    var i, name;
    if (!headers) { return; }
    if (Array.isArray(headers)) {
      for (i = 0; i < headers.length; i += 1) { visit(headers[i][0], headers[i][1]); }
    } else if (typeof headers.forEach === 'function') {
      headers.forEach(function (value, key) { visit(key, value); });
    } else {
      for (name in headers) { if (Object.prototype.hasOwnProperty.call(headers, name)) { visit(name, headers[name]); } }
    }
  }

  /* The client's init with our header added; `kept` receives the headers the challenge must come with too. */
  function marked(input, init, kept) {
    var copy = {}, name, headers = {};
    for (name in init) { copy[name] = init[name]; }
    eachHeader((init && init.headers) || (input && typeof input === 'object' && input.headers), function (key, value) {
      headers[key] = value;
      if (/^(x-emby-)?authorization$/i.test(key)) { kept[key] = value; }
    });
    headers['X-Jellyward'] = '1';
    copy.headers = headers;
    return copy;
  }

  function loadChallenge() {
    return new Promise(function (resolve, reject) {
      if (window.JellywardChallenge) { resolve(); return; }
      var script = document.createElement('script');
      script.src = assets + 'challenge.js';
      script.onload = resolve;
      script.onerror = reject;
      document.head.appendChild(script);
    });
  }

  /* What the client sees when the challenge was not met: Jellyfin's refusal. */
  function refused() {
    return new Response('Error processing request.', { status: 401, headers: { 'Content-Type': 'text/plain' } });
  }

  function challenge(answer, headers) {
    return loadChallenge().then(function () {
      return window.JellywardChallenge.open({ answer: answer, headers: headers });
    }).then(function (response) { return response || refused(); }, refused);
  }

  function answered(response, headers) {
    if (response.status !== 200) { return response; }
    return response.clone().text().then(JSON.parse).then(function (document) {
      return document && document.jellyward ? challenge(document.jellyward, headers) : response;
    }, function () { return response; });
  }

  function wrap(original) {
    return function fetch(input, init) {
      var kept = {}, ours = false, changed;
      try {
        ours = isLogin(input, init);
        changed = ours && marked(input, init, kept);
      } catch (ignored) { ours = false; }
      if (!ours) { return original.apply(window, arguments); }
      return original.call(window, input, changed).then(function (response) { return answered(response, kept); });
    };
  }

  try {
    if (typeof window.fetch === 'function') {
      window.fetch = wrap(window.fetch);
    } else {
      /* An old browser: the client brings a fetch of its own later, which is wrapped as it is put in place. */
      var brought;
      Object.defineProperty(window, 'fetch', {
        configurable: true,
        enumerable: true,
        get: function () { return brought; },
        set: function (value) { brought = typeof value === 'function' ? wrap(value) : value; }
      });
    }
  } catch (ignored) { /* the page is more important */ }
}());
