/* The box under which a browser is trusted: unticked, and nobody ticks it but its user. ES5. */
(function (window, kit) {
  'use strict';
  if (window.JellywardTrust) { return; }
  var text = kit.text;

  /* `offer`: {days}, or nothing where no browser may be trusted. `words`: label and hint. Gives the element, null where
     there is none, and ticked(). */
  window.JellywardTrust = function (offer, words) {
    if (!offer) { return { element: null, ticked: function () { return undefined; } }; }
    var id = 'jwd-trust';
    var tick = kit.element('input', { type: 'checkbox', id: id, 'aria-describedby': id + '-hint' });
    return {
      element: kit.element('div', { 'class': 'jwd-field' }, [
        kit.element('label', { 'class': 'jwd-check', 'for': id }, [tick, kit.element('span', { text: text(words.label, { count: offer.days }) })]),
        kit.element('p', { id: id + '-hint', 'class': 'jwd-hint', text: text(words.hint) })
      ]),
      ticked: function () { return tick.checked ? true : undefined; }
    };
  };
}(window, window.JellywardKit));
