/* The web client knows one word for a sign-in that brought no session: a wrong password. Where it was none, its words
   are put right. ES5. */
(function (window, document) {
  'use strict';
  if (window.JellywardRefusal) { return; }
  var SOON = 1500; /* milliseconds within which the client says it */

  function isMessage(node) { return node.nodeType === 1 && node.classList.contains('toast') && node.textContent; }

  function messageIn(change) {
    return isMessage(change.target) ? change.target : Array.prototype.filter.call(change.addedNodes, isMessage)[0];
  }

  /* The client's next passing message says `words` instead. Where none comes, nothing is lost. */
  window.JellywardRefusal = function (words) {
    var observer = new window.MutationObserver(function (changes) {
      var message = changes.map(messageIn).filter(Boolean)[0];
      if (message) { observer.disconnect(); message.textContent = words; }
    });
    observer.observe(document.body, { childList: true, subtree: true });
    window.setTimeout(function () { observer.disconnect(); }, SOON);
  };
}(window, document));
