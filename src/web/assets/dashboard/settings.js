/* The dashboard's settings: a form made of their declarations. ES5. */
(function (window, kit, kinds) {
  'use strict';
  var text = kit.text;

  /* Shows the settings in `panel`; `desk` calls the server as the administrator. */
  window.JellywardSettings = function (panel, desk) {
    var drafts = desk.drafts.settings, revision = 0, controls = {}, folds = {};
    var news = kit.element('p', { 'class': 'jwd-good', role: 'status' });
    var count = kit.element('p', { 'class': 'jwd-hint', role: 'status' });
    var save = kit.element('button', { type: 'submit', 'class': 'jwd-button jwd-primary', text: text('dashboard-save') });

    /* What was typed here and not saved yet is still there when somebody comes back. */
    function load(message, kind) {
      desk.get('Admin/Settings').then(function (answer) {
        if (answer.status !== 200) { desk.fail(panel, answer, function () { load(message, kind); }); return; }
        var overtaken = Object.keys(drafts.values).length && drafts.revision !== answer.data.revision;
        render(answer.data);
        if (overtaken) { say(text('dashboard-conflict'), 'warning'); } else { say(message, kind); }
      });
    }

    function say(message, kind) {
      news.className = 'jwd-' + (kind || 'good');
      news.textContent = message || '';
    }

    function render(loaded) {
      var mine = drafts.values;
      revision = loaded.revision;
      controls = {};
      var form = kit.element('form', { novalidate: true, on: { submit: send } }, loaded.groups.map(function (group, at) {
        return fold(group, at === 0, presets(group.presets || []), group.settings.map(function (one) {
          return row(one, one.key in mine && !one.locked ? mine[one.key] : one.value);
        }).concat(group.id === 'smtp' ? [mailTest()] : []));
      }).concat([kit.element('div', { 'class': 'jwd-bar' }, [kit.element('div', { 'class': 'jwd-grow' }, [news, count]), save])]));
      form.addEventListener('input', touched, true);
      form.addEventListener('change', touched, true);
      kit.show(panel, [form]);
      touched();
    }

    function mailTest() {
      return window.JellywardMailTest(desk, {
        label: text('dashboard-mail-test-to'),
        lead: text('dashboard-mail-test-lead'),
        path: 'Admin/Mail/Test',
        body: function () { return { values: changes() }; },
        blame: blame
      });
    }

    /* A group, open where there is something to see. */
    function fold(group, first, head, rows) {
      var told = group.settings.some(function (one) {
        return one.locked || one.key in drafts.values || (one.type !== 'secret' && !same(one.value, one['default']));
      });
      var open = group.id in folds ? folds[group.id] : first || told;
      var details = kit.element('details', { 'class': 'jwd-group jwd-fold', open: open, on: { toggle: function () { folds[group.id] = details.open; } } }, [
        kit.element('summary', { text: group.label }), head
      ].concat(rows));
      return details;
    }

    function same(one, other) { return JSON.stringify(one) === JSON.stringify(other); }

    /* Follows what is typed: what is not saved yet is kept, counted, and told beside its default. */
    function touched() {
      var values = differing(), number = Object.keys(values).length;
      drafts.values = values;
      drafts.revision = revision;
      count.textContent = number ? text('dashboard-unsaved', { count: number }) : '';
      Object.keys(controls).forEach(function (key) { describe(controls[key]); });
    }

    /* Fills in what a provider wants; nothing is saved by that. */
    function presets(all) {
      if (!all.length) { return null; }
      var note = kit.element('p', { 'class': 'jwd-hint', role: 'status' });
      var select = kit.element('select', { 'class': 'jwd-input', on: { change: fill } }, [kit.element('option', { value: '', text: text('dashboard-preset-none') })].concat(all.map(function (one) {
        return kit.element('option', { value: one.id, text: one.label });
      })));
      function fill() {
        var chosen = all.filter(function (one) { return one.id === select.value; })[0];
        note.textContent = chosen ? chosen.note : '';
        Object.keys(chosen ? chosen.values : {}).forEach(function (key) {
          if (controls[key] && !controls[key].setting.locked) { controls[key].input.value = chosen.values[key]; }
        });
        touched();
      }
      return kit.element('div', {}, [kit.field(text('dashboard-preset'), select), note]);
    }

    function row(setting, value) {
      var control = kinds[setting.type] || kinds.text;
      var input = control.make(setting, value);
      var error = kit.element('p', { 'class': 'jwd-error', role: 'alert' });
      input.disabled = Boolean(setting.locked);
      var facts = kit.element('p', { 'class': 'jwd-hint' + (setting.locked ? ' jwd-locked' : '') });
      controls[setting.key] = { setting: setting, input: input, error: error, facts: facts, read: function () { return control.read(input); } };
      var field = setting.type === 'bool' ? toggle(setting, input) : kit.field(setting.label, unit(setting, input), setting.help);
      if (setting.type === 'integer') { field.querySelector('label').setAttribute('for', input.id = field.querySelector('label').getAttribute('for') + '-n'); }
      field.appendChild(facts);
      if (setting.type === 'secret' && !setting.locked) { field.appendChild(replacing(setting, input)); }
      if (setting.key === 'policy.required') { field.appendChild(reach(setting, input)); }
      field.appendChild(error);
      return field;
    }

    /* A secret is typed anew or taken away. Until somebody wants to, there is nothing a password manager could fill. */
    function replacing(setting, input) {
      var change = kit.button(text('dashboard-secret-change'), function () {
        input.type = 'password';
        input.readOnly = false;
        input.focus();
      });
      var remove = setting.value && kit.button(text('dashboard-secret-remove'), function () {
        input.value = '';
        input.removed = true;
        input.placeholder = text('dashboard-secret-removed');
        touched();
      }, 'quiet');
      return kit.element('div', { 'class': 'jwd-actions jwd-small' }, [change, remove]);
    }

    /* Whom a stricter requirement would reach, told before it is saved. */
    function reach(setting, input) {
      var note = kit.element('p', { 'class': 'jwd-warning', role: 'status' });
      input.addEventListener('change', function () {
        note.textContent = '';
        if (input.value === setting.value || input.value === 'nobody') { return; }
        desk.get('Admin/Status').then(function (answer) {
          var without = answer.data && answer.data.withoutFactor;
          if (without && without[input.value]) {
            note.textContent = text('dashboard-requirement', { count: without[input.value], until: kit.moment(without.graceUntil, true) });
          }
        });
      });
      return note;
    }

    function toggle(setting, input) {
      input.id = 'jwd-set-' + setting.key;
      input.setAttribute('aria-describedby', input.id + '-hint');
      return kit.element('div', { 'class': 'jwd-field' }, [
        kit.element('label', { 'class': 'jwd-check', 'for': input.id }, [input, kit.element('span', { text: setting.label })]),
        kit.element('p', { id: input.id + '-hint', 'class': 'jwd-hint', text: setting.help })
      ]);
    }

    function unit(setting, input) {
      if (setting.type !== 'integer') { return input; }
      return kit.element('div', { 'class': 'jwd-number' }, [input, setting.unit && kit.element('span', { text: setting.unit })]);
    }

    /* What else there is to know: who holds it, the range, and the default where it is another. */
    function describe(one) {
      var setting = one.setting, words = [];
      if (setting.locked) { words.push(text(setting.locked === 'file' ? 'dashboard-locked-file' : 'dashboard-locked-environment')); }
      if ('min' in setting && setting.type === 'integer') { words.push(text('dashboard-range', { min: setting.min, max: setting.max })); }
      if (setting.type !== 'secret' && !same(one.read(), setting['default'])) { words.push(text('dashboard-default', { value: shown(setting) })); }
      one.facts.textContent = words.join(' · ');
    }

    function shown(setting) {
      var value = setting['default'];
      var choice = (setting.choices || []).filter(function (one) { return one.value === value; })[0];
      if (choice) { return choice.label; }
      if (setting.type === 'bool') { return text(value ? 'dashboard-on' : 'dashboard-off'); }
      return Array.isArray(value) ? value.join(', ') || text('dashboard-none') : value === '' ? text('dashboard-none') : value;
    }

    function differing() {
      var changed = {};
      Object.keys(controls).forEach(function (key) {
        var one = controls[key];
        if (!one.setting.locked && !same(one.read(), one.setting.value)) { changed[key] = one.read(); }
      });
      return changed;
    }

    /* What is about to be sent; complaints of before are over. */
    function changes() {
      Object.keys(controls).forEach(function (key) {
        controls[key].error.textContent = '';
        controls[key].input.removeAttribute('aria-invalid');
      });
      touched();
      return drafts.values;
    }

    function send(event) {
      event.preventDefault();
      var values = changes();
      if (!Object.keys(values).length) { say(text('dashboard-nothing-changed')); return; }
      say('');
      desk.change('Admin/Settings', { revision: revision, values: values }).then(function (answer) {
        var data = answer.data || {};
        if (answer.cancelled) { return; }
        if (answer.status === 200) { saved(data); }
        else if (data.code === 'settings_changed') { load(text('dashboard-conflict'), 'warning'); }
        else if (!blame(answer)) { say(kit.problem(answer), 'error'); }
      });
    }

    function saved(data) {
      drafts.values = {};
      render(data);
      save.focus();
      say(text('dashboard-saved'));
      desk.refresh();
    }

    /* Shows a refusal at the setting it is about; false when it is about none. */
    function blame(answer) {
      var wrong = answer.data && answer.data.field && controls[answer.data.field];
      if (!wrong) { return false; }
      wrong.error.textContent = kit.problem(answer);
      wrong.input.setAttribute('aria-invalid', 'true');
      uncover(wrong.input);
      wrong.input.focus();
      return true;
    }

    function uncover(node) {
      while (node && node.tagName !== 'DETAILS') { node = node.parentNode; }
      if (node) { node.open = true; }
    }

    load('');
  };
}(window, window.JellywardKit, window.JellywardSettingKinds));
