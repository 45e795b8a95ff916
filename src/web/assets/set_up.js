/* What is set up between the last proof and the session: one step after the other, as the server names them. ES5. */
(function (window, kit, email, newPassword) {
  'use strict';
  if (window.JellywardSetUp) { return; }
  var text = kit.text;
  var TITLE = 'jwd-set-up-title';

  /* Shows the steps in `container`. `options`: answer (the server's JSON), headers of the login, trust (the browser shall
     be trusted), dialog (it stands over a page), done(response of the session, or null when cancelled). */
  function run(container, options) {
    var end = null;
    var title = kit.element('h1', { id: TITLE, 'class': 'jwd-title' });
    var body = kit.element('div', {});
    var views = { email: askEmail, password: askPassword };

    function post(call, data) {
      data.challenge = options.answer.challenge;
      return kit.call('Jellyward/Api/Challenge/' + call, { headers: options.headers, body: data });
    }

    function leave(response) {
      if (end) { end(); end = null; }
      kit.clear(container);
      options.done(response);
    }

    function cancel() { leave(null); }

    /* What is left. A server that is newer than this page may name a step that it does not know: that is the end. */
    function go(steps) {
      var first = steps[0];
      if (end) { end(); end = null; }
      if (!first) { finish(); return; }
      title.textContent = text('challenge-title');
      if (views[first.step]) { views[first.step](first); } else { say(text('common-unexpected'), cancel); }
    }

    function finish() {
      post('Finish', { trust: options.trust || undefined }).then(function (answer) {
        if (answer.status === 200 && answer.data && answer.data.jellyward) { go(answer.data.jellyward.steps); }
        else if (answer.status === 200) { leave(answer.response); }
        else if (answer.status === 0 || answer.status === 409) { say(kit.problem(answer), finish); }
        else { say(kit.problem(answer), cancel); }
      });
    }

    /* Below the heading of the step that it is about. */
    function say(complaint, on) {
      var button = kit.button(text('common-continue'), on, 'primary');
      kit.show(body, [
        kit.element('p', { 'class': 'jwd-error', role: 'alert', text: complaint }),
        kit.element('div', { 'class': 'jwd-actions' }, [button])
      ]);
      button.focus();
    }

    /* The answer of a call of this challenge; ends it all when the challenge is gone. */
    function checked(answer) {
      if (answer.data && answer.data.code === 'challenge_gone') {
        if (end) { end(); end = null; }
        say(kit.problem(answer), cancel);
        answer.cancelled = true;
      }
      return answer;
    }

    function askPassword() {
      var fresh = newPassword.form({
        lead: text('reset-choose-lead'),
        send: function (password) { return post('SetUp/Password', { password: password }).then(checked); },
        done: function (answer) {
          if (answer.status === 200) { finish(); }
          return answer.status === 200 || Boolean(answer.cancelled);
        },
        others: [kit.button(text('common-cancel'), cancel)]
      });
      title.textContent = text('reset-choose-title');
      kit.show(body, [fresh.form]);
      fresh.input.focus();
    }

    function askEmail(step) {
      var later = kit.button(text('email-setup-skip'), skip);
      var quit = kit.button(text('common-cancel'), cancel);
      var place = kit.element('div', {});
      title.textContent = text('email-setup-title');
      leavable(!step.required);
      kit.show(body, [
        kit.element('p', { 'class': 'jwd-lead', text: text(step.required ? 'email-setup-required' : 'email-setup-optional') }),
        kit.element('p', { 'class': 'jwd-hint', text: text('email-lead') }),
        place
      ]);

      /* One way out is enough. */
      function leavable(yes) { later.hidden = !yes; quit.hidden = yes; }

      function skip() {
        post('SetUp/Skip', { step: 'email' }).then(checked).then(function (answer) {
          if (answer.status === 200) { finish(); } else if (!answer.cancelled) { say(kit.problem(answer), cancel); }
        });
      }

      /* The mail server may fail while somebody waits for its mail: then the step may be skipped after all. */
      function may(answer) {
        if (answer.status === 200) { leavable(!answer.data.required); }
        return checked(answer);
      }

      function address() {
        email.ask(place, {
          send: function (typed) { return post('SetUp/Email/Start', { address: typed }).then(may); },
          sent: code,
          others: [later, quit]
        });
      }

      function code(sent, typed) {
        end = email.code(place, {
          address: typed,
          sent: sent,
          confirm: function (given) { return post('SetUp/Email/Confirm', { code: given }).then(checked); },
          resend: function () { return post('SetUp/Email/Resend', {}).then(may); },
          done: finish,
          again: address,
          others: [later, quit]
        });
      }

      address();
    }

    var card = kit.element('section', { 'class': 'jwd-card', role: options.dialog ? 'dialog' : 'group', 'aria-modal': options.dialog && 'true', 'aria-labelledby': TITLE }, [title, body]);
    kit.show(container, [card]);
    window.JellywardRemote(card, options.dialog ? { trap: true, back: cancel } : {});
    go(options.answer.steps);
  }

  window.JellywardSetUp = { run: run };
}(window, window.JellywardKit, window.JellywardEmail, window.JellywardNewPassword));
