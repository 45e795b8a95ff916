/* A field for a new password, measured while it is typed. ES5. */
(function (window, kit) {
  'use strict';

  /* {field, input}: the field with its label, and the input in it. `name`: whose, where that is known, for password
     managers. */
  window.JellywardNewPassword = function (label, name) {
    var whose = kit.element('input', { type: 'text', autocomplete: 'username', value: name || '', readonly: true, hidden: true, tabindex: '-1', 'aria-hidden': 'true' });
    var input = kit.element('input', { 'class': 'jwd-input', type: 'password', name: 'new-password', autocomplete: 'new-password', autocapitalize: 'off', spellcheck: 'false', 'data-strength': true });
    var field = kit.field(label, input, kit.text('reset-hint'));
    window.JellywardPassword(input);
    return { input: input, field: kit.element('div', {}, [whose, field]) };
  };
}(window, window.JellywardKit));
