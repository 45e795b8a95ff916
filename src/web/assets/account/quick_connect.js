/* Quick Connect: who asks is shown before anybody says yes. ES5. */
(function (window, kit, asker) {
  'use strict';
  var text = kit.text;

  /* The form, as an element. */
  window.JellywardQuickConnect = function (desk) {
    var code = kit.element('input', { 'class': 'jwd-input jwd-code', type: 'text', inputmode: 'numeric', autocomplete: 'off', maxlength: '16' });
    var answer = kit.element('div', { role: 'status' });

    function bare() { return code.value.replace(/\s/g, ''); }

    function look(event) {
      event.preventDefault();
      if (!bare()) { code.focus(); return; }
      kit.clear(answer);
      desk.change('Account/QuickConnect/Look', { code: bare() }, ask, function (refusal) {
        kit.show(answer, [kit.element('p', { 'class': 'jwd-error', role: 'alert', text: kit.problem(refusal) })]);
        code.value = '';
        code.focus();
      });
    }

    function ask(found) {
      var asked = bare();
      var no = kit.button(text('account-tv-quick-no'), function () { kit.clear(answer); code.value = ''; code.focus(); });
      kit.show(answer, [kit.element('p', { text: text('account-tv-quick-ask') })].concat(asker(found), [
        kit.element('div', { 'class': 'jwd-actions' }, [kit.button(text('account-tv-quick-yes'), function () { approve(asked); }, 'primary'), no])
      ]));
      no.focus();
    }

    /* Jellyfin's own call, with this session's token. */
    function approve(asked) {
      desk.call('QuickConnect/Authorize?code=' + encodeURIComponent(asked), null, function () {
        code.value = '';
        kit.show(answer, [kit.element('p', { 'class': 'jwd-good', text: text('account-tv-quick-done') })]);
      }, function () { kit.show(answer, [kit.element('p', { 'class': 'jwd-error', role: 'alert', text: text('account-tv-quick-refused') })]); });
    }

    return kit.element('form', { novalidate: true, on: { submit: look } }, [
      kit.field(text('account-tv-quick-code'), code),
      kit.element('div', { 'class': 'jwd-actions' }, [kit.element('button', { type: 'submit', 'class': 'jwd-button', text: text('account-tv-quick-look') })]),
      answer
    ]);
  };
}(window, window.JellywardKit, window.JellywardAsker));
