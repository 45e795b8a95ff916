/* The dashboard's settings: a form made of their declarations. ES5. */
(function (window, kit) {
  'use strict';
  var text = kit.text;

  /* Shows the settings in `panel`; `desk` calls the server as the administrator. */
  window.JellywardSettings = function (panel, desk) {
    var revision = 0, controls = {}, news = kit.element('p', { 'class': 'jwd-good', role: 'status' });

    function load(mine, message, kind) {
      desk.get('Admin/Settings').then(function (answer) {
        if (answer.status !== 200) { desk.fail(panel, answer, function () { load(mine, message, kind); }); return; }
        render(answer.data, mine);
        say(message, kind);
      });
    }

    function say(message, kind) {
      news.className = 'jwd-' + (kind || 'good');
      news.textContent = message || '';
    }

    /* Builds the form. `mine` holds changes of this administrator that are not saved yet, by key. */
    function render(loaded, mine) {
      revision = loaded.revision;
      controls = {};
      kit.show(panel, [
        kit.element('form', { novalidate: true, on: { submit: save } }, loaded.groups.map(function (group) {
          return kit.element('fieldset', { 'class': 'jwd-group' }, [kit.element('legend', { text: group.label }), presets(group.presets || [])].concat(group.settings.map(function (one) {
            return row(one, one.key in mine && !one.locked ? mine[one.key] : one.value);
          })).concat(group.id === 'smtp' ? [window.JellywardMailTest(desk, changes, blame)] : []));
        }).concat([
          news,
          kit.element('div', { 'class': 'jwd-actions' }, [kit.element('button', { type: 'submit', 'class': 'jwd-button jwd-primary', text: text('dashboard-save') })])
        ]))
      ]);
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
      }
      return kit.element('div', {}, [kit.field(text('dashboard-preset'), select), note]);
    }

    function row(setting, value) {
      var control = KINDS[setting.type] || KINDS.text;
      var input = control.make(setting, value);
      var error = kit.element('p', { 'class': 'jwd-error', role: 'alert' });
      input.disabled = Boolean(setting.locked);
      controls[setting.key] = { setting: setting, input: input, error: error, read: function () { return control.read(input); } };
      var field = setting.type === 'bool' ? toggle(setting, input) : kit.field(setting.label, unit(setting, input), setting.help);
      if (setting.type === 'integer') { field.querySelector('label').setAttribute('for', input.id = field.querySelector('label').getAttribute('for') + '-n'); }
      field.appendChild(facts(setting));
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
            note.textContent = text('dashboard-requirement', { count: without[input.value], until: kit.moment(without.graceUntil) });
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

    /* What else there is to know: range, default, who holds it. */
    function facts(setting) {
      var words = [];
      if (setting.locked) { words.push(text(setting.locked === 'file' ? 'dashboard-locked-file' : 'dashboard-locked-environment')); }
      if ('min' in setting && setting.type === 'integer') { words.push(text('dashboard-range', { min: setting.min, max: setting.max })); }
      if (setting.type !== 'secret') { words.push(text('dashboard-default', { value: shown(setting) })); }
      return kit.element('p', { 'class': 'jwd-hint' + (setting.locked ? ' jwd-locked' : ''), text: words.join(' · ') });
    }

    function shown(setting) {
      var value = setting['default'];
      var choice = (setting.choices || []).filter(function (one) { return one.value === value; })[0];
      if (choice) { return choice.label; }
      if (setting.type === 'bool') { return text(value ? 'dashboard-on' : 'dashboard-off'); }
      return Array.isArray(value) ? value.join(', ') || text('dashboard-none') : value === '' ? text('dashboard-none') : value;
    }

    function changes() {
      var changed = {};
      Object.keys(controls).forEach(function (key) {
        var one = controls[key];
        one.error.textContent = '';
        one.input.removeAttribute('aria-invalid');
        if (!one.setting.locked && JSON.stringify(one.read()) !== JSON.stringify(one.setting.value)) { changed[key] = one.read(); }
      });
      return changed;
    }

    function save(event) {
      event.preventDefault();
      var values = changes();
      if (!Object.keys(values).length) { say(text('dashboard-nothing-changed')); return; }
      say('');
      desk.change('Admin/Settings', { revision: revision, values: values }).then(function (answer) {
        var data = answer.data || {};
        if (answer.cancelled) { return; }
        if (answer.status === 200) { render(data, {}); say(text('dashboard-saved')); desk.refresh(); }
        else if (data.code === 'settings_changed') { load(values, text('dashboard-conflict'), 'warning'); }
        else if (!blame(answer)) { say(kit.problem(answer), 'error'); }
      });
    }

    /* Shows a refusal at the setting it is about; false when it is about none. */
    function blame(answer) {
      var wrong = answer.data && answer.data.field && controls[answer.data.field];
      if (!wrong) { return false; }
      wrong.error.textContent = kit.problem(answer);
      wrong.input.setAttribute('aria-invalid', 'true');
      wrong.input.focus();
      return true;
    }

    load({}, '');
  };

  /* How each type of setting is shown and read. */
  var KINDS = {
    bool: {
      make: function (setting, value) {
        var input = kit.element('input', { type: 'checkbox' });
        input.checked = Boolean(value);
        return input;
      },
      read: function (input) { return input.checked; }
    },
    integer: {
      make: function (setting, value) { return typed('number', value, { min: setting.min, max: setting.max, step: 1 }); },
      /* What is no number goes as it is: the server says what is wrong with it. */
      read: function (input) { return /^-?\d+$/.test(input.value) ? Number(input.value) : input.value; }
    },
    text: {
      make: function (setting, value) { return typed('text', value, { autocomplete: 'off' }); },
      read: function (input) { return input.value; }
    },
    /* Never sent here: `value` says only whether there is one. */
    secret: {
      make: function (setting, value) {
        var pending = typeof value === 'string' ? value : '';
        var input = typed(pending ? 'password' : 'text', pending, { autocomplete: 'new-password', readonly: !pending, placeholder: text(setting.value ? 'dashboard-secret-set' : 'dashboard-secret-unset') });
        input.kept = setting.value;
        return input;
      },
      read: function (input) { return input.value || (input.removed ? '' : input.kept); }
    },
    certificates: {
      make: function (setting, value) {
        var area = kit.element('textarea', { 'class': 'jwd-input', rows: 4, autocomplete: 'off', spellcheck: 'false' });
        area.value = value;
        return area;
      },
      read: function (input) { return input.value; }
    },
    origins: {
      make: function (setting, value) { return typed('text', value.join(' '), { autocomplete: 'off', spellcheck: 'false' }); },
      read: function (input) { return input.value.split(/[\s,]+/).filter(Boolean); }
    },
    choice: {
      make: function (setting, value) {
        var select = kit.element('select', { 'class': 'jwd-input' }, setting.choices.map(function (one) {
          return kit.element('option', { value: one.value, text: one.label });
        }));
        select.value = value;
        return select;
      },
      read: function (input) { return input.value; }
    }
  };

  function typed(type, value, attributes) {
    attributes.type = type;
    attributes['class'] = 'jwd-input';
    var input = kit.element('input', attributes);
    input.value = value;
    return input;
  }
}(window, window.JellywardKit));
