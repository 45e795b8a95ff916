/* The account in a sentence, and what is missing. ES5. */
(function (window, kit) {
  'use strict';
  var text = kit.text;
  var screens = window.JellywardScreens = window.JellywardScreens || {};

  screens.overview = function (panel, desk) {
    var account = desk.account, factors = account.factors;

    function missing(id, args, label, screen) {
      return kit.element('li', { 'class': 'jwd-row' }, [
        kit.element('p', { 'class': 'jwd-grow', text: text(id, args) }),
        kit.button(text(label), function () { desk.go(screen); })
      ]);
    }

    var todo = [
      factors.length === 0 && missing('account-missing-factor', {}, 'account-menu-methods', 'methods'),
      factors.length === 1 && missing('account-missing-second', {}, 'account-menu-methods', 'methods'),
      factors.length > 0 && desk.fewCodes && missing('account-missing-codes', { count: account.recoveryCodesLeft }, 'account-menu-methods', 'methods'),
      account.legacySessions > 0 && missing('account-missing-legacy', { count: account.legacySessions }, 'account-menu-sessions', 'sessions')
    ].filter(Boolean);

    kit.show(panel, [
      factors.length ? kit.element('p', { 'class': 'jwd-good', text: text('account-protected', { count: factors.length }) })
        : kit.element('p', { 'class': 'jwd-warning', text: text(account.required ? 'account-required' : 'account-none') }),
      factors.length ? kit.element('p', { text: text('account-recovery-left', { count: account.recoveryCodesLeft }) }) : null,
      todo.length ? kit.element('h3', { 'class': 'jwd-subtitle', text: text('account-missing') }) : null,
      todo.length ? kit.element('ul', { 'class': 'jwd-list' }, todo) : kit.element('p', { text: text('account-nothing-missing') })
    ]);
  };
}(window, window.JellywardKit));
