/* The account page: a menu, and one screen per task. Which screen stands in the address behind the #, so that Back goes
   back. ES5. */
(function (window, document, kit, server, proof, screens) {
  'use strict';
  var text = kit.text;
  var SCREENS = [
    { id: 'overview', label: 'account-menu-overview' },
    { id: 'methods', label: 'account-menu-methods' },
    { id: 'email', label: 'account-menu-email' },
    { id: 'app-passwords', label: 'account-menu-app-passwords' },
    { id: 'tv', label: 'account-menu-tv' },
    { id: 'browsers', label: 'account-menu-browsers' },
    { id: 'sessions', label: 'account-menu-sessions' },
    { id: 'lost-phone', label: 'account-menu-lost-phone' },
    { id: 'check-passkey', label: 'account-menu-passkey-check', unlisted: true }
  ];
  var FEW_CODES = 2; /* recovery codes, with which it is time for new ones */
  var main, headers, leave = null, turn = 0;

  function begin() {
    main = document.getElementById('jellyward');
    window.JellywardRemote(main);
    window.addEventListener('hashchange', function () { show(''); });
    load();
  }

  function load() {
    kit.begin(main, function (info) {
      var token = info && server.token(info);
      if (!info) { fail(text('common-no-answer')); return; }
      if (!token) { toSignIn(); return; }
      headers = server.headers(info, token);
      show('');
    }, server.info);
  }

  function toSignIn() {
    kit.show(main, [kit.element('p', { 'class': 'jwd-card', role: 'status', text: text('account-sign-in') })]);
    window.location.replace(kit.base + 'Jellyward/Login?next=' + encodeURIComponent(window.location.pathname));
  }

  function fail(complaint) {
    kit.show(main, [
      kit.element('section', { 'class': 'jwd-card' }, [
        kit.element('p', { 'class': 'jwd-error', role: 'alert', text: complaint }),
        kit.element('div', { 'class': 'jwd-actions' }, [kit.button(text('common-try-again'), load, 'primary')])
      ])
    ]);
  }

  function current() {
    var id = window.location.hash.replace(/^#\/?/, '');
    return SCREENS.filter(function (one) { return one.id === id; })[0] || SCREENS[0];
  }

  /* Reads the account anew and shows the screen, with a word on what was just done. */
  function show(news) {
    var mine = turn += 1;
    if (leave) { leave(); leave = null; }
    kit.call('Jellyward/Api/Account', { headers: headers }).then(function (answer) {
      if (mine !== turn) { return; }
      if (answer.status === 401) { toSignIn(); return; }
      if (answer.status !== 200) { fail(kit.problem(answer)); return; }
      render(current(), answer.data, news);
    });
  }

  /* Where Jellyfin changes the password, in every web client. */
  function profile(account) { return kit.base + 'web/#/userprofile?userId=' + encodeURIComponent(account.id); }

  function menu(now, account) {
    return kit.element('nav', { 'class': 'jwd-menu' + (now === SCREENS[0] ? '' : ' jwd-away'), 'aria-label': text('account-menu') }, [
      kit.element('ul', { 'class': 'jwd-list' }, SCREENS.filter(function (one) { return !one.unlisted; }).map(function (one) {
        return kit.element('li', {}, [
          kit.element('a', { href: '#' + one.id, 'class': 'jwd-menu-entry', 'aria-current': one === now ? 'page' : null, text: text(one.label) })
        ]);
      })),
      kit.element('a', { 'class': 'jwd-menu-entry jwd-link', href: profile(account), text: text('account-tv-password') }),
      kit.element('a', { 'class': 'jwd-menu-entry jwd-link', href: kit.base + 'web/', text: text('account-home') })
    ]);
  }

  function render(screen, account, news) {
    var status = kit.element('p', { 'class': 'jwd-good', role: 'status' });
    var complaint = kit.element('p', { 'class': 'jwd-error', role: 'alert' });
    var panel = kit.element('div', { 'class': 'jwd-panel' });
    var title = kit.element('h2', { 'class': 'jwd-title', tabindex: '-1', text: text(screen.label) });
    kit.show(main, [
      kit.element('div', { 'class': 'jwd-account' }, [
        kit.element('header', {}, [
          kit.element('h1', { 'class': 'jwd-title', text: text('account-title') }),
          kit.element('p', { 'class': 'jwd-lead', dir: 'auto', text: text('account-signed-in-as', { name: kit.plain(account.name) }) })
        ]),
        kit.element('div', { 'class': 'jwd-columns' }, [
          menu(screen, account),
          kit.element('section', { 'class': 'jwd-screen', 'aria-label': text(screen.label) }, [
            screen === SCREENS[0] ? null : kit.element('a', { 'class': 'jwd-back', href: '#' + SCREENS[0].id, text: text('account-back') }),
            title, status, complaint, panel
          ])
        ])
      ])
    ]);
    status.textContent = news;
    title.focus();
    leave = screens[screen.id](panel, desk(account, status, complaint)) || null;
  }

  /* What a screen works with. */
  function desk(account, status, complaint) {
    var busy = false;
    var self = {
      account: account,
      headers: headers,
      fewCodes: account.recoveryCodesLeft <= FEW_CODES,
      show: show,
      /* A link to where the password is changed. */
      password: function (look) { return kit.element('a', { 'class': 'jwd-button jwd-' + (look || 'quiet'), href: profile(account), text: text('account-tv-password') }); },
      go: function (id) { window.location.hash = '#' + id; },
      get: function (path) { return kit.call('Jellyward/Api/' + path, { headers: headers }); },
      say: function (words) { status.textContent = words; complaint.textContent = ''; },
      complain: function (words) { complaint.textContent = words; status.textContent = ''; },

      /* Reads a list and hands it on; says why not, otherwise. */
      read: function (path, done) {
        self.get(path).then(function (answer) {
          if (answer.status === 401) { toSignIn(); } else if (answer.status === 200) { done(answer.data); } else { self.complain(kit.problem(answer)); }
        });
      },

      /* A call of Jellyfin's or ours, made with a fresh proof if it wants one; one at a time. */
      call: function (path, body, done, refused) {
        if (busy) { return; }
        busy = true;
        self.say('');
        proof.change(headers, path, body, account.name).then(function (answer) {
          busy = false;
          if (answer.cancelled) { return; }
          if (answer.status >= 200 && answer.status < 300) { done(answer.data); }
          else if (refused) { refused(answer); }
          else { self.complain(kit.problem(answer)); }
        });
      },

      change: function (path, body, done, refused) { self.call('Jellyward/Api/' + path, body, done, refused); }
    };
    return self;
  }

  begin();
}(window, document, window.JellywardKit, window.JellywardServer, window.JellywardProof, window.JellywardScreens));
