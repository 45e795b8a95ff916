/* The dashboard's messages: which words people are told things in, tried while they are typed. ES5. */
(function (window, kit) {
  'use strict';
  var text = kit.text;
  var PAUSE = 500; /* milliseconds without a key before the preview follows */

  /* Shows the messages in `panel`; `desk` calls the server as the administrator. */
  window.JellywardMessages = function (panel, desk) {
    var data, item, drafts = desk.drafts.messages, fields = {}, last, timer, asked = 0;
    var news = kit.element('p', { role: 'status' });
    var choice = kit.element('select', { 'class': 'jwd-input', on: { change: function () { open(choice.value); } } });
    var form = kit.element('form', { novalidate: true, on: { submit: save } });
    var shown = kit.element('div', {});

    function load(kind, words) {
      desk.get('Admin/Messages').then(function (answer) {
        if (answer.status !== 200) { desk.fail(panel, answer, function () { load(kind, words); }); return; }
        data = answer.data;
        kit.show(choice, data.items.map(function (one) {
          return kit.element('option', { value: one.kind, text: one.customised ? text('dashboard-messages-customised', { label: one.label }) : one.label });
        }));
        kit.show(panel, [
          kit.element('p', { 'class': 'jwd-hint', text: text('dashboard-messages-lead') }),
          kit.field(text('dashboard-messages-which'), choice),
          form
        ]);
        open(kind || data.items[0].kind);
        say(words || '', 'good');
        if (words) { form.querySelector('[type=submit]').focus(); }
      });
    }

    function say(words, kind) {
      news.className = 'jwd-' + kind;
      news.textContent = words;
    }

    /* What was typed here and not saved yet is still there when somebody comes back. */
    function open(kind) {
      item = data.items.filter(function (one) { return one.kind === kind; })[0];
      choice.value = kind;
      say('', 'good');
      render(drafts[kind] || item);
      look();
    }

    function render(words) {
      var own = kit.element('input', { type: 'checkbox', on: { change: function () { html.hidden = !own.checked; typed(); } } });
      fields = {
        subject: part(kit.element('input', { type: 'text', maxlength: data.longestSubject, autocomplete: 'off' })),
        text: part(kit.element('textarea', { rows: 12, maxlength: data.longest })),
        html: part(kit.element('textarea', { rows: 12, maxlength: data.longest, spellcheck: 'false' }))
      };
      fields.subject.input.value = words.subject;
      fields.text.input.value = words.text;
      fields.html.input.value = words.html || '';
      fields.html.own = own;
      own.checked = Boolean(words.html);
      last = fields.text;
      var html = row(text('dashboard-messages-html'), text('dashboard-messages-html-lead'), fields.html);
      html.hidden = !own.checked;
      kit.show(form, [
        row(text('dashboard-messages-subject'), text('dashboard-messages-subject-lead'), fields.subject),
        row(text('dashboard-messages-text'), text('dashboard-messages-text-lead'), fields.text),
        variables(),
        kit.element('label', { 'class': 'jwd-check' }, [own, kit.element('span', { text: text('dashboard-messages-own-html') })]),
        html,
        news,
        kit.element('div', { 'class': 'jwd-actions' }, [
          kit.element('button', { type: 'submit', 'class': 'jwd-button jwd-primary', text: text('dashboard-save') }),
          kit.button(text('dashboard-messages-reset'), reset)
        ]),
        kit.element('h2', { 'class': 'jwd-subtitle', text: text('dashboard-messages-preview') }),
        kit.element('p', { 'class': 'jwd-hint', text: text('dashboard-messages-preview-lead') }),
        shown,
        sending()
      ]);
    }

    function part(input) {
      var one = { input: input, error: kit.element('p', { 'class': 'jwd-error', role: 'status' }) };
      input.className = 'jwd-input';
      input.dir = 'auto';
      input.addEventListener('input', typed);
      input.addEventListener('focus', function () { last = one; });
      return one;
    }

    function row(label, hint, one) {
      var field = kit.field(label, one.input, hint);
      field.appendChild(one.error);
      return field;
    }

    /* Buttons that put a variable where the caret was last. */
    function variables() {
      return kit.element('fieldset', { 'class': 'jwd-variables' }, [
        kit.element('legend', { 'class': 'jwd-label', text: text('dashboard-messages-variables') })
      ].concat(item.variables.map(function (one) {
        var button = kit.button('{{ ' + one.name + ' }}', function () { insert('{{ ' + one.name + ' }}'); });
        button.title = one.label;
        button.setAttribute('aria-label', '{{ ' + one.name + ' }}: ' + one.label);
        return button;
      })));
    }

    function insert(words) {
      var input = last.input, start = input.selectionStart, end = input.selectionEnd;
      input.value = input.value.slice(0, start) + words + input.value.slice(end);
      input.focus();
      input.setSelectionRange(start + words.length, start + words.length);
      typed();
    }

    function words() {
      return {
        kind: item.kind,
        subject: fields.subject.input.value,
        text: fields.text.input.value,
        html: fields.html.own.checked ? fields.html.input.value : ''
      };
    }

    function typed() {
      drafts[item.kind] = words();
      say('', 'good');
      window.clearTimeout(timer);
      timer = window.setTimeout(look, PAUSE);
    }

    /* Shows what would be sent, or what is wrong. An answer that another key has overtaken is let go. */
    function look() {
      var mine = asked += 1;
      window.clearTimeout(timer);
      desk.change('Admin/Messages/Preview', words()).then(function (answer) {
        if (mine !== asked || answer.cancelled) { return; }
        if (answer.status === 200) { clean(); preview(answer.data); }
        else if (!blame(answer)) { say(kit.problem(answer), 'error'); }
      });
    }

    function preview(letter) {
      kit.show(shown, [
        kit.element('p', { 'class': 'jwd-letter-subject', dir: 'auto', text: letter.subject }),
        letter.page && kit.element('iframe', { sandbox: '', 'class': 'jwd-frame', title: text('dashboard-messages-preview-html'), src: kit.base + 'Jellyward/Api/' + letter.page }),
        kit.element('h3', { 'class': 'jwd-label', text: text('dashboard-messages-preview-text') }),
        kit.element('pre', { 'class': 'jwd-letter', dir: 'auto', tabindex: '0', text: letter.text })
      ]);
    }

    function clean() {
      Object.keys(fields).forEach(function (name) {
        fields[name].error.textContent = '';
        fields[name].input.removeAttribute('aria-invalid');
      });
    }

    /* Shows a mistake at its text; false when it is about none. */
    function blame(answer) {
      var wrong = answer.data && answer.data.code === 'bad_template' && fields[answer.data.field];
      clean();
      if (!wrong) { return false; }
      wrong.error.textContent = text('dashboard-messages-place', { line: answer.data.line, column: answer.data.column, reason: answer.data.detail });
      wrong.input.setAttribute('aria-invalid', 'true');
      return true;
    }

    /* The same, and puts the caret where the mistake is. */
    function lead(answer) {
      if (!blame(answer)) { return false; }
      var place = answer.data, input = fields[place.field].input;
      var before = input.value.split('\n').slice(0, place.line - 1).join('\n').length;
      var at = Math.min(input.value.length, before + (place.line > 1 ? 1 : 0) + place.column - 1);
      input.focus();
      input.setSelectionRange(at, at);
      return true;
    }

    function refused(answer) {
      if (!answer.cancelled && !lead(answer)) { say(kit.problem(answer), 'error'); }
    }

    function save(event) {
      event.preventDefault();
      change('Save', words(), text('dashboard-saved'));
    }

    function reset() {
      change('Reset', { kind: item.kind }, text('dashboard-messages-was-reset'));
    }

    function change(path, body, done) {
      desk.change('Admin/Messages/' + path, body).then(function (answer) {
        if (answer.status !== 200) { refused(answer); return; }
        delete drafts[item.kind];
        load(item.kind, done);
      });
    }

    function sending() {
      return window.JellywardMailTest(desk, {
        label: text('dashboard-messages-send-to'),
        lead: text('dashboard-messages-send-lead'),
        to: data.me,
        path: 'Admin/Messages/Send',
        body: words,
        blame: lead
      });
    }

    load();
  };
}(window, window.JellywardKit));
