/* Jellyfin's own Quick Connect page approves a code unseen. Its call is held here until who asks was shown and somebody
   said yes; then it goes as it was. The page makes it by XMLHttpRequest; fetch is held as well. ES5. */
(function (window, document, kit, server, dialog, asker) {
  'use strict';
  if (window.JellywardQuickConnectGuard) { return; }
  var text = kit.text;
  var CALL = (kit.base + 'QuickConnect/Authorize').toLowerCase();

  function parameter(query, name) {
    var found = new RegExp('[?&]' + name + '=([^&]*)', 'i').exec(query);
    try { return found ? decodeURIComponent(found[1].replace(/\+/g, ' ')) : ''; } catch (ignored) { return ''; }
  }

  /* What an approval at this server is for, or null where the call is something else. */
  function approval(method, address) {
    var anchor = document.createElement('a');
    anchor.href = String(address);
    if (String(method).toUpperCase() !== 'POST' || anchor.href.toLowerCase().replace(/\/*([?#].*)?$/, '') !== CALL) { return null; }
    var code = parameter(anchor.search, 'code');
    return code ? { code: code, user: parameter(anchor.search, 'userId') } : null;
  }

  function bare(id) { return String(id).replace(/-/g, '').toLowerCase(); }

  /* Looks who asks, and asks; resolves with true for a yes and never rejects. */
  function ask(known, wanted) {
    return Promise.all([known(), kit.ready()]).then(function (loaded) {
      var headers = server.headers(loaded[0], server.token(loaded[0]));
      var own = !wanted.user || bare(wanted.user) === bare(server.user(loaded[0]));
      return kit.call('Jellyward/Api/Account/QuickConnect/Look', { headers: headers, body: { code: wanted.code } }).then(function (answer) {
        return answer.status === 200 && answer.data ? question(answer.data, own) : say(kit.problem(answer));
      });
    }).then(Boolean, function () { return false; });
  }

  function question(found, own) {
    return new Promise(function (resolve) {
      dialog.open(text('account-tv-quick'), function (card, close) {
        function end(yes) { return function () { close(); resolve(yes); }; }
        var no = kit.button(text('account-tv-quick-no'), end(false));
        [kit.element('p', { text: text(own ? 'account-tv-quick-ask' : 'extras-quick-ask-other') })].concat(asker(found), [
          kit.element('div', { 'class': 'jwd-actions' }, [kit.button(text('account-tv-quick-yes'), end(true), 'primary'), no])
        ]).forEach(function (one) { card.appendChild(one); });
        no.focus();
      }, function () { resolve(false); });
    });
  }

  /* Nobody was shown, so nobody is let in. */
  function say(words) {
    dialog.tell(text('account-tv-quick'), words);
    return false;
  }

  function givenUp() {
    try { return new window.DOMException('not approved', 'AbortError'); } catch (ignored) { return new Error('not approved'); }
  }

  function aborted() {
    var event = document.createEvent('Event');
    event.initEvent('abort', false, false);
    return event;
  }

  function guardFetch(original, known) {
    return function fetch(input, init) {
      var self = this, all = arguments, wanted = null;
      try {
        var request = input && typeof input === 'object' && typeof input.url === 'string' ? input : null;
        wanted = approval((init && init.method) || (request && request.method) || 'GET', request ? request.url : input);
      } catch (ignored) { wanted = null; }
      if (!wanted) { return original.apply(self, all); }
      return ask(known, wanted).then(function (yes) { return yes ? original.apply(self, all) : Promise.reject(givenUp()); });
    };
  }

  function guardRequests(prototype, known) {
    var open = prototype.open, send = prototype.send;
    prototype.open = function (method, address, later) {
      /* A call that the page waits for standing still cannot be held. */
      try { this.jellywardApproval = later === false ? null : approval(method, address); } catch (ignored) { this.jellywardApproval = null; }
      return open.apply(this, arguments);
    };
    prototype.send = function () {
      var request = this, all = arguments, wanted = request.jellywardApproval;
      if (!wanted) { return send.apply(request, all); }
      request.jellywardApproval = null;
      ask(known, wanted).then(function (yes) {
        /* Opened anew or given up meanwhile: it is not ours any more. */
        if (request.readyState !== 1) { return; }
        if (yes) { send.apply(request, all); } else { request.dispatchEvent(aborted()); }
      });
    };
  }

  window.JellywardQuickConnectGuard = { fetch: guardFetch, requests: guardRequests };
}(window, document, window.JellywardKit, window.JellywardServer, window.JellywardDialog, window.JellywardAsker));
