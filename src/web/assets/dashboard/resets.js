/* The dashboard: new passwords for people who forgot theirs, one or many at once. ES5. */
(function (window, kit, enrolment) {
  'use strict';
  var text = kit.text;

  /* Asks how, does it, and tells what became of each of `users`; `back` leads to the list. */
  window.JellywardUserResets = function (panel, desk, users, back) {
    var complaint = kit.element('p', { 'class': 'jwd-error', role: 'alert' });
    function names() { return users.map(function (user) { return kit.plain(user.name); }).join(', '); }
    function card(children) {
      kit.show(panel, [kit.element('section', { 'class': 'jwd-card' }, [kit.element('h2', { 'class': 'jwd-title', text: text('dashboard-reset-of', { name: names() }) })].concat(children))]);
      panel.querySelector('button').focus();
    }

    function start(how) {
      desk.change('Admin/Users/Reset', { users: users.map(function (user) { return user.id; }), how: how }).then(function (answer) {
        if (answer.status === 200) { tell(answer.data.items); return; }
        if (!answer.cancelled) { complaint.textContent = kit.problem(answer); }
      });
    }

    /* Where nobody said how people reach the server, this page's own address will do: the administrator sees it. */
    function linkOf(item) { return item.link || kit.base + 'Jellyward/Reset#' + item.token; }

    function tell(items) {
      var error = kit.element('p', { 'class': 'jwd-error', role: 'alert' });
      card([
        kit.element('ul', { 'class': 'jwd-list', role: 'status' }, items.map(function (item, index) {
          return kit.element('li', { 'class': 'jwd-row' }, [
            kit.element('div', { 'class': 'jwd-grow' }, [
              kit.name(users[index].name, 'strong'),
              kit.element('p', { 'class': item.done ? 'jwd-good' : 'jwd-error', text: item.done ? text(item.token ? 'dashboard-reset-link' : 'dashboard-reset-mailed') : item.text }),
              item.token ? kit.element('code', { 'class': 'jwd-key', text: linkOf(item) }) : null
            ]),
            item.token ? enrolment.copyButton(text('enrol-copy'), linkOf(item), error) : null
          ]);
        })),
        error,
        kit.element('div', { 'class': 'jwd-actions' }, [kit.button(text('common-close'), back, 'primary')])
      ]);
    }

    card([
      kit.element('p', { 'class': 'jwd-lead', text: text('dashboard-reset-lead') }),
      complaint,
      kit.element('div', { 'class': 'jwd-actions' }, [
        kit.button(text('dashboard-reset-by-mail'), function () { start('mail'); }, 'primary'),
        kit.button(text('dashboard-reset-by-link'), function () { start('link'); }),
        kit.button(text('common-cancel'), back)
      ])
    ]);
  };
}(window, window.JellywardKit, window.JellywardEnrolment));
