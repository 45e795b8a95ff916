/* Who waits behind a Quick Connect code, in words. Everything the device says of itself is hostile text. ES5. */
(function (window, kit) {
  'use strict';
  if (window.JellywardAsker) { return; }
  var text = kit.text;

  /* Elements that show `asker`, as the look-up gave it. */
  window.JellywardAsker = function (asker) {
    var between = ' · ';
    return [
      kit.element('p', {}, [kit.name(asker.deviceName || text('account-device-unnamed'), 'strong')]),
      kit.element('p', { 'class': 'jwd-hint' }, [
        kit.name(asker.app + ' ' + (asker.version || '')), kit.element('span', { text: between }), kit.name(asker.address),
        kit.element('span', { text: between }), kit.said('account-tv-asked', { date: kit.time(asker.at) })
      ])
    ];
  };
}(window, window.JellywardKit));
