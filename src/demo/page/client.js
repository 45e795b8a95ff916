// A stand-in for jellyfin-web: signs in by the global fetch, keeps its credentials where the real client keeps them.
(function () {
  'use strict';

  var server = location.href.split(/[?#]/)[0].replace(/\/web(\/.*)?$/i, '');
  var shown = {};

  function one(selector) { return document.querySelector(selector); }

  function stored() {
    try { return JSON.parse(localStorage.getItem('jellyfin_credentials')) || { Servers: [] }; }
    catch (error) { return { Servers: [] }; }
  }

  // The entry of this very address, as the real client looks it up; any other is none.
  function entry() {
    return (stored().Servers || []).filter(function (known) {
      return (known.ManualAddress || '').toLowerCase() === server.toLowerCase();
    })[0];
  }

  function store(result) {
    localStorage.setItem('jellyfin_credentials', JSON.stringify({ Servers: [{
      Id: result.ServerId, Name: 'Jellyward demo', ManualAddress: server, LastConnectionMode: 2, manualAddressOnly: true,
      DateLastAccessed: Date.now(), UserId: result.User.Id, AccessToken: result.AccessToken
    }] }));
    localStorage.setItem('enableAutoLogin', String(one('.chkRememberLogin').checked));
  }

  function deviceId() {
    var id = localStorage.getItem('_deviceId2');
    if (!id) {
      id = btoa(navigator.userAgent + '|' + Date.now()).replace(/=/g, '1');
      localStorage.setItem('_deviceId2', id);
    }
    return id;
  }

  function authorization(token) {
    return 'MediaBrowser Client="Jellyfin Web", Device="' + (/firefox/i.test(navigator.userAgent) ? 'Firefox' : 'Chrome') +
      '", DeviceId="' + deviceId() + '", Version="10.11.11"' + (token ? ', Token="' + token + '"' : '');
  }

  function ask(method, path, body) {
    var known = entry();
    var options = { method: method, credentials: 'same-origin',
      headers: { Accept: 'application/json', Authorization: authorization(known && known.AccessToken) } };
    if (body) {
      options.headers['Content-Type'] = 'application/json';
      options.body = JSON.stringify(body);
    }
    return window.fetch(server + path, options);
  }

  function toast(text) {
    one('.toast').textContent = text;
    one('.toast').hidden = !text;
  }

  function show(id) {
    ['loginPage', 'indexPage', 'myPreferencesMenuPage'].forEach(function (page) { document.getElementById(page).hidden = page !== id; });
    if (shown.id !== id && id === 'loginPage') { one('#txtManualName').focus(); }
    shown.id = id;
  }

  function login() {
    if (location.hash.indexOf('#/login') !== 0) { location.replace('#/login'); }
    show('loginPage');
  }

  function home(user) {
    one('.userName').textContent = user.Name;
    Array.prototype.forEach.call(document.querySelectorAll('.administrator'), function (element) {
      element.hidden = !user.Policy.IsAdministrator;
    });
    if (location.hash === '#/mypreferencesmenu') { preferences(user); return; }
    if (location.hash !== '#/home') { location.replace('#/home'); }
    show('indexPage');
  }

  // Drawn anew each time, like the real one's: what others put there is gone.
  function preferences(user) {
    var page = one('#myPreferencesMenuPage');
    while (page.firstChild) { page.removeChild(page.firstChild); }
    [['lnkUserProfile', '#/userprofile?userId=' + user.Id, 'Profile'], ['lnkQuickConnectPreferences', '#/quickconnect', 'Quick Connect']].forEach(function (row) {
      var link = document.createElement('a');
      var label = document.createElement('div');
      link.className = 'emby-button ' + row[0];
      link.href = row[1];
      link.style.display = 'block';
      label.className = 'listItemBodyText';
      label.textContent = row[2];
      link.appendChild(label);
      page.appendChild(link);
    });
    show('myPreferencesMenuPage');
  }

  function start() {
    var known = entry();
    if (!known || !known.AccessToken) { login(); return; }
    ask('GET', '/Users/Me').then(function (response) {
      if (response.ok) { return response.json().then(home); }
      localStorage.removeItem('jellyfin_credentials');
      login();
    });
  }

  one('.manualLoginForm').addEventListener('submit', function (event) {
    event.preventDefault();
    toast('');
    // Like jellyfin-apiclient: the body of a refusal is never read.
    ask('POST', '/Users/authenticatebyname', {
      Username: one('#txtManualName').value, Pw: one('#txtManualPassword').value
    }).then(function (response) {
      if (response.status >= 400) { throw response; }
      return response.json();
    }).then(function (result) {
      store(result);
      home(result.User);
    }).catch(function (refusal) {
      toast(refusal.status === 401 ? 'Invalid username or password. Please try again.' :
        refusal.status === 403 ? 'This user is not authorized to access the server at this time.' :
          'Connection Failure');
    }).then(function () { one('#txtManualPassword').value = ''; });
  });

  one('.quickConnectForm').addEventListener('submit', function (event) {
    event.preventDefault();
    var code = one('#txtQuickConnectCode').value.replace(/\s/g, '');
    one('.quickConnectAnswer').textContent = '';
    // Like the real client's page: by axios, which uses XMLHttpRequest.
    var known = entry(), request = new XMLHttpRequest();
    function said(text) { return function () { one('.quickConnectAnswer').textContent = text; }; }
    request.open('POST', server + '/QuickConnect/Authorize?code=' + encodeURIComponent(code) + '&userId=' + known.UserId);
    request.setRequestHeader('Authorization', authorization(known.AccessToken));
    request.onload = function () { said(request.status === 200 ? 'Quick Connect request authorized' : 'Unknown or refused code')(); };
    request.onerror = request.onabort = said('Unknown or refused code');
    request.send();
  });

  one('.btnLogout').addEventListener('click', function () {
    ask('POST', '/Sessions/Logout').then(function () {
      localStorage.removeItem('jellyfin_credentials');
      login();
    });
  });

  window.addEventListener('hashchange', start);
  start();
})();
