/* A dialog over the page, Jellyfin's or ours. ES5. */
(function (window, kit, remote) {
  'use strict';
  if (window.JellywardDialog) { return; }
  var TITLE = 'jwd-dialog-title';

  /* Opens one. `fill(card, close)` puts its content below the title and focuses something; `dismissed` is called after
     Escape or Back. */
  function open(title, fill, dismissed) {
    var card = kit.element('section', { 'class': 'jwd-card', role: 'dialog', 'aria-modal': 'true', 'aria-labelledby': TITLE }, [
      kit.element('h1', { id: TITLE, 'class': 'jwd-title', dir: 'auto', text: title })
    ]);

    kit.overlay(function (content, close) {
      content.appendChild(card);
      remote(content, { trap: true, back: function () { close(); dismissed(); } });
      fill(card, close);
    });
  }

  /* Asks before something is done. `words`: title, lead, submit, danger where something is taken away. Resolves with
     true or false. */
  function confirm(words) {
    return new Promise(function (resolve) {
      open(words.title, function (card, close) {
        function end(answer) { return function () { close(); resolve(answer); }; }
        var cancel = kit.button(kit.text('common-cancel'), end(false));
        if (words.lead) { card.appendChild(kit.element('p', { 'class': 'jwd-lead', text: words.lead })); }
        card.appendChild(kit.element('div', { 'class': 'jwd-actions' }, [kit.button(words.submit, end(true), words.danger ? 'danger' : 'primary'), cancel]));
        cancel.focus();
      }, function () { resolve(false); });
    });
  }

  /* Says something that is read before one goes on. */
  function tell(title, lead) {
    open(title, function (card, close) {
      var button = kit.button(kit.text('common-close'), close, 'primary');
      card.appendChild(kit.element('p', { text: lead }));
      card.appendChild(kit.element('div', { 'class': 'jwd-actions' }, [button]));
      button.focus();
    }, function () { /* read */ });
  }

  window.JellywardDialog = { open: open, confirm: confirm, tell: tell };
}(window, window.JellywardKit, window.JellywardRemote));
