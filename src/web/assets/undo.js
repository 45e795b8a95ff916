/* Where a mail's link leads: puts an e-mail address back, by a button. The token stands behind the #, where no server on
   the way sees it; looking at this page spends nothing. ES5. */
(function (window, document, kit) {
  'use strict';
  var text = kit.text;
  var main, token = window.location.hash.replace(/^#/, '');

  function begin() {
    main = document.getElementById('jellyward');
    window.JellywardRemote(main);
    /* Out of the address and the history: somebody else may use this browser later. */
    if (token && window.history && window.history.replaceState) { window.history.replaceState(null, '', window.location.pathname); }
    kit.begin(main, function () {
      if (token) { ask(); } else { over('email-undo-nothing', 'jwd-error'); }
    });
  }

  function card(children) {
    kit.show(main, [kit.element('section', { 'class': 'jwd-card' }, [kit.element('h1', { 'class': 'jwd-title', text: text('email-undo-title') })].concat(children))]);
  }

  function ask() {
    var error = kit.element('p', { 'class': 'jwd-error', role: 'alert' });
    var button = kit.button(text('email-undo-do'), send, 'primary');
    var busy = false;

    function send() {
      if (busy) { return; }
      busy = true;
      error.textContent = '';
      kit.call('Jellyward/Api/Address/Undo', { headers: {}, body: { token: token } }).then(function (answer) {
        busy = false;
        if (answer.status === 200) { over('email-undo-done', 'jwd-good'); return; }
        if (answer.data && answer.data.code === 'link_gone') { over('problem-link_gone', 'jwd-error'); return; }
        error.textContent = kit.problem(answer);
        button.focus();
      });
    }

    card([
      kit.element('p', { 'class': 'jwd-lead', text: text('email-undo-lead') }),
      kit.element('p', { text: text('email-undo-means') }),
      error,
      kit.element('div', { 'class': 'jwd-actions' }, [button])
    ]);
    button.focus();
  }

  function over(id, kind) {
    var on = kit.element('a', { 'class': 'jwd-button jwd-primary', href: kit.base + 'Jellyward/Login', text: text('email-undo-on') });
    card([
      kit.element('p', { 'class': kind, role: kind === 'jwd-error' ? 'alert' : 'status', text: text(id) }),
      kit.element('div', { 'class': 'jwd-actions' }, [on])
    ]);
    on.focus();
  }

  begin();
}(window, document, window.JellywardKit));
