/* Browsers that are not asked for the second factor. ES5. */
(function (window, kit) {
  'use strict';
  var text = kit.text;
  var screens = window.JellywardScreens = window.JellywardScreens || {};

  screens.browsers = function (panel, desk) {
    function forget(body) {
      desk.change('Account/Browsers/Forget', body, function () { desk.show(text('account-browsers-forgotten')); });
    }

    function row(one) {
      var facts = [
        kit.said('account-browsers-since', { date: kit.time(one.createdAt, true) }),
        kit.said('account-browsers-until', { date: kit.time(one.expiresAt, true) }),
        kit.said('account-factor-used', { date: kit.time(one.usedAt) }),
        kit.plain(one.network)
      ];
      var button = kit.button(text('account-browsers-forget'), function () { forget({ id: one.id }); }, 'danger');
      button.setAttribute('aria-label', text('account-browsers-forget') + ': ' + kit.plain(one.name));
      return kit.element('li', { 'class': 'jwd-row' }, [
        kit.element('div', { 'class': 'jwd-grow' }, [
          kit.element('p', {}, [kit.name(one.name, 'strong'), one.current ? kit.element('span', { 'class': 'jwd-badge jwd-protected', text: text('account-this-one') }) : null]),
          kit.element('p', { 'class': 'jwd-hint' }, kit.facts(facts))
        ]),
        button
      ]);
    }

    desk.read('Account/Browsers', function (data) {
      kit.show(panel, [
        kit.element('p', { text: text('account-browsers-lead') }),
        data.items.length ? kit.element('ul', { 'class': 'jwd-list' }, data.items.map(row)) : kit.element('p', { text: text('account-browsers-none') }),
        data.items.length > 1 ? kit.element('div', { 'class': 'jwd-actions' }, [
          kit.button(text('account-browsers-forget-all'), function () { forget({ all: true }); }, 'danger')
        ]) : null
      ]);
    });
  };
}(window, window.JellywardKit));
