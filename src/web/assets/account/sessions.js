/* Where the account is signed in. ES5. */
(function (window, kit, row, dialog) {
  'use strict';
  var text = kit.text;
  var screens = window.JellywardScreens = window.JellywardScreens || {};

  screens.sessions = function (panel, desk) {
    function end(body) {
      desk.change('Account/Sessions/End', body, function (data) { desk.show(row.ended(data)); });
    }

    function one(session) {
      var button = session.current ? null : kit.button(text('account-sessions-end'), function () { end({ ids: [session.id] }); }, 'danger');
      if (button) { button.setAttribute('aria-label', text('account-sessions-end') + ': ' + kit.plain(session.deviceName)); }
      return row(session, { last: button });
    }

    /* Sessions from before, the doubtful ones ticked. */
    function legacy(sessions) {
      var ticks = [];
      var rows = sessions.map(function (session) {
        var tick = kit.element('input', { type: 'checkbox', 'aria-label': kit.plain(session.deviceName) });
        tick.checked = Boolean(session.suggested);
        ticks.push({ id: session.id, tick: tick });
        return row(session, { first: kit.element('label', { 'class': 'jwd-check' }, [tick]) });
      });
      return kit.element('div', {}, [
        kit.element('h3', { 'class': 'jwd-subtitle', text: text('account-sessions-legacy') }),
        kit.element('p', { 'class': 'jwd-warning', text: text('account-sessions-legacy-lead') }),
        kit.element('ul', { 'class': 'jwd-list' }, rows),
        kit.element('div', { 'class': 'jwd-actions' }, [
          kit.button(text('account-sessions-end-ticked'), function () {
            var ids = ticks.filter(function (one) { return one.tick.checked; }).map(function (one) { return one.id; });
            if (ids.length) { end({ ids: ids }); }
          }, 'danger')
        ])
      ]);
    }

    function everywhere() {
      dialog.confirm({ title: text('account-sessions-end-all'), lead: text('account-sessions-end-all-lead'), submit: text('account-sessions-end-all'), danger: true }).then(function (yes) {
        if (yes) { end({ all: true }); }
      });
    }

    desk.read('Account/Sessions', function (data) {
      var before = data.items.filter(function (session) { return session.legacy && !session.current; });
      var others = data.items.filter(function (session) { return before.indexOf(session) < 0; });
      others.sort(function (a, b) { return Number(Boolean(b.current)) - Number(Boolean(a.current)) || b.lastSeenAt - a.lastSeenAt; });
      kit.show(panel, [
        before.length ? legacy(before) : null,
        before.length ? kit.element('h3', { 'class': 'jwd-subtitle', text: text('account-sessions-rest') }) : null,
        kit.element('ul', { 'class': 'jwd-list' }, others.map(one)),
        kit.element('div', { 'class': 'jwd-actions' }, [
          data.items.length > 1 ? kit.button(text('account-sessions-end-others'), function () { end({ others: true }); }) : null,
          kit.button(text('account-sessions-end-all'), everywhere, 'danger')
        ])
      ]);
    });
  };
}(window, window.JellywardKit, window.JellywardSession, window.JellywardDialog));
