/* The administrator's page: banners and tabs. `JellywardDashboard.mount(container, {token, base})` puts it into any
   page; as a script of our own document it mounts itself. ES5. */
(function (window, document, kit, server, proof) {
  'use strict';
  var text = kit.text;
  var TABS = [
    { label: 'dashboard-tab-settings', show: window.JellywardSettings },
    { label: 'dashboard-tab-users', show: window.JellywardUsers },
    { label: 'dashboard-tab-events', show: window.JellywardEvents },
    { label: 'dashboard-tab-mail', show: window.JellywardOutbox },
    { label: 'dashboard-tab-messages', show: window.JellywardMessages }
  ];

  /* `token`: the administrator's access token; `base`: the server's address, when the script came from elsewhere. */
  function mount(container, options) {
    if (options.base) { kit.base = options.base.replace(/\/*$/, '/'); }
    kit.begin(container, function () {
      kit.clear(container);
      kit.place(container, function (content) { start(content, { Authorization: 'MediaBrowser Token="' + encodeURIComponent(options.token) + '"' }); });
    });
  }

  function start(root, headers) {
    var banners = kit.element('div', { 'class': 'jwd-banners' });
    var name = '';
    var panel = kit.element('div', { id: 'jwd-panel', role: 'tabpanel', 'class': 'jwd-panel' });
    var tabs = TABS.map(function (tab, at) {
      return kit.element('button', { type: 'button', role: 'tab', id: 'jwd-tab-' + at, 'class': 'jwd-tab', 'aria-controls': 'jwd-panel', text: text(tab.label), on: { click: function () { open(at); }, keydown: arrows } });
    });
    var desk = {
      get: function (path) { return kit.call('Jellyward/Api/' + path, { headers: headers }); },
      /* A change, with a fresh proof of the administrator's if it wants one. */
      change: function (path, body) { return proof.change(headers, 'Jellyward/Api/' + path, body, name); },
      refresh: status,
      /* What was typed and not saved, by tab; it outlives the tab. */
      drafts: { settings: { values: {} }, messages: {} },
      fail: fail,
      pager: pager,
      table: table
    };

    function open(at) {
      tabs.forEach(function (tab, other) {
        tab.setAttribute('aria-selected', String(other === at));
        tab.tabIndex = other === at ? 0 : -1;
      });
      /* What is only good to know stands on the first tab. */
      banners.className = 'jwd-banners' + (at ? ' jwd-brief' : '');
      panel.setAttribute('aria-labelledby', 'jwd-tab-' + at);
      kit.show(panel, [kit.element('p', { 'class': 'jwd-hint', text: text('common-loading') })]);
      /* Each view gets a place of its own: an answer that comes late never lands in another tab. */
      var place = kit.element('div', {});
      TABS[at].show(place, desk);
      kit.show(panel, [place]);
    }

    function arrows(event) {
      var by = event.keyCode === 39 ? 1 : event.keyCode === 37 ? -1 : 0;
      if (!by) { return; }
      event.preventDefault();
      var to = (tabs.indexOf(event.target) + by + tabs.length) % tabs.length;
      tabs[to].focus();
      open(to);
    }

    function status() {
      desk.get('Admin/Status').then(function (answer) {
        if (answer.status !== 200) { fail(banners, answer, status); return; }
        kit.show(banners, answer.data.banners.map(function (one) {
          return kit.element('p', { 'class': 'jwd-banner jwd-' + (/^(error|warning)$/.test(one.level) ? one.level : 'info'), role: 'note', text: one.text + (one.detail ? ' ' + one.detail : '') });
        }));
      });
    }

    /* Who leaves the page is asked first. In somebody else's page ours may be gone long before. */
    function unsaved(event) {
      if (root.isConnected === false || !(Object.keys(desk.drafts.settings.values).length || Object.keys(desk.drafts.messages).length)) { return; }
      event.preventDefault();
      event.returnValue = '';
    }

    kit.show(root, [
      kit.element('div', { 'class': 'jwd-dashboard' }, [
        kit.element('h1', { 'class': 'jwd-title', text: text('dashboard-title') }),
        banners,
        kit.element('div', { 'class': 'jwd-tabs', role: 'tablist' }, tabs),
        panel
      ])
    ]);
    window.JellywardRemote(root);
    window.addEventListener('beforeunload', unsaved);
    desk.get('Account').then(function (answer) { name = answer.status === 200 ? answer.data.name : ''; });
    status();
    open(0);
  }

  function fail(place, answer, again) {
    kit.show(place, [
      kit.element('p', { 'class': 'jwd-error', role: 'alert', text: kit.problem(answer) }),
      kit.element('div', { 'class': 'jwd-actions' }, [kit.button(text('common-try-again'), again)])
    ]);
  }

  /* A table that scrolls by itself where it is too wide. A column has a head and cell(item); actions(item), if any, gives
     the last cell. */
  function table(label, columns, items, actions) {
    return kit.element('div', { 'class': 'jwd-scroll', tabindex: '0', role: 'region', 'aria-label': label }, [
      kit.element('table', { 'class': 'jwd-table' }, [
        kit.element('thead', {}, [kit.element('tr', {}, columns.map(function (one) { return kit.element('th', { scope: 'col', text: text(one.head) }); }).concat(actions ? kit.element('td', {}) : []))]),
        kit.element('tbody', {}, items.map(function (item) {
          return kit.element('tr', {}, columns.map(function (one) {
            return kit.element('td', { dir: 'auto', 'data-head': text(one.head) }, kit.facts([one.cell(item)]));
          }).concat(actions ? kit.element('td', {}, [actions(item)]) : []));
        }))
      ])
    ]);
  }

  function pager(page, pages, go) {
    if (pages < 2) { return null; }
    var previous = kit.button(text('common-previous'), function () { go(page - 1); });
    var next = kit.button(text('common-next'), function () { go(page + 1); });
    previous.disabled = page === 0;
    next.disabled = page >= pages - 1;
    return kit.element('div', { 'class': 'jwd-actions' }, [previous, kit.element('span', { text: text('common-page-of', { page: page + 1, pages: pages }) }), next]);
  }

  /* Our own document: the token is the one the web client keeps. */
  function own(main) {
    kit.begin(main, function (info) {
      var token = info && server.token(info);
      if (token) {
        start(main, server.headers(info, token));
        main.querySelector('.jwd-dashboard').appendChild(kit.element('p', {}, [kit.element('a', { 'class': 'jwd-back-home jwd-link', href: kit.base + 'web/', text: text('account-home') })]));
        return;
      }
      kit.show(main, [
        kit.element('section', { 'class': 'jwd-card' }, [
          kit.element('p', { text: text('dashboard-sign-in') }),
          kit.element('p', {}, [kit.element('a', { 'class': 'jwd-button jwd-primary', href: kit.base + 'Jellyward/Login?next=' + encodeURIComponent(window.location.pathname), text: text('login-submit') })])
        ])
      ]);
    }, server.info);
  }

  window.JellywardDashboard = { mount: mount };
  var main = document.getElementById('jellyward');
  if (main) { own(main); }
}(window, document, window.JellywardKit, window.JellywardServer, window.JellywardProof));
