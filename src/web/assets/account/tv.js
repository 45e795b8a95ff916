/* Signing in a TV, four ways; and the devices that wait, those that stay, and those that were refused. ES5. */
(function (window, document, kit, quickConnect, dialog) {
  'use strict';
  var text = kit.text;
  var POLL = 3000; /* milliseconds */
  var screens = window.JellywardScreens = window.JellywardScreens || {};

  screens.tv = function (panel, desk) {
    var word = kit.element('div', { role: 'status' });
    var waiting = kit.element('div', {});
    var state = kit.element('p', { 'class': 'jwd-hint', role: 'status' });
    var opener = kit.button(text('account-tv-window-open'), openWindow);
    var said = kit.element('p', { 'class': 'jwd-told jwd-unseen', role: 'status' });
    var paired = kit.element('div', {});
    var refused = kit.element('div', {});
    var over = false, timer = 0, drawn = '', expected = {}, arrived = '';
    var ahead = desk.account.serverTime ? desk.account.serverTime - Date.now() / 1000 : 0;

    function way(title, lead, children) {
      return kit.element('section', { 'class': 'jwd-group' }, [
        kit.element('h3', { 'class': 'jwd-subtitle', text: text(title) }), kit.element('p', { text: text(lead) })
      ].concat(children));
    }

    function askWord() {
      desk.change('Account/Tv/Word', {}, function (data) {
        kit.show(word, [
          kit.element('code', { 'class': 'jwd-key jwd-word', text: data.word }),
          kit.element('p', { 'class': 'jwd-hint', text: text('account-tv-word-until', { time: kit.moment(data.expiresAt, true) }) })
        ]);
      });
    }

    function openWindow() { arrived = ''; desk.change('Account/Tv/Window', {}, poll); }

    /* Reads who is waiting. Goes on while the window is open and somebody looks at the page. */
    function poll() {
      window.clearTimeout(timer);
      if (over || document.visibilityState === 'hidden') { return; }
      desk.get('Account/Devices').then(function (answer) {
        if (over) { return; }
        if (answer.status !== 200) { desk.complain(kit.problem(answer)); }
        else { show(answer.data); }
        if (answer.status === 0 || (answer.data && answer.data.window)) { window.clearTimeout(timer); timer = window.setTimeout(poll, POLL); }
      });
    }

    function show(data) {
      var left = data.window - (Date.now() / 1000 + ahead);
      state.textContent = data.window && left > 0 ? text('account-tv-window-left', { time: kit.minutes(left) }) : '';
      opener.hidden = Boolean(data.window);
      follow(data.pending);
      /* Drawn anew only when it differs: whoever stands on a button with the remote control stays there. */
      var seen = JSON.stringify([data.again, Boolean(data.window), data.pending.map(function (one) { return [one.id, one.approvedUntil]; }), data.paired.map(function (one) { return one.id; })]);
      if (seen === drawn) { return; }
      drawn = seen;
      var used = document.activeElement && document.activeElement.getAttribute('data-control');
      kit.show(waiting, data.pending.length ? [kit.element('ul', { 'class': 'jwd-list' }, data.pending.map(function (one) { return device(one, data.again && !one.shared); }))]
        : [arrived ? kit.marked('arrived', kit.element('p', { 'class': 'jwd-good', tabindex: '-1', text: arrived })) : data.window ? kit.element('p', { role: 'status', text: text('account-tv-nobody') }) : null]);
      kit.show(paired, data.paired.length ? [
        kit.element('h3', { 'class': 'jwd-subtitle', text: text('account-tv-paired') }),
        kit.element('ul', { 'class': 'jwd-list' }, data.paired.map(remembered))
      ] : []);
      kit.refocus(panel, used && !kit.find(panel, 'data-control', used) ? 'arrived' : used);
    }

    /* An approved device that waits no longer, before its time was up, is in. */
    function follow(pending) {
      var now = Date.now() / 1000 + ahead, waits = {};
      pending.forEach(function (one) { waits[one.id] = one; });
      Object.keys(expected).forEach(function (id) {
        if (!waits[id] && expected[id].approvedUntil > now) {
          arrived = text('account-tv-in', { name: kit.plain(expected[id].deviceName) || text('account-device-unnamed') });
          said.textContent = arrived;
        }
        delete expected[id];
      });
      pending.forEach(function (one) { if (one.approvedUntil) { expected[one.id] = one; } });
    }

    function minutesTo(until) { return Math.max(1, Math.ceil((until - Date.now() / 1000 - ahead) / 60)); }

    function device(one, again) {
      var tick = kit.marked('again' + one.id, kit.element('input', { type: 'checkbox', id: 'jwd-again-' + one.id }));
      var approved = one.approvedUntil && one.approvedUntil > Date.now() / 1000 + ahead;
      return kit.element('li', { 'class': 'jwd-row' }, [
        kit.element('div', { 'class': 'jwd-grow' }, [
          kit.name(one.deviceName || text('account-device-unnamed'), 'strong'),
          kit.element('p', {}, [kit.name(one.app + ' ' + (one.version || '')), kit.element('span', { text: ' · ' }), kit.name(one.address)]),
          kit.element('p', { 'class': 'jwd-hint' }, [kit.said('account-tv-asked', { date: kit.time(one.lastAt) })]),
          approved ? kit.marked('approve' + one.id, kit.element('p', { 'class': 'jwd-good', tabindex: '-1', text: text('account-tv-approved', { count: minutesTo(one.approvedUntil) }) })) : null,
          again && !approved ? kit.element('label', { 'class': 'jwd-check', 'for': tick.id }, [tick, kit.element('span', { text: text('account-tv-again') })]) : null
        ]),
        approved ? null : kit.marked('approve' + one.id, kit.button(text('account-tv-approve'), function () {
          desk.change('Account/Devices/Approve', { id: one.id, again: tick.checked }, poll);
        }, 'primary')),
        kit.marked('deny' + one.id, kit.button(text('account-tv-deny'), function () { deny(one); }, 'danger'))
      ]);
    }

    /* Somebody else knew the password: then it is time for another one. */
    function deny(one) {
      desk.change('Account/Devices/Deny', { id: one.id }, function () {
        drawn = arrived = '';
        delete expected[one.id];
        poll();
        dialog.open(text('account-tv-denied'), function (card, close) {
          var change = desk.password('primary');
          card.appendChild(kit.element('p', { text: text('account-tv-denied-lead') }));
          card.appendChild(kit.element('div', { 'class': 'jwd-actions' }, [change, kit.button(text('common-close'), close)]));
          change.focus();
        }, function () { /* read */ });
      });
    }

    function remembered(one) {
      return kit.element('li', { 'class': 'jwd-row' }, [
        kit.element('div', { 'class': 'jwd-grow' }, [
          kit.name(one.deviceName || text('account-device-unnamed'), 'strong'),
          kit.element('p', { 'class': 'jwd-hint' }, [kit.name(one.app), kit.element('span', { text: ' · ' }), kit.name(one.network),
            kit.element('span', { text: ' · ' }), kit.said('account-factor-used', { date: kit.time(one.usedAt) })])
        ]),
        kit.marked('forget' + one.id, kit.button(text('account-browsers-forget'), function () { desk.change('Account/Devices/Forget', { id: one.id }, poll); }, 'danger'))
      ]);
    }

    function showRefused(data) {
      if (over || !data.events.length) { return; }
      kit.show(refused, [
        kit.element('h3', { 'class': 'jwd-subtitle', text: text('account-tv-refused') }),
        kit.element('ul', { 'class': 'jwd-list' }, data.events.map(function (one) {
          return kit.element('li', { 'class': 'jwd-row' }, [kit.element('div', { 'class': 'jwd-grow' }, [
            kit.element('p', { text: one.text }),
            kit.element('p', { 'class': 'jwd-hint' }, kit.facts([kit.time(one.at), one.app && kit.name(one.app), one.address && kit.name(one.address)]))
          ])]);
        }))
      ]);
    }

    kit.show(panel, [
      kit.element('p', { text: text('account-tv-lead') }),
      way('account-tv-word', 'account-tv-word-lead', [kit.element('div', { 'class': 'jwd-actions' }, [kit.button(text('account-tv-word-make'), askWord)]), word]),
      way('account-tv-window', 'account-tv-window-lead', [kit.element('div', { 'class': 'jwd-actions' }, [opener]), state, said, waiting, paired]),
      way('account-tv-quick', 'account-tv-quick-lead', [quickConnect(desk)]),
      way('account-menu-app-passwords', 'account-tv-app-lead', [kit.element('a', { 'class': 'jwd-button', href: '#app-passwords', text: text('account-menu-app-passwords') })]),
      refused
    ]);
    poll();
    desk.read('Account/Refused', showRefused);
    document.addEventListener('visibilitychange', poll);
    return function () {
      over = true;
      window.clearTimeout(timer);
      document.removeEventListener('visibilitychange', poll);
    };
  };
}(window, document, window.JellywardKit, window.JellywardQuickConnect, window.JellywardDialog));
