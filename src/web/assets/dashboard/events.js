/* The dashboard's events: what happened, newest first. ES5. */
(function (window, kit) {
  'use strict';
  var text = kit.text;

  /* Shows the events in `panel`; `desk` calls the server as the administrator. */
  window.JellywardEvents = function (panel, desk) {
    var page = 0;
    var columns = [
      { head: 'dashboard-event-time', cell: function (event) { return kit.time(event.at); } },
      { head: 'dashboard-event-kind', cell: what },
      { head: 'dashboard-event-account', cell: who },
      { head: 'dashboard-event-address', cell: function (event) { return event.address || ''; } }
    ];

    function who(event) {
      var by = event.actor ? ' (' + text('dashboard-event-by', { name: kit.plain(event.actorName || event.actor) }) + ')' : '';
      return (event.name || event.account || '') + by;
    }

    function what(event) {
      var id = 'dashboard-event-kind-' + event.kind;
      return (kit.texts[id] ? text(id) : event.kind) + (event.detail ? ' (' + event.detail + ')' : '');
    }

    /* A button that looks the whole store through. */
    function selfTest() {
      var news = kit.element('p', { role: 'status' });
      var check = kit.button(text('dashboard-self-test'), function () {
        check.disabled = true;
        say(text('dashboard-self-test-running'), 'hint');
        desk.change('Admin/SelfTest', {}).then(function (answer) {
          check.disabled = false;
          if (answer.status !== 200) { say(kit.problem(answer), 'error'); return; }
          say(answer.data.sound ? text('dashboard-self-test-sound', answer.data.counts) : text('dashboard-self-test-damaged') + ' ' + answer.data.problems.join('; '), answer.data.sound ? 'good' : 'error');
          desk.refresh();
        });
      });

      function say(words, kind) {
        news.className = 'jwd-' + kind;
        news.textContent = words;
      }

      return kit.element('div', {}, [kit.element('div', { 'class': 'jwd-actions' }, [check]), news]);
    }

    function load() {
      desk.get('Admin/Events?page=' + page).then(function (answer) {
        if (answer.status !== 200) { desk.fail(panel, answer, load); return; }
        render(answer.data);
      });
    }

    function render(data) {
      if (!data.events.length) { kit.show(panel, [selfTest(), kit.element('p', { text: text('dashboard-events-none') })]); return; }
      kit.show(panel, [
        selfTest(),
        desk.table(text('dashboard-tab-events'), columns, data.events),
        desk.pager(page, Math.ceil(data.total / data.pageSize), function (to) { page = to; load(); })
      ]);
    }

    load();
  };
}(window, window.JellywardKit));
