/* A field for a new password, measured while it is typed. ES5. */
(function (window, kit) {
  'use strict';

  /* {field, input}: the field with its label, and the input in it. */
  window.JellywardNewPassword = function (label) {
    var input = kit.element('input', { 'class': 'jwd-input', type: 'password', name: 'new-password', autocomplete: 'new-password', autocapitalize: 'off', spellcheck: 'false', 'data-strength': true });
    var field = kit.field(label, input, kit.text('reset-hint'));
    window.JellywardPassword(input);
    return { input: input, field: field };
  };
}(window, window.JellywardKit));
