/* The account's e-mail address: shown, set, changed, removed. ES5. */
(function (window, kit, email, proof, dialog) {
  'use strict';
  var text = kit.text;
  var screens = window.JellywardScreens = window.JellywardScreens || {};

  screens.email = function (panel, desk) {
    var end = null;

    /* With a proof if the call wants one; the answer comes back here, not to the page. */
    function change(path, body) { return proof.change(desk.headers, 'Jellyward/Api/Account/Email/' + path, body, desk.account.name); }

    function load() { desk.read('Account/Email', show); }

    function show(data) {
      if (data.pending) { askCode(data.pending, data.pending.address); return; }
      kit.show(panel, [
        kit.element('p', { text: text('email-lead') }),
        data.address ? kit.element('p', {}, [
          kit.name(data.address, 'strong'),
          kit.element('span', { 'class': 'jwd-badge jwd-' + (data.verifiedAt ? 'protected' : 'missing'), text: text(data.verifiedAt ? 'email-verified' : 'email-unverified') })
        ]) : kit.element('p', { text: text('email-none') }),
        data.address && !data.verifiedAt ? kit.element('p', { 'class': 'jwd-hint', text: text('email-unverified-hint') }) : null,
        data.available ? null : kit.element('p', { 'class': 'jwd-warning', text: text('email-not-available') }),
        kit.element('div', { 'class': 'jwd-actions' }, [
          data.available && data.address && !data.verifiedAt ? kit.button(text('email-verify'), function () { verify(data.address); }, 'primary') : null,
          data.available ? kit.button(text(data.address ? 'email-change' : 'email-add'), function () { askAddress(''); }, data.address ? '' : 'primary') : null,
          data.address && !data.required ? kit.button(text('email-remove'), remove, 'danger') : null
        ]),
        data.address && data.required ? kit.element('p', { 'class': 'jwd-hint', text: text('email-needed') }) : null
      ]);
    }

    function start(address) { return change('Start', { address: address }); }

    function verify(address) {
      start(address).then(function (answer) {
        if (answer.cancelled) { return; }
        if (answer.status === 200) { askCode(answer.data, address); } else { desk.complain(kit.problem(answer)); }
      });
    }

    function askAddress(value) {
      desk.say('');
      email.ask(panel, { value: value, send: start, sent: askCode, others: [kit.button(text('common-cancel'), load)] });
    }

    function askCode(sent, address) {
      if (end) { end(); }
      end = email.code(panel, {
        address: address,
        sent: sent,
        confirm: function (typed) { return change('Confirm', { code: typed }); },
        resend: function () { return change('Resend', {}); },
        done: function () { desk.show(text('email-done')); },
        again: function () { askAddress(''); }
      });
    }

    function remove() {
      dialog.confirm({ title: text('email-remove-title'), lead: text('email-remove-lead'), submit: text('email-remove'), danger: true }).then(function (yes) {
        if (yes) { desk.change('Account/Email/Remove', {}, function () { desk.show(text('email-removed')); }); }
      });
    }

    load();
    return function () { if (end) { end(); } };
  };
}(window, window.JellywardKit, window.JellywardEmail, window.JellywardProof, window.JellywardDialog));
