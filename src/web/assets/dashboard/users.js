/* The dashboard's users: who is protected, whose rule is which, and help for those who lost theirs. ES5. */
(function (window, kit, dialog, enrolment) {
  'use strict';
  var text = kit.text;
  var RULES = {
    'default': { label: 'dashboard-rule-default', means: 'dashboard-rule-means-default' },
    required: { label: 'dashboard-rule-required', means: 'dashboard-rule-means-required' },
    exempt: { label: 'dashboard-rule-exempt', means: 'dashboard-rule-means-exempt' }
  };

  /* Shows the users in `panel`; `desk` calls the server as the administrator. */
  window.JellywardUsers = function (panel, desk) {
    var search = '', page = 0, waiting = 0, chosen = [];
    var opened = {}, told = null, wanted = null;
    var many = kit.button('', function () { reset(chosen, ''); }, 'quiet');
    var before = kit.button(text('dashboard-legacy'), function () {
      wanted = { button: before };
      window.JellywardUserSessions.legacy(panel, desk, frame);
    }, 'quiet');
    var list = kit.element('div', {});
    var box = kit.element('input', { 'class': 'jwd-input', type: 'search', autocomplete: 'off', on: { input: typed } });

    /* Shows the list; where somebody comes back from a user's page, the focus returns to the button that led there. */
    function frame() {
      chosen = [];
      choice();
      kit.show(panel, [
        kit.field(text('dashboard-search'), box),
        kit.element('div', { 'class': 'jwd-actions jwd-small' }, [before]),
        many, list
      ]);
      load();
    }

    /* Whose row, and which control in it, has the focus once the list is drawn again. */
    function want(user, control) { wanted = { user: user.id, control: control }; }

    function say(user, words, kind) { told = { user: user.id, words: words, kind: kind || 'good' }; }

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

    function reset(users, control) {
      want(users[0], control);
      window.JellywardUserResets(panel, desk, users, frame);
    }

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
      if (!data.users.length) { kit.show(list, [kit.element('p', { role: 'status', text: text('dashboard-no-users') })]); wanted = told = null; return; }
      kit.show(list, [
        kit.element('p', { 'class': 'jwd-hint', role: 'status', text: text('dashboard-users-total', { count: data.total }) }),
        kit.element('ul', { 'class': 'jwd-list' }, data.users.map(row)),
        desk.pager(page, Math.ceil(data.total / data.pageSize), function (to) { page = to; load(); })
      ]);
      restore();
    }

    function restore() {
      var row = wanted && kit.find(list, 'data-user', wanted.user);
      var control = row ? kit.find(row, 'data-control', wanted.control) || kit.find(row, 'data-control', 'manage') : wanted && wanted.button;
      if (control) { control.focus(); }
      if (row && row.scrollIntoView && told) { row.scrollIntoView({ block: 'nearest' }); }
      wanted = told = null;
    }

    function state(user) {
      var kind = user.factors.length ? 'protected' : user.required ? 'missing' : 'open';
      return kit.element('span', { 'class': 'jwd-badge jwd-' + kind, text: text('dashboard-state-' + kind) });
    }

    function badge(shown, id) { return shown ? kit.element('span', { 'class': 'jwd-badge', text: text(id) }) : null; }

    /* One line, and behind "Manage" whatever can be done. */
    function row(user) {
      var more = kit.element('div', { 'class': 'jwd-manage', id: 'jwd-manage-' + user.id });
      var toggle = control('manage', text('dashboard-manage'), function () { open(!opened[user.id]); });
      var news = kit.element('p', { role: 'status' });

      function open(now) {
        opened[user.id] = now;
        more.hidden = !now;
        toggle.setAttribute('aria-expanded', String(now));
        kit.show(more, now ? details(user) : []);
      }

      toggle.setAttribute('aria-label', text('dashboard-manage-of', { name: kit.plain(user.name) }));
      toggle.setAttribute('aria-controls', more.id);
      open(Boolean(opened[user.id]));
      if (told && told.user === user.id) { tell(news, told); }
      return kit.element('li', { 'class': 'jwd-row jwd-user', 'data-user': user.id }, [
        tick(user),
        kit.element('p', { 'class': 'jwd-grow' }, [
          kit.name(user.name, 'strong'),
          state(user),
          badge(user.administrator, 'dashboard-administrator'),
          badge(user.disabled, 'dashboard-disabled'),
          badge(user.lockout, 'dashboard-lockout-short'),
          badge(user.rule !== 'default', RULES[user.rule].label)
        ]),
        kit.element('p', { 'class': 'jwd-hint jwd-seen' }, [seen(user)]),
        toggle, news, more
      ]);
    }

    /* Said once the row stands in the page, or nobody would read it out. */
    function tell(place, words) {
      window.setTimeout(function () {
        place.className = 'jwd-told-here jwd-' + words.kind;
        place.textContent = words.words;
      }, 0);
    }

    function control(what, label, press, look) {
      return kit.marked(what, kit.button(label, press, look));
    }

    /* When a factor was used last: that is when the person was here. */
    function seen(user) {
      var last = user.factors.reduce(function (latest, one) { return Math.max(latest, one.lastUsedAt || 0); }, 0);
      return last ? kit.said('account-factor-used', { date: kit.time(last) }) : null;
    }

    function details(user) {
      function action(what, label, help, press, look) {
        var hint = kit.element('p', { 'class': 'jwd-hint', id: 'jwd-' + what + '-' + user.id, text: text(help) });
        var button = control(what, text(label), press, look);
        button.setAttribute('aria-describedby', hint.id);
        return kit.element('div', { 'class': 'jwd-action' }, [button, hint]);
      }

      return [
        user.email ? kit.element('p', { 'class': 'jwd-hint' }, [
          kit.name(user.email.address),
          kit.element('span', { 'class': 'jwd-badge', text: text(user.email.verifiedAt ? 'email-verified' : 'email-unverified') })
        ]) : null,
        user.lockout ? kit.element('p', { 'class': 'jwd-hint', text: text('dashboard-lockout') }) : null,
        user.factors.length ? kit.element('p', { 'class': 'jwd-hint', text: text('dashboard-codes-left', { count: user.recoveryCodesLeft }) }) : null,
        ways(user),
        kit.element('ul', { 'class': 'jwd-list jwd-inner' }, user.factors.map(function (one) { return factor(user, one); })),
        rule(user),
        kit.element('div', { 'class': 'jwd-side' }, [
          action('word', 'dashboard-word', 'dashboard-word-help', function () { giveWord(user); }),
          action('reset', 'dashboard-reset', 'dashboard-reset-help', function () { reset([user], 'reset'); }),
          action('email', 'email-dashboard', 'email-dashboard-help', function () { setEmail(user); }),
          action('sessions', 'dashboard-sessions', 'dashboard-sessions-help', function () { want(user, 'sessions'); window.JellywardUserSessions.show(panel, desk, user, frame); }),
          action('ways', 'dashboard-ways', 'dashboard-ways-help', function () { want(user, 'ways'); window.JellywardWaysIn(panel, desk, user, frame); }),
          action('lost', 'dashboard-lost', 'dashboard-lost-help', function () { lostPhone(user); }, 'danger')
        ])
      ];
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

    function factor(user, one) {
      var name = text('dashboard-factor-remove-of', { factor: kit.nameOf(one), name: kit.plain(user.name) });
      var button = control('remove', text('dashboard-factor-remove'), function () {
        ask(user, 'remove', { title: name, lead: text('dashboard-factor-remove-lead', { name: kit.plain(user.name) }), submit: text('dashboard-factor-remove'), danger: true },
          'RemoveFactor', { user: user.id, id: one.id, kind: one.kind }, 'dashboard-factor-removed');
      }, 'danger');
      button.setAttribute('aria-label', name);
      return kit.element('li', { 'class': 'jwd-row' }, [
        kit.element('div', { 'class': 'jwd-grow' }, [
          kit.name(kit.nameOf(one)),
          kit.element('span', { 'class': 'jwd-badge', text: text('dashboard-kind-' + one.kind) }),
          kit.element('p', { 'class': 'jwd-hint' }, kit.facts([one.lastUsedAt ? kit.said('account-factor-used', { date: kit.time(one.lastUsedAt) }) : text('account-factor-unused')]))
        ]),
        button
      ]);
    }

    function rule(user) {
      var select = kit.element('select', { 'class': 'jwd-input' }, Object.keys(RULES).map(function (one) {
        return kit.element('option', { value: one, text: text(RULES[one].label) });
      }));
      select.value = user.rule;
      function change() {
        var name = kit.plain(user.name);
        ask(user, 'rule', { title: text('dashboard-rule-of', { name: name }), lead: text(RULES[select.value].means, { name: name }), submit: text('dashboard-save') },
          'Rule', { user: user.id, rule: select.value }, 'dashboard-rule-changed');
      }
      return kit.element('div', { 'class': 'jwd-rule' }, [kit.field(text('dashboard-rule'), select), control('rule', text('dashboard-rule-change'), change)]);
    }

    function lostPhone(user) {
      ask(user, 'lost', { title: text('dashboard-lost-of', { name: kit.plain(user.name) }), lead: text('dashboard-lost-lead'), submit: text('account-lost-do'), danger: true },
        'LostPhone', { user: user.id }, 'dashboard-lost-done');
    }

    function setEmail(user) {
      var name = kit.plain(user.name);
      var address = kit.element('input', { 'class': 'jwd-input', type: 'text', inputmode: 'email', autocomplete: 'off', autocapitalize: 'off', spellcheck: 'false', maxlength: kit.bounds.address });
      var verified = kit.element('input', { type: 'checkbox', id: 'jwd-email-verified' });
      address.value = user.email ? user.email.address : '';
      verified.checked = Boolean(user.email && user.email.verifiedAt);
      /* A word for one address says nothing of another. */
      address.addEventListener('input', function () { verified.checked = false; });
      dialog.open(text('email-dashboard-of', { name: name }), function (card, close) {
        function save(event) {
          event.preventDefault();
          close();
          change(user, 'email', 'Email', { user: user.id, address: address.value.trim(), verified: verified.checked && Boolean(address.value.trim()) }, done('email-dashboard-saved', user));
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
      var name = kit.plain(user.name);
      ask(user, 'word', { title: text('dashboard-word-of', { name: name }), lead: text('dashboard-word-lead', { name: name }), submit: text('dashboard-word-make') }, 'Word', { user: user.id }, function (data) {
        var error = kit.element('p', { 'class': 'jwd-error', role: 'alert' });
        want(user, 'word');
        kit.show(panel, [
          kit.element('section', { 'class': 'jwd-card' }, [
            kit.element('h2', { 'class': 'jwd-title', text: text('dashboard-word-of', { name: name }) }),
            kit.element('p', { text: text('dashboard-word-shown', { name: name, time: kit.moment(data.expiresAt, true) }) }),
            kit.element('code', { 'class': 'jwd-key', role: 'status', text: data.word }),
            error,
            kit.element('div', { 'class': 'jwd-actions' }, [enrolment.copyButton(text('enrol-copy'), data.word, error), kit.button(text('common-close'), frame, 'primary')])
          ])
        ]);
        panel.querySelector('button').focus();
      });
    }

    /* Asks whether it is meant, makes the change and goes on with `after`: a function, or what the row says then. */
    function ask(user, what, words, path, body, after) {
      dialog.confirm(words).then(function (yes) {
        if (yes) { change(user, what, path, body, typeof after === 'function' ? after : done(after, user)); }
      });
    }

    function done(id, user) {
      return function () {
        say(user, text(id, { name: kit.plain(user.name) }));
        load();
        desk.refresh();
      };
    }

    function change(user, what, path, body, after) {
      desk.change('Admin/Users/' + path, body).then(function (answer) {
        want(user, what);
        if (answer.status === 200) { after(answer.data); return; }
        if (!answer.cancelled) { say(user, kit.problem(answer), 'error'); }
        load();
      });
    }

    frame();
  };
}(window, window.JellywardKit, window.JellywardDialog, window.JellywardEnrolment));
