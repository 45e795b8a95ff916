/* A new password. How hard it is to guess, while it is typed, and a button that shows it. For every input with
   data-strength on a page, or by JellywardPassword for one that a script made. data-about names fields, by ids parted
   by blanks, whose text must not be in it. Without this script, or where nobody answers, the field works as ever,
   since the rules are the server's. ES5. */
(function (window, document, kit) {
  'use strict';
  /* A second copy only looks for fields that came since. */
  if (window.JellywardPassword) { window.JellywardPassword.all(); return; }
  var PAUSE = 300; /* milliseconds after the last key */
  var text = kit.text;
  var count = 0;

  function about(input) {
    return (input.getAttribute('data-about') || '').split(/\s+/).map(function (id) {
      var field = id && document.getElementById(id);
      return field ? field.value : '';
    }).filter(Boolean);
  }

  /* A button that turns what is typed into readable text and back. */
  function reveal(input) {
    var button = kit.button(text('meter-show'), toggle, 'quiet');
    function show(shown) {
      input.type = shown ? 'text' : 'password';
      button.textContent = text(shown ? 'meter-hide' : 'meter-show');
    }
    function toggle() {
      var start = input.selectionStart, end = input.selectionEnd;
      show(input.type === 'password');
      try { input.setSelectionRange(start, end); } catch (ignored) { /* some browsers cannot */ }
    }
    button.setAttribute('aria-controls', input.id);
    /* A browser keeps what stands in a text field, and not what stands in this one. */
    if (input.form) { input.form.addEventListener('submit', function () { show(false); }); }
    return button;
  }

  /* What is not taken is not called good, however hard it is to guess. */
  function words(found) {
    if (found.problems.length) { return found.problems[0].text; }
    return found.text + '.' + (found.hints.length ? ' ' + found.hints[0].text : '');
  }

  function level(found) { return found.problems.length ? Math.min(found.score, 1) : found.score; }

  function attach(input) {
    if (input.hasAttribute('data-measured')) { return; }
    input.setAttribute('data-measured', '');
    var number = count += 1;
    input.id = input.id || 'jwd-password-' + number;
    var id = 'jwd-strength-' + number;
    /* From a little below nothing: the worst is a sliver of red, and not an empty bar. */
    var meter = kit.element('meter', { 'class': 'jwd-meter', min: '-0.25', low: '2', high: '3', 'aria-label': text('meter-label'), hidden: true });
    var word = kit.element('span', { 'class': 'jwd-hint' });
    var told = kit.element('p', { id: id, 'class': 'jwd-hint jwd-told', role: 'status', 'aria-live': 'polite' });
    var asked = 0, timer = null, quietUntil = 0;

    function show(found) {
      meter.hidden = !found;
      word.textContent = found && found.problems.length ? text('meter-refused') : '';
      if (found) {
        meter.max = meter.optimum = found.best;
        meter.value = level(found);
        meter.setAttribute('aria-valuetext', words(found));
      }
      var said = found ? words(found) : '';
      /* What has not changed is not read out again. */
      if (told.textContent !== said) { told.textContent = said; }
    }

    function ask() {
      var mine = asked += 1;
      if (!input.value || Date.now() < quietUntil) { show(null); return; }
      kit.call('Jellyward/Api/Password/Strength', { body: { password: input.value, about: about(input) } }).then(function (answer) {
        if (answer.retryAfter) { quietUntil = Date.now() + answer.retryAfter * 1000; }
        /* An answer to what stood there before says nothing. */
        if (mine === asked) { show(answer.status === 200 ? answer.data : null); }
      });
    }

    input.addEventListener('input', function () {
      asked += 1;
      window.clearTimeout(timer);
      timer = window.setTimeout(ask, PAUSE);
    });
    input.setAttribute('aria-describedby', ((input.getAttribute('aria-describedby') || '') + ' ' + id).trim());
    var row = kit.element('div', { 'class': 'jwd-strength' }, [meter, word, reveal(input)]);
    input.parentNode.insertBefore(row, input.nextSibling);
    input.parentNode.insertBefore(told, row.nextSibling);
    if (input.value) { ask(); }
  }

  window.JellywardPassword = function (input) {
    if (window.fetch && window.Promise) { kit.ready().then(function () { attach(input); }, function () { /* then without */ }); }
  };

  function begin() {
    Array.prototype.forEach.call(document.querySelectorAll('input[data-strength]'), window.JellywardPassword);
  }

  window.JellywardPassword.all = begin;

  if (document.readyState === 'loading') { document.addEventListener('DOMContentLoaded', begin); } else { begin(); }
}(window, document, window.JellywardKit));
