/* "I lost my phone": ends every way in but the recovery codes. ES5. */
(function (window, kit, proof) {
  'use strict';
  var text = kit.text;
  var screens = window.JellywardScreens = window.JellywardScreens || {};

  screens['lost-phone'] = function (panel, desk) {
    var account = desk.account;
    var ticks = account.factors.filter(function (one) { return one.kind === 'passkey'; }).map(function (one) {
      return { id: one.id, name: kit.nameOf(one), input: kit.element('input', { type: 'checkbox', id: 'jwd-keep-' + one.id }) };
    });

    function item(words) { return kit.element('li', { text: words }); }

    function counted(id, count) { return count ? item(text(id, { count: count })) : null; }

    function kept() { return ticks.filter(function (one) { return one.input.checked; }).map(function (one) { return one.id; }); }

    function ask() {
      desk.say('');
      proof.ask({
        headers: desk.headers,
        proofs: account.proofs,
        name: account.name,
        title: text('account-lost-title'),
        lead: text('account-lost-proof'),
        submit: text('account-lost-do'),
        byPasskey: text('account-lost-by-passkey'),
        danger: true,
        first: 'recovery',
        send: function (given) {
          return kit.call('Jellyward/Api/Account/LostPhone', { headers: desk.headers, body: { proof: given, keep: kept() } });
        }
      }).then(function (answer) { if (answer) { done(answer.data); } });
    }

    /* This session is over as well: from here only sign-in goes on. */
    function done(data) {
      var on = kit.element('a', { 'class': 'jwd-button jwd-primary', href: kit.base + 'Jellyward/Login?next=' + encodeURIComponent(window.location.pathname), text: text('account-lost-on') });
      kit.show(panel, [
        kit.element('p', { 'class': 'jwd-good', role: 'status', text: text('account-lost-done') }),
        kit.element('ul', {}, [
          counted('account-lost-ended', data.ended),
          data.left === 0 ? null : item(text('account-lost-left')),
          counted('account-lost-browsers', data.browsers),
          counted('account-lost-apps', data.appPasswords),
          counted('account-lost-factors', data.factors)
        ]),
        kit.element('p', { text: text(kept().length ? 'account-lost-way-passkey' : account.recoveryCodesLeft ? 'account-lost-way-codes' : 'account-lost-way-word') }),
        kit.element('div', { 'class': 'jwd-actions' }, [on])
      ]);
      on.focus();
    }

    if (!account.factors.length) {
      kit.show(panel, [kit.element('p', { text: text('account-lost-nothing') }), kit.element('div', { 'class': 'jwd-actions' }, [desk.password('primary')])]);
      return;
    }
    kit.show(panel, [
      kit.element('p', { text: text('account-lost-lead') }),
      kit.element('ul', {}, [
        item(text('account-lost-will-sessions')),
        item(text('account-lost-will-browsers')),
        item(text('account-lost-will-apps')),
        item(text('account-lost-will-factors')),
        item(text('account-lost-will-keep'))
      ]),
      ticks.length ? kit.element('fieldset', { 'class': 'jwd-group' }, [kit.element('legend', { text: text('account-lost-keep') })].concat(ticks.map(function (one) {
        return kit.element('label', { 'class': 'jwd-check', 'for': 'jwd-keep-' + one.id }, [one.input, kit.name(one.name)]);
      }))) : null,
      account.recoveryCodesLeft ? null : kit.element('p', { 'class': 'jwd-warning', text: text('account-lost-no-codes') }),
      kit.element('div', { 'class': 'jwd-actions' }, [kit.button(text('account-lost-do'), ask, 'danger'), desk.password()])
    ]);
  };
}(window, window.JellywardKit, window.JellywardProof));
