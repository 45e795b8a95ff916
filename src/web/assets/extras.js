/* Everything in Jellyfin's own web client that is not the login itself: the way to the account page, the passkey button
   on the login form, who asks behind a Quick Connect code, and the question that a stopped change asks. Deferred; it may
   fail alone. ES5. */
(function (window, document, kit, server, passkey, passkeySignIn, trust, proof, dialog, quickConnect) {
  'use strict';
  var text = kit.text;
  var PREFERENCES = '#myPreferencesMenuPage', ROW = 'jwd-account-row', BUTTON = 'jwd-passkey-sign-in', FORGOT = 'jwd-forgot', WAYS = 'jwd-ways-in';
  var offered = null, resets = null, info = null, looking = 0;

  function element(selector) { return document.querySelector(selector); }

  /* The server's name and version, asked once. */
  function known() {
    info = info || server.info().then(function (found) { return found || Promise.reject(new Error('no answer')); });
    return info;
  }

  /* --- Rows and buttons, put back whenever the client draws its page anew --- */

  function look() {
    looking = 0;
    addRow();
    addButton();
    addForgot();
  }

  function watch() {
    new window.MutationObserver(function () { if (!looking) { looking = window.setTimeout(look, 50); } }).observe(document.body, { childList: true, subtree: true });
    look();
  }

  /* A row like the client's own: a copy of one of them with other words, another picture and another address. The link
     itself is a plain one, since the client's own links lead to its own pages only. */
  function addRow() {
    var beside = element(PREFERENCES + ' a.lnkQuickConnectPreferences') || element(PREFERENCES + ' a.lnkUserProfile');
    if (!beside || element(PREFERENCES + ' .' + ROW)) { return; }
    kit.ready().then(function () {
      if (!document.body.contains(beside) || element(PREFERENCES + ' .' + ROW)) { return; }
      var row = kit.element('a', {
        'class': beside.className.replace(/\blnk\w+/g, '').replace(/\bhide\b/g, '') + ' ' + ROW,
        href: kit.base + 'Jellyward/',
        on: { click: function (event) { event.stopPropagation(); } }
      });
      Array.prototype.forEach.call(beside.childNodes, function (one) { row.appendChild(one.cloneNode(true)); });
      row.style.cssText = beside.style.cssText;
      word(row);
      beside.parentNode.insertBefore(row, beside.nextSibling);
    }, function () { /* no texts, no row */ });
  }

  function word(row) {
    var label = row.querySelector('.listItemBodyText') || row;
    var icon = row.querySelector('.material-icons');
    label.textContent = text('extras-row');
    if (icon) { icon.className = 'material-icons listItemIcon listItemIcon-transparent security'; icon.textContent = ''; }
  }

  /* Where our ways in stand, whichever is known first: among the client's own, below its form and its tiles; below the
     form where there is no such column. */
  function place(form, name) {
    var page = element('#loginPage'), ways = page.querySelector('.' + WAYS);
    if (!ways) {
      var column = page.querySelector('.readOnlyContent'), beside = column && column.querySelector('.btnQuick');
      ways = kit.element('div', { 'class': WAYS + (column ? '' : ' readOnlyContent') }, [
        kit.element('div', { 'class': BUTTON + '-place' }), kit.element('div', { 'class': FORGOT + '-place' })
      ]);
      if (beside) { beside.parentNode.insertBefore(ways, beside.nextSibling); }
      else if (column) { column.insertBefore(ways, column.firstChild); }
      else { form.parentNode.insertBefore(ways, form.nextSibling); }
    }
    return ways.querySelector('.' + name + '-place');
  }

  function addButton() {
    var form = element('#loginPage form.manualLoginForm');
    if (!form || element('#loginPage .' + BUTTON) || !passkey.supported()) { return; }
    offered = offered || passkeySignIn.offered();
    Promise.all([offered, kit.ready(), known()]).then(function (loaded) {
      if (loaded[0] && document.body.contains(form) && !element('#loginPage .' + BUTTON)) { offer(form, loaded[2], loaded[0].trust); }
    }, function () { offered = null; });
  }

  function offer(form, found, trusted) {
    var name = form.querySelector('#txtManualName');
    var complaint = kit.element('p', { role: 'alert', hidden: true });
    var box = trust(trusted, { label: 'login-passkey-trust', hint: 'login-passkey-trust-hint' });
    var options = { headers: function () { return server.headers(found); }, trust: box.ticked, done: enter, said: say };
    function say(words) { complaint.textContent = words; complaint.hidden = !words; }
    function enter(data) { if (data.jellyward) { kit.handOver(data.jellyward, options.headers(), box.ticked()); } else { enterWith(data); } }
    function press() { say(''); passkeySignIn.press(options).then(enter, say); }
    var button = kit.element('button', { type: 'button', 'class': 'raised cancel block emby-button ' + BUTTON, on: { click: press } }, [
      kit.element('span', { text: text('login-passkey') })
    ]);
    kit.show(place(form, BUTTON), [button, complaint, box.element]);
    if (box.element) { likeTheClients(box.element); }
    if (name) {
      name.setAttribute('autocomplete', 'username webauthn');
      passkeySignIn.autofill(options);
    }
  }

  /* Our style sheet does not reach the client's own page. */
  function likeTheClients(field) {
    field.querySelector('input').style.marginRight = '.7em';
    field.querySelector('p').className += ' fieldDescription';
  }

  /* Our way back in for a forgotten password, instead of Jellyfin's own, which needs somebody at the server. */
  function addForgot() {
    var form = element('#loginPage form.manualLoginForm');
    if (!form || element('#loginPage .' + FORGOT)) { return; }
    resets = resets || kit.call('Jellyward/Api/Reset/Offer', {});
    Promise.all([resets, kit.ready()]).then(function (loaded) {
      var stock = element('#loginPage .btnForgotPassword');
      if (loaded[0].status !== 200) { resets = null; return; }
      if (!loaded[0].data.offered || !document.body.contains(form) || element('#loginPage .' + FORGOT)) { return; }
      if (stock && loaded[0].data.hideStockLink) { stock.hidden = true; stock.style.display = 'none'; }
      kit.show(place(form, FORGOT), [
        kit.element('a', { 'class': 'raised cancel block emby-button ' + FORGOT, href: kit.base + 'Jellyward/Forgot', text: text('login-forgot'), on: { click: function (event) { event.stopPropagation(); } } })
      ]);
    }, function () { resets = null; });
  }

  /* As the stand-alone page ends: the session where the client looks for it, and the client from its start. */
  function enterWith(session) {
    server.handOver(session);
    window.location.replace(kit.base + 'web/');
  }

  /* --- Step-up: a call of Jellyfin's that was stopped for want of a fresh proof --- */

  /* Asks; resolves with true when this session is proven. */
  function prove(proofs) {
    return Promise.all([known(), kit.ready()]).then(function (loaded) {
      var headers = server.headers(loaded[0], server.token(loaded[0]));
      return kit.call('Jellyward/Api/Account', { headers: headers }).then(function (answer) {
        var account = answer.data || {};
        return proof.prove({ headers: headers, proofs: proofs || account.proofs || [], name: account.name, lead: text('extras-step-up') });
      });
    }).then(Boolean, function () { return false; });
  }

  /* Was this call stopped at this server? Our own calls ask for themselves. */
  function stopped(status, address, header) {
    return status === 403 && address.indexOf(kit.base) === 0 && address.indexOf(kit.base + 'Jellyward/') !== 0 && header('X-Jellyward') === 'step-up';
  }

  function wrapFetch(original) {
    return function fetch(input, init) {
      /* A Request can be sent once: a second try needs a copy made before the first. */
      var again = input && typeof input === 'object' && typeof input.clone === 'function' && input.method !== 'GET' ? input.clone() : input;
      return original.call(window, input, init).then(function (response) {
        if (!stopped(response.status, response.url, function (name) { return response.headers.get(name); })) { return response; }
        return response.clone().json().then(function (problem) { return prove(problem.proofs); }, function () { return prove(); }).then(function (proven) {
          return proven ? original.call(window, again, init) : response;
        });
      });
    };
  }

  function wrapRequests(prototype) {
    var send = prototype.send;
    prototype.send = function () {
      this.addEventListener('load', function () {
        var request = this;
        if (!stopped(request.status, request.responseURL || '', function (name) { return request.getResponseHeader(name); })) { return; }
        prove(proofsIn(request)).then(function (proven) {
          if (proven) { dialog.tell(text('extras-again-title'), text('extras-again')); }
        });
      });
      return send.apply(this, arguments);
    };
  }

  function proofsIn(request) {
    try {
      return (request.responseType === 'json' ? request.response : JSON.parse(request.responseText)).proofs;
    } catch (ignored) { return null; }
  }

  try {
    if (window.fetch) { window.fetch = quickConnect.fetch(wrapFetch(window.fetch), known); }
    wrapRequests(window.XMLHttpRequest.prototype);
    quickConnect.requests(window.XMLHttpRequest.prototype, known);
    watch();
  } catch (ignored) { /* the page is more important */ }
}(window, document, window.JellywardKit, window.JellywardServer, window.JellywardPasskey, window.JellywardPasskeySignIn, window.JellywardTrust, window.JellywardProof, window.JellywardDialog, window.JellywardQuickConnectGuard));
