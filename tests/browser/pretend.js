/* Stands before the server for some calls. An answer may be a list, one for each call; or acts, of which each stands until
   something was sent, or until the story says so by window.act. */
(function () {
  'use strict';
  var answers = ANSWERS, native = window.fetch;

  function answer(status, body) { return new Response(JSON.stringify(body), { status: status, headers: { 'Content-Type': 'application/json' } }); }

  window.asked = [];
  window.act = 0;
  window.fetch = function (input, init) {
    var address = new URL(input && input.url ? input.url : input, location.href);
    var call = ((init && init.method) || 'GET') + ' ' + address.pathname.replace(/^.*\/Jellyward\/Api\//, '') + address.search;
    var given = answers[call];
    if (Array.isArray(given)) { given = given.length > 1 ? given.shift() : given[0]; }
    if (given === undefined) { return native.apply(window, arguments); }
    if (given.acts) { given = given.acts[Math.min(window.act, given.acts.length - 1)]; }
    if (call.indexOf('POST ') === 0) { window.act += 1; }
    window.asked.push([call, init && init.body ? JSON.parse(init.body) : null]);
    if (!given.merge) { return Promise.resolve(given.status ? answer(given.status, given.body) : answer(200, given)); }
    return native.apply(window, arguments).then(function (response) { return response.json(); }).then(function (body) {
      return answer(200, Object.assign(body, given.merge));
    });
  };
}());
