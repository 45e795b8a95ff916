/* How each type of setting is shown and read. ES5. */
(function (window, kit) {
  'use strict';
  var text = kit.text;

  /* By type: `make(setting, value)` gives the control, `read(control)` what stands in it. */
  window.JellywardSettingKinds = {
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
        if (value === '') { input.removed = true; input.placeholder = text('dashboard-secret-removed'); }
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
