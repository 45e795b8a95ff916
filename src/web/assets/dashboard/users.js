/* The dashboard's users: who is protected, whose rule is which, and help for those who lost theirs. ES5. */
(function (window, kit, dialog) {
  'use strict';
  var text = kit.text;
  var RULES = ['default', 'required', 'exempt'];

  /* Shows the users in `panel`; `desk` calls the server as the administrator. */
  window.JellywardUsers = function (panel, desk) {
    var search = '', page = 0, waiting = 0, chosen = [];
    var many = kit.button('', function () { reset(chosen); }, 'quiet');
    var news = kit.element('p', { 'class': 'jwd-good', role: 'status' });
    var complaint = kit.element('p', { 'class': 'jwd-error', role: 'alert' });
    var list = kit.element('div', {});
    var box = kit.element('input', { 'class': 'jwd-input', type: 'search', autocomplete: 'off', on: { input: typed } });

    function frame(message) {
      say(message);
      chosen = [];
      choice();
      kit.show(panel, [
        kit.field(text('dashboard-search'), box),
        kit.element('div', { 'class': 'jwd-actions jwd-small' }, [kit.button(text('dashboard-legacy'), function () { window.JellywardUserSessions.legacy(panel, desk, frame); }, 'quiet')]),
        news, complaint, many, list
      ]);
      load();
    }

    /* Over pages and searches: whoever is ticked stays so until something was done. */
    function choice() {
      many.hidden = !chosen.length;
      many.textContent = text('dashboard-reset-many', { count: chosen.length });
    }

    function tick(user) {
      var box = kit.element('input', { type: 'checkbox', 'aria-label': text('dashboard-choose', { name: kit.plain(user.name) }), on: { change: function () {
        chosen = chosen.filter(function (one) { return one.id !== user.id; }).concat(box.checked ? [user] : []);
        choice();
      } } });
      box.checked = chosen.some(function (one) { return one.id === user.id; });
      return kit.element('div', { 'class': 'jwd-check' }, [box]);
    }

    function reset(users) { window.JellywardUserResets(panel, desk, users, function () { frame(''); }); }

    function say(words) { news.textContent = words || ''; complaint.textContent = ''; }

    function complain(words) { complaint.textContent = words; news.textContent = ''; }

    function typed() {
      window.clearTimeout(waiting);
      waiting = window.setTimeout(function () { search = box.value; page = 0; load(); }, 250);
    }

    function load() {
      var asked = search;
      desk.get('Admin/Users?page=' + page + '&search=' + encodeURIComponent(search)).then(function (answer) {
        if (asked !== search) { return; }
        if (answer.status !== 200) { desk.fail(list, answer, load); return; }
        render(answer.data);
      });
    }

    function render(data) {
      if (!data.users.length) { kit.show(list, [kit.element('p', { text: text('dashboard-no-users') })]); return; }
      kit.show(list, [
        kit.element('p', { 'class': 'jwd-hint', role: 'status', text: text('dashboard-users-total', { count: data.total }) }),
        kit.element('ul', { 'class': 'jwd-list' }, data.users.map(row)),
        desk.pager(page, Math.ceil(data.total / data.pageSize), function (to) { page = to; load(); })
      ]);
    }

    function state(user) {
      var kind = user.factors.length ? 'protected' : user.required ? 'missing' : 'open';
      return kit.element('span', { 'class': 'jwd-badge jwd-' + kind, text: text('dashboard-state-' + kind) });
    }

    function badge(shown, id) { return shown ? kit.element('span', { 'class': 'jwd-badge', text: text(id) }) : null; }

    function row(user) {
      return kit.element('li', { 'class': 'jwd-row jwd-user' }, [
        tick(user),
        kit.element('div', { 'class': 'jwd-grow' }, [
          kit.element('p', {}, [
            kit.name(user.name, 'strong'),
            state(user),
            badge(user.administrator, 'dashboard-administrator'),
            badge(user.disabled, 'dashboard-disabled')
          ]),
          user.email ? kit.element('p', { 'class': 'jwd-hint' }, [
            kit.name(user.email.address),
            kit.element('span', { 'class': 'jwd-badge', text: text(user.email.verifiedAt ? 'email-verified' : 'email-unverified') })
          ]) : null,
          user.lockout ? kit.element('p', { 'class': 'jwd-hint', text: text('dashboard-lockout') }) : null,
          user.factors.length ? kit.element('p', { 'class': 'jwd-hint', text: text('dashboard-codes-left', { count: user.recoveryCodesLeft }) }) : null,
          ways(user),
          kit.element('ul', { 'class': 'jwd-list jwd-inner' }, user.factors.map(function (one) { return factor(user, one); }))
        ]),
        kit.element('div', { 'class': 'jwd-side' }, [
          rule(user),
          kit.button(text('dashboard-word'), function () { giveWord(user); }),
          kit.button(text('dashboard-reset'), function () { reset([user]); }),
          kit.button(text('email-dashboard'), function () { setEmail(user); }),
          kit.button(text('dashboard-sessions'), function () { window.JellywardUserSessions.show(panel, desk, user, frame); }),
          kit.button(text('dashboard-ways'), function () { window.JellywardWaysIn(panel, desk, user, frame); }),
          kit.button(text('dashboard-lost'), function () { lostPhone(user); }, 'danger')
        ])
      ]);
    }

    /* How many other ways in there are, where there are any. */
    function ways(user) {
      var counted = [
        user.appPasswords ? text('dashboard-app-passwords', { count: user.appPasswords }) : '',
        user.trustedBrowsers ? text('dashboard-trusted-browsers', { count: user.trustedBrowsers }) : '',
        user.devices ? text('dashboard-devices', { count: user.devices }) : ''
      ].filter(Boolean);
      return counted.length ? kit.element('p', { 'class': 'jwd-hint', text: counted.join(' · ') }) : null;
    }

    function nameOf(one) { return kit.plain(one.name) || text(one.kind === 'passkey' ? 'account-passkey-unnamed' : 'account-factor-unnamed'); }

    function factor(user, one) {
      var name = text('dashboard-factor-remove-of', { factor: nameOf(one), name: kit.plain(user.name) });
      var button = kit.button(text('dashboard-factor-remove'), function () {
        ask({ title: name, lead: text('dashboard-factor-remove-lead', { name: kit.plain(user.name) }), submit: text('dashboard-factor-remove') }, 'RemoveFactor', { user: user.id, id: one.id, kind: one.kind }, function () {
          frame(text('dashboard-factor-removed'));
        });
      }, 'danger');
      button.setAttribute('aria-label', name);
      return kit.element('li', { 'class': 'jwd-row' }, [
        kit.element('div', { 'class': 'jwd-grow' }, [
          kit.name(nameOf(one)),
          kit.element('span', { 'class': 'jwd-badge', text: text('dashboard-kind-' + one.kind) }),
          kit.element('p', { 'class': 'jwd-hint', text: one.lastUsedAt ? text('account-factor-used', { date: kit.moment(one.lastUsedAt) }) : text('account-factor-unused') })
        ]),
        button
      ]);
    }

    function rule(user) {
      var select = kit.element('select', { 'class': 'jwd-input', on: { change: change } }, RULES.map(function (one) {
        return kit.element('option', { value: one, text: text(['dashboard-rule-default', 'dashboard-rule-required', 'dashboard-rule-exempt'][RULES.indexOf(one)]) });
      }));
      select.value = user.rule;
      function change() {
        ask({ title: text('dashboard-rule-of', { name: kit.plain(user.name) }), lead: select.options[select.selectedIndex].text, submit: text('dashboard-save') }, 'Rule', { user: user.id, rule: select.value }, function () {
          frame(text('dashboard-rule-changed', { name: kit.plain(user.name) }));
          desk.refresh();
        });
      }
      return kit.field(text('dashboard-rule'), select);
    }

    function lostPhone(user) {
      ask({ title: text('dashboard-lost-of', { name: kit.plain(user.name) }), lead: text('dashboard-lost-lead'), submit: text('account-lost-do') }, 'LostPhone', { user: user.id }, function () {
        frame(text('dashboard-lost-done', { name: kit.plain(user.name) }));
        desk.refresh();
      });
    }

    function setEmail(user) {
      var name = kit.plain(user.name);
      var address = kit.element('input', { 'class': 'jwd-input', type: 'text', inputmode: 'email', autocomplete: 'off', autocapitalize: 'off', spellcheck: 'false', maxlength: '254' });
      var verified = kit.element('input', { type: 'checkbox', id: 'jwd-email-verified' });
      address.value = user.email ? user.email.address : '';
      verified.checked = Boolean(user.email && user.email.verifiedAt);
      /* A word for one address says nothing of another. */
      address.addEventListener('input', function () { verified.checked = false; });
      dialog.open(text('email-dashboard-of', { name: name }), function (card, close) {
        function save(event) {
          event.preventDefault();
          close();
          desk.change('Admin/Users/Email', { user: user.id, address: address.value.trim(), verified: verified.checked && Boolean(address.value.trim()) }).then(function (answer) {
            if (answer.status === 200) { frame(text('email-dashboard-saved', { name: name })); return; }
            if (!answer.cancelled) { complain(kit.problem(answer)); }
          });
        }
        card.appendChild(kit.element('form', { novalidate: true, on: { submit: save } }, [
          kit.element('p', { 'class': 'jwd-lead', text: text('email-dashboard-lead') }),
          kit.field(text('email-label'), address),
          kit.element('label', { 'class': 'jwd-check', 'for': 'jwd-email-verified' }, [verified, kit.element('span', { text: text('email-dashboard-verified', { name: name }) })]),
          kit.element('div', { 'class': 'jwd-actions' }, [
            kit.element('button', { type: 'submit', 'class': 'jwd-button jwd-primary', text: text('dashboard-save') }),
            kit.button(text('common-cancel'), close)
          ])
        ]));
        address.focus();
      }, function () { /* left as it was */ });
    }

    function giveWord(user) {
      ask({ title: text('dashboard-word-of', { name: kit.plain(user.name) }), lead: text('dashboard-word-lead', { name: kit.plain(user.name) }), submit: text('common-continue') }, 'Word', { user: user.id }, function (data) {
        kit.show(panel, [
          kit.element('section', { 'class': 'jwd-card' }, [
            kit.element('h2', { 'class': 'jwd-title', text: text('dashboard-word-of', { name: kit.plain(user.name) }) }),
            kit.element('p', { text: text('dashboard-word-shown', { name: kit.plain(user.name), time: kit.moment(data.expiresAt) }) }),
            kit.element('code', { 'class': 'jwd-key', role: 'status', text: data.word }),
            kit.element('div', { 'class': 'jwd-actions' }, [kit.button(text('common-close'), function () { frame(''); }, 'primary')])
          ])
        ]);
        panel.querySelector('button').focus();
      });
    }

    /* Asks whether it is meant, makes the change and goes on with `done`. */
    function ask(words, path, body, done) {
      dialog.confirm(words).then(function (yes) {
        if (!yes) { load(); return; }
        desk.change('Admin/Users/' + path, body).then(function (answer) {
          if (answer.status === 200) { done(answer.data); return; }
          load();
          if (!answer.cancelled) { complain(kit.problem(answer)); }
        });
      });
    }

    frame('');
  };
}(window, window.JellywardKit, window.JellywardDialog));
