/* The dashboard's mail: a row that tries it, for messages too, and what waits to be sent. ES5. */
(function (window, kit) {
  'use strict';
  var text = kit.text;

  /* A row that sends a mail to try it. `options`: label, lead, to: the address at first, or none, path and body() of the
     call, which gets the address, blame(answer): shows a refusal at what it is about and says whether there is such. */
  window.JellywardMailTest = function (desk, options) {
    var to = kit.element('input', { type: 'email', 'class': 'jwd-input', autocomplete: 'email', on: { keydown: enter } });
    var news = kit.element('p', { role: 'status' });
    var send = kit.button(text('dashboard-mail-test'), test);
    to.value = options.to || '';

    function enter(event) {
      if (event.keyCode !== 13) { return; }
      event.preventDefault();
      test();
    }

    function say(words, kind) {
      news.className = 'jwd-' + kind;
      news.textContent = words;
    }

    function test() {
      if (send.disabled) { return; }
      var body = options.body();
      body.to = to.value;
      send.disabled = true;
      say(text('dashboard-mail-test-sending'), 'hint');
      desk.change(options.path, body).then(function (answer) {
        send.disabled = false;
        if (answer.cancelled) { say('', 'hint'); }
        else if (answer.status === 200) { say(answer.data.text, answer.data.sent ? 'good' : 'error'); }
        else if (options.blame(answer)) { say('', 'hint'); }
        else { say(kit.problem(answer), 'error'); }
      });
    }

    return kit.element('div', { 'class': 'jwd-mail-test' }, [
      kit.field(options.label, to, options.lead),
      kit.element('div', { 'class': 'jwd-actions' }, [send]),
      news
    ]);
  };

  /* What waits in the outbox, and what failed and why. */
  window.JellywardOutbox = function (panel, desk) {
    var page = 0, news = kit.element('p', { role: 'status' });
    var columns = [
      { head: 'dashboard-mail-to', cell: function (item) { return item.to || ''; } },
      { head: 'dashboard-mail-since', cell: function (item) { return kit.time(item.createdAt); } },
      { head: 'dashboard-mail-state', cell: state }
    ];

    function state(item) {
      var words = item.failedAt === null ? text('dashboard-mail-waits', { time: kit.moment(item.dueAt, true), count: item.tries }) : text('dashboard-mail-failed');
      return item.text ? words + ' ' + item.text : words;
    }

    function load(words) {
      desk.get('Admin/Mail/Outbox?page=' + page).then(function (answer) {
        if (answer.status !== 200) { desk.fail(panel, answer, load); return; }
        render(answer.data);
        say(words || '', 'good');
      });
    }

    function say(words, kind) {
      news.className = 'jwd-' + kind;
      news.textContent = words;
    }

    function act(path, id, words) {
      return function () {
        desk.change('Admin/Mail/Outbox/' + path, { id: id }).then(function (answer) {
          if (answer.status === 200 || answer.status === 404) { load(answer.status === 200 ? words : kit.problem(answer)); }
          else if (!answer.cancelled) { say(kit.problem(answer), 'error'); }
        });
      };
    }

    function actions(item) {
      return kit.element('div', { 'class': 'jwd-actions jwd-small' }, [
        item.retriable && kit.button(text('dashboard-mail-retry'), act('Retry', item.id, text('dashboard-mail-retried'))),
        kit.button(text('dashboard-mail-discard'), act('Discard', item.id, text('dashboard-mail-discarded')))
      ]);
    }

    function render(data) {
      if (!data.items.length) { kit.show(panel, [news, kit.element('p', { text: text('dashboard-mail-none') })]); return; }
      kit.show(panel, [
        news,
        kit.element('p', { text: text('dashboard-mail-counts', { waiting: data.waiting, failed: data.failed }) }),
        desk.table(text('dashboard-tab-mail'), columns, data.items, actions),
        desk.pager(page, Math.ceil(data.total / data.pageSize), function (to) { page = to; load(); })
      ]);
    }

    load();
  };
}(window, window.JellywardKit));
