/* App passwords: for apps that know a name and a password and nothing else. ES5. */
(function (window, kit, enrolment, dialog) {
  'use strict';
  var text = kit.text;
  var screens = window.JellywardScreens = window.JellywardScreens || {};
  var EXPIRIES = [['', 'account-app-never'], ['30', 'account-app-month'], ['90', 'account-app-quarter'], ['365', 'account-app-year']]; /* days */

  screens['app-passwords'] = function (panel, desk) {
    function load(used) {
      desk.read('Account/AppPasswords', function (data) {
        overview(data);
        kit.refocus(panel, used);
      });
    }

    function overview(data) {
      kit.show(panel, [
        kit.element('p', { text: text('account-app-lead') }),
        data.items.length ? kit.element('ul', { 'class': 'jwd-list' }, data.items.map(row)) : kit.element('p', { text: text('account-app-none') }),
        data.allowed ? kit.element('div', { 'class': 'jwd-actions' }, [kit.marked('create', kit.button(text('account-app-create'), form, 'primary'))])
          : kit.element('p', { 'class': 'jwd-warning', text: text(data.needsFactor ? 'account-app-needs-factor' : 'account-app-forbidden') })
      ]);
    }

    function row(one) {
      var facts = [
        kit.said('account-factor-created', { date: kit.time(one.createdAt) }),
        one.expiresAt ? kit.said('account-app-expires', { date: kit.time(one.expiresAt, true) }) : '',
        text('account-app-sessions', { count: one.sessions || 0 })
      ];
      var revoke = kit.button(text('account-app-revoke'), function () { ask(one); }, 'danger');
      revoke.setAttribute('aria-label', text('account-app-revoke') + ': ' + kit.plain(one.name));
      return kit.element('li', { 'class': 'jwd-row' }, [
        kit.element('div', { 'class': 'jwd-grow' }, [
          kit.name(one.name, 'strong'),
          kit.element('p', { 'class': 'jwd-hint' }, kit.facts(facts)),
          kit.element('p', { 'class': 'jwd-hint', dir: 'auto' }, kit.facts([used(one)])),
          one.binds ? kit.element('p', { 'class': 'jwd-hint', dir: 'auto', text: one.boundTo ? text('account-app-bound', { app: kit.plain(one.boundTo) }) : text('account-app-will-bind') }) : null
        ]),
        revoke
      ]);
    }

    function used(one) {
      if (!one.lastUsedAt) { return text('account-factor-unused'); }
      return kit.said('account-app-used', { date: kit.time(one.lastUsedAt), app: kit.plain(one.lastUsedApp), address: kit.plain(one.lastUsedAddress) });
    }

    function form() {
      var name = kit.nameField(kit.bounds.appName);
      var expiry = kit.element('select', { 'class': 'jwd-input' }, EXPIRIES.map(function (one) {
        return kit.element('option', { value: one[0], text: text(one[1]) });
      }));
      var binds = kit.element('input', { type: 'checkbox', id: 'jwd-binds', 'aria-describedby': 'jwd-binds-hint' });

      function create(event) {
        event.preventDefault();
        if (!name.value.trim()) { name.focus(); return; }
        var body = { name: name.value.trim(), binds: binds.checked };
        if (expiry.value) { body.days = Number(expiry.value); }
        desk.change('Account/AppPasswords/Create', body, function (made) { shown(made.password, body.name); });
      }

      kit.show(panel, [
        kit.element('form', { novalidate: true, on: { submit: create } }, [
          kit.field(text('account-app-name'), name, text('account-app-name-hint')),
          kit.field(text('account-app-expiry'), expiry),
          kit.element('div', { 'class': 'jwd-field' }, [
            kit.element('label', { 'class': 'jwd-check', 'for': 'jwd-binds' }, [binds, kit.element('span', { text: text('account-app-binds') })]),
            kit.element('p', { id: 'jwd-binds-hint', 'class': 'jwd-hint', text: text('account-app-binds-hint') })
          ]),
          kit.element('div', { 'class': 'jwd-actions' }, [
            kit.element('button', { type: 'submit', 'class': 'jwd-button jwd-primary', text: text('account-app-make') }),
            kit.button(text('common-cancel'), function () { load('create'); })
          ])
        ])
      ]);
      name.focus();
    }

    function shown(password, name) {
      var error = kit.element('p', { 'class': 'jwd-error', role: 'alert' });
      kit.show(panel, [
        kit.element('p', { dir: 'auto', text: text('account-app-shown', { name: kit.plain(name) }) }),
        kit.element('code', { 'class': 'jwd-key jwd-password', role: 'status', text: password }),
        error,
        kit.element('div', { 'class': 'jwd-actions' }, [
          enrolment.copyButton(text('enrol-copy'), password, error),
          kit.button(text('account-app-noted'), function () { desk.show(text('account-app-created')); }, 'primary')
        ])
      ]);
      panel.querySelector('button').focus();
    }

    function ask(one) {
      dialog.confirm({ title: text('account-app-revoke-title', { name: kit.plain(one.name) }), lead: text('account-app-revoke-lead'), submit: text('account-app-revoke'), danger: true }).then(function (yes) {
        if (yes) { desk.change('Account/AppPasswords/Revoke', { id: one.id }, function (data) { desk.show(text('account-app-revoked', { count: data.ended || 0 })); }); }
      });
    }

    load();
  };
}(window, window.JellywardKit, window.JellywardEnrolment, window.JellywardDialog));
