/* The dashboard's sessions: those of one user, and those from before anybody was asked. ES5. */
(function (window, kit, row, dialog) {
  'use strict';
  var text = kit.text;

  /* A list with a way back. `read` is the call that gives `items`, `draw(data)` the elements. */
  function frame(panel, desk, title, back, read, draw) {
    var news = kit.element('p', { 'class': 'jwd-good', role: 'status' });
    var complaint = kit.element('p', { 'class': 'jwd-error', role: 'alert' });
    var list = kit.element('div', {});
    var view = {
      load: function (words) {
        news.textContent = words || '';
        complaint.textContent = '';
        desk.get(read).then(function (answer) {
          if (answer.status === 200) { kit.show(list, draw(answer.data, view)); } else { desk.fail(list, answer, view.load); }
        });
      },
      end: function (user, body) {
        body.user = user;
        desk.change('Admin/Users/Sessions/End', body).then(function (answer) {
          if (answer.status === 200) { view.load(row.ended(answer.data)); leave.focus(); }
          else if (!answer.cancelled) { complaint.textContent = kit.problem(answer); }
        });
      }
    };
    var leave = kit.button(text('dashboard-back'), function () { back(''); }, 'quiet');
    kit.show(panel, [leave, kit.element('h2', { 'class': 'jwd-title', dir: 'auto', text: title }), news, complaint, list]);
    leave.focus();
    view.load('');
  }

  function ender(session, press) {
    var button = kit.button(text('account-sessions-end'), press, 'danger');
    button.setAttribute('aria-label', text('account-sessions-end') + ': ' + kit.plain(session.deviceName));
    return button;
  }

  /* The sessions of `user`; `back` shows the users again. */
  function show(panel, desk, user, back) {
    var name = kit.plain(user.name);
    frame(panel, desk, text('dashboard-sessions-of', { name: name }), back, 'Admin/Users/Sessions?user=' + encodeURIComponent(user.id), function (data, view) {
      if (!data.items.length) { return [kit.element('p', { text: text('dashboard-sessions-none') })]; }
      return [
        kit.element('ul', { 'class': 'jwd-list' }, data.items.map(function (session) {
          return row(session, { last: ender(session, function () { view.end(user.id, { ids: [session.id] }); }) });
        })),
        kit.element('div', { 'class': 'jwd-actions' }, [kit.button(text('account-sessions-end-all'), function () {
          dialog.confirm({ title: text('dashboard-sessions-end-all-of', { name: name }), submit: text('account-sessions-end-all'), danger: true }).then(function (yes) {
            if (yes) { view.end(user.id, { all: true }); }
          });
        }, 'danger')])
      ];
    });
  }

  /* Every session from before, whosever it is. */
  function legacy(panel, desk, back) {
    frame(panel, desk, text('dashboard-legacy'), back, 'Admin/Legacy', function (data, view) {
      return [
        kit.element('p', { text: data.endOn ? text('dashboard-legacy-end-on', { date: data.endOn }) : text('dashboard-legacy-lead') }),
        data.items.length ? kit.element('ul', { 'class': 'jwd-list' }, data.items.map(function (session) {
          return row(session, { user: session.name, last: ender(session, function () { view.end(session.user, { ids: [session.id] }); }) });
        })) : kit.element('p', { text: text('dashboard-legacy-none') })
      ];
    });
  }

  window.JellywardUserSessions = { show: show, legacy: legacy };
}(window, window.JellywardKit, window.JellywardSession, window.JellywardDialog));
