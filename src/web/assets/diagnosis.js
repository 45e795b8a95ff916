/* Why can or can't a passkey be used in this browser, at this address? ES5. */
(function (window, kit, passkey) {
  'use strict';
  var text = kit.text;
  var screens = window.JellywardScreens = window.JellywardScreens || {};

  /* Tells the server what the browser has. */
  function ask() {
    return passkey.facts().then(function (facts) { return kit.call('Jellyward/Api/Passkey/Diagnose', { body: facts }); });
  }

  /* Shows the server's sentences. */
  function diagnose(panel) {
    kit.show(panel, [kit.element('p', { 'class': 'jwd-hint', text: text('common-loading') })]);
    ask().then(function (answer) {
      if (answer.status !== 200) {
        kit.show(panel, [kit.element('p', { 'class': 'jwd-error', role: 'alert', text: kit.problem(answer) })]);
        return;
      }
      kit.show(panel, [
        kit.element('p', { 'class': answer.data.ready ? 'jwd-good' : 'jwd-warning', role: 'status', text: text(answer.data.ready ? 'passkey-ready' : 'passkey-not-ready') }),
        kit.element('ul', {}, answer.data.findings.map(function (one) { return kit.element('li', { text: [one.text, one.detail].filter(Boolean).join(' ') }); }))
      ]);
    });
  }

  diagnose.ready = function () { return ask().then(function (answer) { return answer.status === 200 && answer.data.ready; }); };
  screens['check-passkey'] = diagnose;
  window.JellywardDiagnosis = diagnose;
}(window, window.JellywardKit, window.JellywardPasskey));
