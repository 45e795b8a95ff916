/* The Jellyfin server this page came from, and what its web client keeps of it in this browser. ES5. */
(function (window, kit) {
  'use strict';
  var CREDENTIALS = 'jellyfin_credentials';
  var DEVICE = '_deviceId2';
  var server = {};

  /* Name, id and version of the server. */
  server.info = function () {
    return kit.call('System/Info/Public', {}).then(function (answer) { return answer.status === 200 && answer.data ? answer.data : null; });
  };

  function credentials() {
    try {
      var kept = JSON.parse(window.localStorage.getItem(CREDENTIALS)) || {};
      if (Array.isArray(kept.Servers)) { return kept; }
    } catch (ignored) { /* nothing kept, or nothing readable */ }
    return { Servers: [] };
  }

  /* What the web client holds for this server, with a token in it, or null. */
  function signedIn(info) {
    return credentials().Servers.filter(function (one) { return one && one.Id === info.Id && one.AccessToken; })[0] || null;
  }

  /* The token that the web client holds for this server, or null. */
  server.token = function (info) {
    var found = signedIn(info);
    return found && found.AccessToken;
  };

  /* The id of the user it is for, or null. */
  server.user = function (info) {
    var found = signedIn(info);
    return found && found.UserId;
  };

  /* The id under which the web client knows this browser; made here if it has none yet, so that both use the same. */
  server.deviceId = function () {
    var shell = window.NativeShell && window.NativeShell.AppHost;
    if (shell && shell.deviceId) { return shell.deviceId(); }
    var id = window.localStorage.getItem(DEVICE);
    if (!id) {
      id = window.btoa(window.navigator.userAgent + '|' + Date.now()).replace(/=/g, '1');
      window.localStorage.setItem(DEVICE, id);
    }
    return id;
  };

  function browserName() {
    var known = [['Edg/', 'Edge Chromium'], ['OPR/', 'Opera'], ['Firefox/', 'Firefox'], ['Chrome/', 'Chrome'], ['Safari/', 'Safari']];
    var found = known.filter(function (one) { return window.navigator.userAgent.indexOf(one[0]) >= 0; })[0];
    return found ? found[1] : 'Web Browser';
  }

  /* The Authorization header as the web client sends it. */
  server.headers = function (info, token) {
    var fields = { Client: 'Jellyfin Web', Device: browserName(), DeviceId: server.deviceId(), Version: info.Version };
    if (token) { fields.Token = token; }
    return {
      Authorization: 'MediaBrowser ' + Object.keys(fields).map(function (name) {
        return name + '="' + encodeURIComponent(fields[name]) + '"';
      }).join(', ')
    };
  };

  /* Leaves a session where the web client looks for it: first among its servers. Throws where nothing can be kept. */
  server.handOver = function (session) {
    var kept = credentials();
    var address = kit.base.replace(/\/$/, '');
    var entry = kept.Servers.filter(function (one) { return one && one.Id === session.ServerId; })[0] || {};
    kept.Servers = kept.Servers.filter(function (one) { return one && one !== entry && one.ManualAddress !== address; });
    entry.Id = session.ServerId;
    entry.ManualAddress = address;
    entry.LastConnectionMode = 2; /* by address */
    entry.manualAddressOnly = true;
    entry.DateLastAccessed = Date.now();
    entry.UserId = session.User.Id;
    entry.AccessToken = session.AccessToken;
    kept.Servers.unshift(entry);
    window.localStorage.setItem(CREDENTIALS, JSON.stringify(kept));
    window.localStorage.setItem('enableAutoLogin', 'true');
  };

  /* `?next=` when it leads to another page of this server, else the web client. */
  server.next = function () {
    var wanted = /[?&]next=([^&]*)/.exec(window.location.search);
    var home = kit.base + 'web/';
    var anchor = window.document.createElement('a');
    try { wanted = wanted && decodeURIComponent(wanted[1].replace(/\+/g, ' ')); } catch (ignored) { wanted = null; }
    if (!wanted || !/^\/[^\/\\]/.test(wanted) || /[\\\u0000-\u001f\u007f]/.test(wanted)) { return home; }
    anchor.href = wanted;
    var inside = anchor.href.indexOf(kit.base) === 0;
    /* A proxy may send everything like /web/login here: that would come back for ever. */
    var toLogin = /\/(jellyward|twofactorauth)\/+login\/?$|\/sso\/+2fa\/?$|\/web\/(.*\/)?login[^\/]*\/?$/i.test(anchor.pathname);
    return inside && !toLogin ? anchor.href : home;
  };

  window.JellywardServer = server;
}(window, window.JellywardKit));
