/* A field for a new password, with a button that shows it. ES5. */
(function (window, kit) {
  'use strict';
  var text = kit.text;

  /* {field, input}: the field with everything around it, and the input in it. */
  window.JellywardNewPassword = function (label) {
    var input = kit.element('input', { 'class': 'jwd-input', type: 'password', name: 'new-password', autocomplete: 'new-password', autocapitalize: 'off', spellcheck: 'false', 'data-strength': true });
    var show = kit.button(text('password-show'), toggle, 'quiet');
    function toggle() {
      var hidden = input.type === 'password';
      input.type = hidden ? 'text' : 'password';
      show.textContent = text(hidden ? 'password-hide' : 'password-show');
      show.setAttribute('aria-pressed', String(hidden));
      input.focus();
    }
    show.setAttribute('aria-pressed', 'false');
    return { input: input, field: kit.element('div', {}, [kit.field(label, input, text('password-hint')), show]) };
  };
}(window, window.JellywardKit));
