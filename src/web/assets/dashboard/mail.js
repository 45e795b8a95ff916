/* The dashboard's mail: a button that shows whether it works. ES5. */
(function (window, kit) {
  'use strict';
  var text = kit.text;

  /* A row that sends a test mail. `changes()` gives what is typed above and not saved yet, `blame(answer)` shows a refusal
     at the setting it is about and says whether there is one. */
  window.JellywardMailTest = function (desk, changes, blame) {
    var to = kit.element('input', { type: 'email', 'class': 'jwd-input', autocomplete: 'email', on: { keydown: enter } });
    var news = kit.element('p', { role: 'status' });
    var send = kit.button(text('dashboard-mail-test'), test);

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
      send.disabled = true;
      say(text('dashboard-mail-test-sending'), 'hint');
      desk.change('Admin/Mail/Test', { to: to.value, values: changes() }).then(function (answer) {
        send.disabled = false;
        if (answer.cancelled) { say('', 'hint'); }
        else if (answer.status === 200) { say(answer.data.text, answer.data.sent ? 'good' : 'error'); }
        else if (blame(answer)) { say('', 'hint'); }
        else { say(kit.problem(answer), 'error'); }
      });
    }

    return kit.element('div', { 'class': 'jwd-mail-test' }, [
      kit.field(text('dashboard-mail-test-to'), to, text('dashboard-mail-test-lead')),
      kit.element('div', { 'class': 'jwd-actions' }, [send]),
      news
    ]);
  };
}(window, window.JellywardKit));
