/* One session, as its owner and administrators see it. ES5. */
(function (window, kit) {
  'use strict';
  var text = kit.text;
  var PROOFS = {
    full: 'account-session-full',
    trusted_browser: 'account-session-trusted-browser',
    password: 'account-session-password',
    app_password: 'account-session-app-password',
    word: 'account-session-word',
    paired: 'account-session-paired',
    quick_connect: 'account-session-quick-connect',
    other_plugin: 'account-session-other-plugin',
    passkey: 'account-session-passkey',
    legacy: 'account-session-legacy'
  };

  /* A row: app and device, when and from where, how it signed in; `first` and `last` stand at its ends. `user` is named
     where the list holds several people's. */
  window.JellywardSession = function (session, parts) {
    return kit.element('li', { 'class': 'jwd-row' }, [
      parts.first,
      kit.element('div', { 'class': 'jwd-grow' }, [
        kit.element('p', {}, [
          parts.user ? kit.name(parts.user, 'strong') : null,
          parts.user ? kit.element('span', { text: ' · ' }) : null,
          kit.name(session.deviceName || text('account-device-unnamed'), 'strong'),
          session.current ? kit.element('span', { 'class': 'jwd-badge jwd-protected', text: text('account-this-one') }) : null,
          session.legacy ? kit.element('span', { 'class': 'jwd-badge jwd-missing', text: text('account-session-old') }) : null
        ]),
        kit.element('p', { 'class': 'jwd-hint' }, [
          kit.name(session.app + (session.version ? ' ' + session.version : '')),
          kit.element('span', { text: session.address ? ' · ' : '' }), kit.name(session.address)
        ]),
        kit.element('p', { 'class': 'jwd-hint' }, kit.facts([
          text(PROOFS[session.proof] || 'account-session-unknown'),
          kit.said('account-session-since', { date: kit.time(session.createdAt, true) }),
          kit.said('account-session-seen', { date: kit.time(session.lastSeenAt) })
        ]))
      ]),
      parts.last
    ]);
  };

  /* How many were ended, and how many could not be. */
  window.JellywardSession.ended = function (data) {
    return text('account-sessions-ended', { count: data.ended || 0 }) + (data.left ? ' ' + text('account-sessions-left', { count: data.left }) : '');
  };
}(window, window.JellywardKit));
