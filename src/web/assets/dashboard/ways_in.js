/* One user's other ways in: app passwords, browsers that are spared the factor, devices that may come back. ES5. */
(function (window, kit, dialog) {
  'use strict';
  var text = kit.text;
  /* Each kind: its heading, the call that lists it, the one that ends it, what its button says, and what a row tells. */
  var KINDS = [
    { title: 'account-menu-app-passwords', list: 'AppPasswords', end: 'AppPasswords/Revoke', verb: 'account-app-revoke', items: 'items', facts: ofAppPassword },
    { title: 'account-menu-browsers', list: 'Browsers', end: 'Browsers/Forget', verb: 'account-browsers-forget', items: 'items', facts: ofBrowser },
    { title: 'dashboard-ways-devices', list: 'Devices', end: 'Devices/Forget', verb: 'account-browsers-forget', items: 'paired', facts: ofDevice }
  ];

  function used(at) { return at ? kit.said('account-factor-used', { date: kit.time(at) }) : text('account-factor-unused'); }

  function ofAppPassword(one) {
    return [
      kit.said('account-factor-created', { date: kit.time(one.createdAt) }),
      one.expiresAt ? kit.said('account-app-expires', { date: kit.time(one.expiresAt, true) }) : '',
      used(one.lastUsedAt), kit.plain(one.lastUsedApp), kit.plain(one.lastUsedAddress)
    ];
  }

  function ofBrowser(one) {
    return [
      kit.said('account-browsers-since', { date: kit.time(one.createdAt, true) }),
      kit.said('account-browsers-until', { date: kit.time(one.expiresAt, true) }),
      used(one.usedAt), kit.plain(one.network)
    ];
  }

  function ofDevice(one) { return [kit.plain(one.app), used(one.usedAt), kit.plain(one.network)]; }

  /* Those of `user`; `back` shows the users again. */
  window.JellywardWaysIn = function (panel, desk, user, back) {
    var whose = kit.plain(user.name);
    var news = kit.element('p', { 'class': 'jwd-good', role: 'status' });
    var complaint = kit.element('p', { 'class': 'jwd-error', role: 'alert' });
    var leave = kit.button(text('dashboard-back'), function () { back(''); }, 'quiet');
    var parts = KINDS.map(function (kind) { return { kind: kind, place: kit.element('div', {}) }; });

    function load(part) {
      desk.get('Admin/Users/' + part.kind.list + '?user=' + encodeURIComponent(user.id)).then(function (answer) {
        if (answer.status !== 200) { desk.fail(part.place, answer, function () { load(part); }); return; }
        var items = answer.data[part.kind.items] || [];
        kit.show(part.place, [items.length
          ? kit.element('ul', { 'class': 'jwd-list' }, items.map(function (one) { return row(part, one); }))
          : kit.element('p', { 'class': 'jwd-hint', text: text('dashboard-ways-none') })]);
      });
    }

    function row(part, one) {
      var name = kit.plain(one.name || one.deviceName) || text('account-device-unnamed');
      var button = kit.button(text(part.kind.verb), function () { end(part, one, name); }, 'danger');
      button.setAttribute('aria-label', text(part.kind.verb) + ': ' + name);
      return kit.element('li', { 'class': 'jwd-row' }, [
        kit.element('div', { 'class': 'jwd-grow' }, [
          kit.name(name, 'strong'),
          kit.element('p', { 'class': 'jwd-hint', dir: 'auto' }, kit.facts(part.kind.facts(one)))
        ]),
        button
      ]);
    }

    function end(part, one, name) {
      dialog.confirm({ title: text('dashboard-ways-end-of', { what: name, name: whose }), submit: text(part.kind.verb), danger: true }).then(function (yes) {
        if (!yes) { return; }
        news.textContent = complaint.textContent = '';
        desk.change('Admin/Users/' + part.kind.end, { user: user.id, id: one.id }).then(function (answer) {
          if (answer.status === 200) { news.textContent = text('dashboard-ways-ended', { what: name }); }
          else if (!answer.cancelled) { complaint.textContent = kit.problem(answer); }
          load(part);
          leave.focus();
        });
      });
    }

    kit.show(panel, [leave, kit.element('h2', { 'class': 'jwd-title', dir: 'auto', text: text('dashboard-ways-of', { name: whose }) }), news, complaint].concat(parts.map(function (part) {
      return kit.element('section', {}, [kit.element('h3', { 'class': 'jwd-subtitle', text: text(part.kind.title) }), part.place]);
    })));
    leave.focus();
    parts.forEach(load);
  };
}(window, window.JellywardKit, window.JellywardDialog));
