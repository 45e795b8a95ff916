/* The form for a new password, measured while it is typed. ES5. */
(function (window, kit) {
  'use strict';

  /* {field, input}: the field with its label, and the input in it. `name`: whose, where that is known, for password
     managers. */
  window.JellywardNewPassword = function (name) {
    var whose = kit.element('input', { type: 'text', autocomplete: 'username', value: name || '', readonly: true, hidden: true, tabindex: '-1', 'aria-hidden': 'true' });
    var input = kit.element('input', { 'class': 'jwd-input', type: 'password', name: 'new-password', autocomplete: 'new-password', autocapitalize: 'off', spellcheck: 'false', 'data-strength': true });
    var field = kit.field(kit.text('reset-new-label'), input, kit.text('reset-hint'));
    window.JellywardPassword(input);
    return { input: input, field: kit.element('div', {}, [whose, field]) };
  };

  /* {form, input}: nothing but that field. `send(password)` resolves with the answer; `done(answer)` says whether it was
     taken care of, else it is shown as a refusal. `others` are further buttons. */
  window.JellywardNewPassword.form = function (options) {
    var fresh = window.JellywardNewPassword();
    var error = kit.element('p', { 'class': 'jwd-error', role: 'alert' });
    var submit = kit.element('button', { type: 'submit', 'class': 'jwd-button jwd-primary', text: kit.text('reset-set') });
    function send(event) {
      event.preventDefault();
      if (submit.disabled) { return; }
      if (!fresh.input.value) { fresh.input.focus(); return; }
      submit.disabled = true;
      error.textContent = '';
      options.send(fresh.input.value).then(function (answer) {
        submit.disabled = false;
        if (options.done(answer)) { return; }
        error.textContent = kit.problem(answer);
        fresh.input.focus();
      });
    }
    return {
      input: fresh.input,
      form: kit.element('form', { novalidate: true, on: { submit: send } }, [
        kit.element('p', { 'class': 'jwd-lead', text: options.lead }),
        fresh.field,
        error,
        kit.element('div', { 'class': 'jwd-actions' }, [submit].concat(options.others || []))
      ])
    };
  };
}(window, window.JellywardKit));
