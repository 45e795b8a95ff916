/* The account's e-mail address: shown, set, changed, removed. ES5. */
(function (window, kit, email, proof, dialog) {
  'use strict';
  var text = kit.text;
  var screens = window.JellywardScreens = window.JellywardScreens || {};

  screens.email = function (panel, desk) {
    var end = null, now = kit.element('div', {}), form = kit.element('div', {});

    /* With a proof if the call wants one; the answer comes back here, not to the page. */
    function change(path, body) { return proof.change(desk.headers, 'Jellyward/Api/Account/Email/' + path, body, desk.account.name); }

    /* `used`: the control that has the focus again, where somebody comes back to this. */
    function load(used) {
      desk.read('Account/Email', function (data) {
        show(data, used);
        kit.refocus(panel, used);
      });
    }

    /* The present address, and below it the code of one that waits. */
    function show(data, used) {
      stop();
      kit.clear(form);
      kit.show(panel, [now, form]);
      kit.show(now, [
        kit.element('p', { text: text('email-lead') }),
        data.address ? kit.element('p', {}, [
          kit.name(data.address, 'strong'),
          kit.element('span', { 'class': 'jwd-badge jwd-' + (data.verifiedAt ? 'protected' : 'missing'), text: text(data.verifiedAt ? 'email-verified' : 'email-unverified') })
        ]) : kit.element('p', { text: text('email-none') }),
        data.address && !data.verifiedAt ? kit.element('p', { 'class': 'jwd-hint', text: text('email-unverified-hint') }) : null,
        data.pending ? kit.element('p', { 'class': 'jwd-warning', dir: 'auto', text: text('email-waits', { address: kit.plain(data.pending.address) }) }) : null,
        data.available ? null : kit.element('p', { 'class': 'jwd-warning', text: text('email-not-available') }),
        kit.element('div', { 'class': 'jwd-actions' }, [
          data.pending ? kit.marked('code', kit.button(text('email-enter-code'), function () { askCode(data.pending, data.pending.address); })) : null,
          data.available && data.address && !data.verifiedAt && !data.pending ? kit.button(text('email-verify'), function () { verify(data.address); }, 'primary') : null,
          data.available ? kit.marked('address', kit.button(text(data.address ? 'email-change' : 'email-add'), function () { askAddress(''); }, data.address || data.pending ? '' : 'primary')) : null,
          data.address && !data.required ? kit.button(text('email-remove'), remove, 'danger') : null
        ]),
        data.address && data.required ? kit.element('p', { 'class': 'jwd-hint', text: text('email-needed') }) : null
      ]);
      if (data.pending && !used) { askCode(data.pending, data.pending.address); }
    }

    function stop() { if (end) { end(); end = null; } }

    function cancel(used) { return kit.button(text('common-cancel'), function () { stop(); load(used); }); }

    function start(address) { return change('Start', { address: address }); }

    function verify(address) {
      start(address).then(function (answer) {
        if (answer.cancelled) { return; }
        if (answer.status === 200) { load(); } else { desk.complain(kit.problem(answer)); }
      });
    }

    function askAddress(value) {
      desk.say('');
      stop();
      email.ask(form, { value: value, send: start, sent: function () { load(); }, others: [cancel('address')] });
    }

    function askCode(sent, address) {
      var enter = kit.find(now, 'data-control', 'code');
      if (enter) { enter.hidden = true; }
      stop();
      end = email.code(form, {
        address: address,
        sent: sent,
        confirm: function (typed) { return change('Confirm', { code: typed }); },
        resend: function () { return change('Resend', {}); },
        done: function () { desk.show(text('email-done')); },
        again: function () { askAddress(''); },
        others: [cancel('code')]
      });
    }

    function remove() {
      dialog.confirm({ title: text('email-remove-title'), lead: text('email-remove-lead'), submit: text('email-remove'), danger: true }).then(function (yes) {
        if (yes) { desk.change('Account/Email/Remove', {}, function () { desk.show(text('email-removed')); }); }
      });
    }

    load();
    return stop;
  };
}(window, window.JellywardKit, window.JellywardEmail, window.JellywardProof, window.JellywardDialog));
