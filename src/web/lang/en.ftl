# English. Ids: page-* for the pages' shells, setting-* for the settings, banner-* for the dashboard's banners;
# the other groups reach the scripts, which know plain text, { $arguments } and one choice by number.

## Pages

page-sign-in-title = Sign in
page-account-title = Your second factor
page-dashboard-title = Jellyward
page-not-found-title = No such page
page-not-found-text = There is nothing at this address.
page-needs-script = This page needs JavaScript.
page-home = Go to Jellyfin

## Words used everywhere

common-cancel = Cancel
common-continue = Continue
common-close = Close
common-loading = One moment…
common-no-answer = The server did not answer. Check the connection and try again.
common-unexpected = The server could not do that. Its log says why.
common-try-again = Try again
common-page-of = Page { $page } of { $pages }
common-previous = Previous
common-next = Next
common-never = never

## The challenge at sign-in

challenge-title = One more step
challenge-totp-lead = Enter the code that your authenticator app shows now.
challenge-totp-label = Code
challenge-recovery-lead = Enter one of your recovery codes. Each works once.
challenge-recovery-label = Recovery code
challenge-use-totp = Use the authenticator app
challenge-use-recovery = Use a recovery code
challenge-submit = Sign in
challenge-trust = { $count ->
    [one] Trust this browser for one day
   *[other] Trust this browser for { $count } days
}
challenge-trust-hint = From then on your password is enough here. Tick it before you enter the code, and only on a device of your own household.
challenge-checking = Checking…
challenge-time-left = { $time } left
challenge-server-time = Server time { $time }
challenge-clock-differs = This device's clock and the server's differ by { $difference }. Codes depend on the time: if yours are refused, set the clock of the device with the authenticator app.
challenge-wrong-code = { $count ->
    [one] That code is wrong. One try left.
   *[other] That code is wrong. { $count } tries left.
}
challenge-no-tries = That code is wrong, and it was the last try. Start again with your password.
challenge-wrong-code-plain = That code is wrong.
challenge-code-used = That code has been used already. Wait for the next one.
challenge-next-code-in = { $count ->
    [one] The next code comes in one second.
   *[other] The next code comes in { $count } seconds.
}
challenge-gone = This sign-in has run out. Start again with your password.
challenge-start-again = Start again
challenge-wait = Too many wrong codes. Try again in { $time }.
challenge-wait-over = You can try again now.
challenge-not-allowed = You may not sign in now. Ask whoever runs this server.
challenge-session-refused = The code was right, but the server did not open a session. Try again; you need no new code.

## Setting up an authenticator

enrol-title = Set up your second factor
enrol-needed = This account needs a second factor before it can sign in. It takes a minute: you need an authenticator app on your phone or computer.
enrol-word-lead = Whoever runs this server gives you a one-time word for this.
enrol-word-label = One-time word
enrol-scan = Scan this with your authenticator app.
enrol-qr-alt = QR code for the authenticator app
enrol-manual = No camera? Enter this key in the app by hand:
enrol-open-app = Open in an app on this device
enrol-copy-key = Copy the key
enrol-name-label = Name of this authenticator (optional)
enrol-name-hint = For instance: my phone
enrol-code-label = Code the app shows now
enrol-confirm = Confirm
enrol-codes-title = Your recovery codes
enrol-codes-lead = If you lose the authenticator, each of these opens your account once. Keep them where you keep important papers. They are shown only now.
enrol-copy = Copy
enrol-copied = Copied
enrol-copy-failed = Copying is not possible here. Select the codes and copy them by hand.
enrol-save = Save as text file
enrol-print = Print
enrol-file-head = Recovery codes of { $name } at { $server }. Each works once.
enrol-saved = I have saved these codes
enrol-finish = Continue

## The stand-alone sign-in

login-title = Sign in to { $server }
login-title-plain = Sign in
login-name-label = User name
login-password-label = Password
login-submit = Sign in
login-signing-in = Signing in…
login-refused = The name or the password is wrong, or you may not sign in now.
login-wait = Too many tries. Try again in { $time }.
login-recovery-hint = Lost your authenticator? Sign in with your password and choose “Use a recovery code”. If you have none left, ask whoever runs this server.
login-offer-title = Add a second factor?
login-offer-lead = With a second factor, a stolen password alone opens nothing. It takes a minute.
login-offer-accept = Set it up now
login-offer-decline = Not now
login-done = You are signed in. Opening Jellyfin…
login-no-storage = This browser does not keep data for this site, so Jellyfin could not stay signed in. Allow it and try again.
login-quick-connect = To sign in on a TV, use Quick Connect, or type the code behind your password: password, space, code.

## The account page

account-title = Your second factor
account-signed-in-as = Signed in as { $name }
account-none = You have no second factor. Your password alone opens this account.
account-required = Your account needs a second factor.
account-factors-title = Authenticators
account-factor-unnamed = Authenticator app
account-factor-created = Added { $date }
account-factor-used = Last used { $date }
account-factor-unused = Not used yet
account-add = Add an authenticator
account-remove = Remove
account-remove-title = Remove “{ $name }”?
account-remove-last = This is your last authenticator. Without it your password alone opens this account.
account-recovery-title = Recovery codes
account-recovery-left = { $count ->
    [one] One recovery code left.
   *[other] { $count } recovery codes left.
}
account-recovery-renew = Make new recovery codes
account-recovery-renew-lead = Your old recovery codes stop working at once.
account-proof-title = Is it you?
account-proof-totp = Code from your authenticator app
account-proof-recovery = Recovery code
account-proof-password = Your password
account-use-totp = Use the authenticator app
account-use-recovery = Use a recovery code
account-removed = Removed.
account-added = The authenticator works. From now on it is asked for when you sign in.
account-renewed = Your new recovery codes are in force.
account-home = Back to Jellyfin
account-sign-in = Taking you to sign-in…

## The administrator's page

dashboard-title = Jellyward
dashboard-sign-in = Sign in as an administrator to see this page.
dashboard-tab-settings = Settings
dashboard-tab-users = Users
dashboard-tab-events = Events
dashboard-save = Save
dashboard-saved = Saved.
dashboard-nothing-changed = Nothing was changed.
dashboard-conflict = Somebody else changed the settings meanwhile. What you see now are theirs, with your changes on top: look at them and save again.
dashboard-locked-file = Set in the settings file; it can only be changed there.
dashboard-locked-environment = Set by an environment variable; it can only be changed there.
dashboard-default = Default: { $value }
dashboard-range = { $min } to { $max }
dashboard-on = on
dashboard-off = off
dashboard-none = none
dashboard-requirement = { $count ->
    [one] One account has no second factor yet and would have to set one up at its next sign-in. Until { $until } its password is enough for that.
   *[other] { $count } accounts have no second factor yet and would have to set one up at their next sign-in. Until { $until } their passwords are enough for that.
}
dashboard-search = Search by name
dashboard-no-users = Nobody of that name.
dashboard-users-total = { $count ->
    [one] One user
   *[other] { $count } users
}
dashboard-state-protected = Protected
dashboard-state-missing = Must set up a second factor
dashboard-state-open = Password only
dashboard-administrator = Administrator
dashboard-disabled = Disabled
dashboard-rule = Second factor
dashboard-rule-default = As the settings say
dashboard-rule-required = Required
dashboard-rule-exempt = Not required
dashboard-rule-changed = Changed for { $name }.
dashboard-lockout = Jellyfin's own lockout is on for this user. Wrong codes behind the password count towards it, and so do strangers' tries: better leave it off, Jellyward has limits that nobody can turn against the owner.
dashboard-codes-left = { $count ->
    [one] One recovery code left
   *[other] { $count } recovery codes left
}
dashboard-factor-remove = Remove
dashboard-factor-remove-of = Remove “{ $factor }” of { $name }
dashboard-factor-remove-lead = Afterwards { $name } needs a one-time word from you to set up another one, if one is required.
dashboard-factor-removed = Removed.
dashboard-word = One-time word
dashboard-word-of = A one-time word for { $name }
dashboard-word-lead = With this word and the password, { $name } can set up a second factor at the next sign-in.
dashboard-word-shown = Give this word to { $name } in person or by phone. It is valid until { $time } and is shown only now.
dashboard-rule-of = Change the rule for { $name }
dashboard-events-none = Nothing has happened yet.
dashboard-event-time = When
dashboard-event-kind = What
dashboard-event-account = Who
dashboard-event-address = From
dashboard-event-kind-signed_in = Signed in
dashboard-event-kind-wrong_password = Wrong name or password
dashboard-event-kind-challenged = Asked for the second factor
dashboard-event-kind-wrong_code = Wrong code
dashboard-event-kind-recovery_code_used = Recovery code used
dashboard-event-kind-limited = Refused: too many tries
dashboard-event-kind-refused = Refused
dashboard-event-kind-factor_added = Authenticator added
dashboard-event-kind-factor_removed = Authenticator removed
dashboard-event-kind-recovery_codes_renewed = New recovery codes
dashboard-event-kind-rule_changed = Rule changed
dashboard-event-kind-word_given = One-time word given
dashboard-event-kind-browser_trusted = Browser trusted
dashboard-event-kind-browser_forgotten = Browser no longer trusted
dashboard-event-kind-trust_ended = Trust in a browser ended: an outdated mark of it came back, so somebody may have a copy
dashboard-event-kind-settings_changed = Settings changed
dashboard-event-kind-account_purged = Account deleted
dashboard-event-kind-app_password_made = App password made
dashboard-event-kind-app_password_revoked = App password revoked
dashboard-event-kind-tv_word_given = One-time word for a TV made
dashboard-event-kind-device_waiting = Password right, but the app could not give the second factor
dashboard-event-kind-device_approved = Device approved
dashboard-event-kind-device_denied = Device refused by its owner
dashboard-event-kind-device_forgotten = Device forgotten
dashboard-event-kind-passkey_copied = Passkey refused: it may have been copied
dashboard-event-kind-sessions_ended = Sessions ended
dashboard-event-kind-phone_lost = Phone lost: everything signed out

## Refusals, by code

problem-bad_json = The request is not valid JSON.
problem-bad_field = A field is missing or not of the right kind.
problem-bad_setting = That value is not possible here.
problem-sign_in = Sign in first.
problem-wrong_code = That code is wrong.
problem-code_used = That code has been used already. Wait for the next one.
problem-challenge_gone = This sign-in has run out. Start again with your password.
problem-too_many_tries = Too many wrong codes. Wait before you try again.
problem-word_needed = The one-time word of an administrator is needed.
problem-wrong_word = That word is wrong, or it has run out.
problem-wrong_proof = That is not right. Nothing was changed.
problem-wrong_passkey = That passkey does not fit. Use another one, or another way.
problem-ceremony_gone = That took too long, or was answered already. Start again.
problem-enrolment_gone = This set-up has run out. Start it again.
problem-not_allowed_now = You may not sign in now.
problem-step_up = Prove first that it is you.
problem-not_offered = This server does not offer that to your account.
problem-wizard_done = The set-up wizard is done; sign in to change this.
problem-api_key = An API key cannot do this; a person has to.
problem-not_administrator = Only an administrator can do this.
problem-foreign_origin = This request came from a page of another site.
problem-not_found = There is nothing at this address.
problem-unknown_factor = There is no such factor; it may have been removed already.
problem-unknown_app_password = There is no such app password; it may have been revoked already.
problem-unknown_device = That device is no longer waiting.
problem-unknown_code = No device shows this code. Check it on the device; it lasts ten minutes.
problem-unknown_browser = That browser is not trusted; it may have been forgotten already.
problem-unknown_user = There is no such user.
problem-wrong_method = This address is not used that way.
problem-session_refused = Jellyfin did not open a session. Try again; you need no new code.
problem-passkey_known = That passkey is registered already.
problem-too_many = There are as many as there may be. Remove one first.
problem-settings_changed = Somebody else changed the settings meanwhile.
problem-too_large = The request is too large.
problem-wrong_type = The request must be JSON.
problem-setting_locked = This setting is held by a file or the environment and can only be changed there.
problem-unavailable = Jellyward cannot read its store. The server's log says why.

## Settings

setting-group-gate = Sign-in
setting-group-policy = Who needs a second factor
setting-group-app_passwords = App passwords
setting-group-devices = TVs and other devices
setting-group-passkeys = Passkeys
setting-group-sessions = Sessions
setting-group-step_up = Proving again
setting-group-trust = Trusted browsers
setting-group-totp = Authenticator apps
setting-group-limits = Limits
setting-group-web = Pages
setting-group-events = Events

setting-unit-days = days
setting-unit-minutes = minutes
setting-unit-sessions = sessions
setting-unit-tries = tries
setting-unit-characters = characters
setting-unit-origins = addresses

setting-who-administrators = administrators

setting-gate-enabled-label = Ask for the second factor
setting-gate-enabled-help = Off: everybody signs in by password alone, as without Jellyward. Factors are kept.
setting-gate-code-behind-password-label = Code behind the password
setting-gate-code-behind-password-help = Lets TVs and apps that know only a name and a password sign in: the code is typed behind the password (“password 123456”).
setting-gate-other-plugins-label = Sign-ins by other plugins
setting-gate-other-plugins-help = Whether a sign-in that another plugin vouches for, single sign-on for instance, counts as a second factor.
setting-gate-other-plugins-choice-refuse = Refuse for accounts with a second factor
setting-gate-other-plugins-choice-accept = Accept and record
setting-policy-required-label = Second factor required
setting-policy-required-help = Whoever must have one and has none sets it up at the next sign-in in a browser. The rule of a single user goes before this.
setting-policy-required-choice-nobody = of nobody
setting-policy-required-choice-administrators = of administrators
setting-policy-required-choice-everybody = of everybody
setting-policy-grace-days-label = Time to set it up
setting-policy-grace-days-help = For so long after a requirement begins, the password is enough to set up the second factor. Afterwards a one-time word from an administrator is needed too, except in a browser the account has used before.
setting-app-passwords-enabled-label = App passwords
setting-app-passwords-enabled-help = People with a second factor may make passwords for apps that know only a name and a password. Off: none can be made, and those there are do not work.
setting-app-passwords-administrators-label = App passwords for administrators
setting-app-passwords-administrators-help = An app password goes around the second factor; an administrator's opens the whole server.
setting-app-passwords-only-label = Apps must use an app password
setting-app-passwords-only-help = Apps that cannot show Jellyward's page get in with an app password, a one-time word or Quick Connect only; the account's own password is refused there, also with a code behind it.
setting-passkeys-domain-label = Domain for passkeys
setting-passkeys-domain-help = The host name people open Jellyfin by, or a domain above it, without scheme and port. Passkeys are made for it and cannot be moved to another. Empty: the host of the first address below; both empty: no passkeys.
setting-passkeys-origins-label = Addresses where passkeys may be used
setting-passkeys-origins-help = With scheme and, where there is one, port, separated by spaces, for instance https://media.example.org. Each must lie within the domain. Empty: https and the domain.
setting-passkeys-sign-in-label = Sign in by passkey alone
setting-passkeys-sign-in-help = A passkey whose device knows its user, by finger, face or PIN, needs no password. Off: passkeys are a second factor only.
setting-devices-again-label = Approved devices may come back
setting-devices-again-help = Lets people allow a device they approve to sign in again from the same network with the password alone. A device names itself: this is weaker than approving each time. Never for administrators.
setting-sessions-most-label = Sessions of one account
setting-sessions-most-help = A sign-in beyond this ends the account's session that was used longest ago. 0: no limit.
setting-sessions-legacy-end-label = End old sessions on
setting-sessions-legacy-end-help = On this day (year-month-day, UTC) sessions end that began before Jellyward knew how they were proven, for accounts that have or must have a second factor. Empty: never.
setting-step-up-administrators-label = Administrators prove themselves again
setting-step-up-administrators-help = Before an administrator with a second factor changes these settings, plugins, repositories, API keys, other users, the network or restores a back-up, the factor is asked for; once in five minutes.
setting-trust-days-label = Trust a browser for
setting-trust-days-help = For so long after a full sign-in a browser can be spared the second factor, if its user ticks the box. It ends on that day however often it is used. Lowering this shortens what was trusted before; 0: no browser is trusted.
setting-trust-administrator-days-label = The same for administrators
setting-trust-administrator-days-help = Never longer than for everybody.
setting-trust-plain-http-label = Trust browsers over plain HTTP
setting-trust-plain-http-help = Without HTTPS anybody on the way can copy what marks a browser as trusted. Only for networks where you trust everybody.
setting-totp-issuer-label = Name in the authenticator app
setting-totp-issuer-help = Stands above the codes in the app. Changing it affects new set-ups only.
setting-limits-free-tries-label = Wrong tries without delay
setting-limits-free-tries-help = After so many wrong tries in a row each further one has to wait, longer each time. Browsers an account has used before never wait because of strangers.
setting-limits-longest-delay-minutes-label = Longest delay
setting-limits-longest-delay-minutes-help = No delay grows beyond this.
setting-limits-wrong-codes-per-hour-label = Wrong codes in an hour
setting-limits-wrong-codes-per-hour-help = When strangers have spent these for an account, codes from unknown addresses are refused for the rest of the hour. Recovery codes and browsers used before stay open.
setting-web-inject-label = Ask on Jellyfin's own login page
setting-web-inject-help = Puts a small script into Jellyfin's web client that asks for the code. Off: people sign in at /Jellyward/Login instead.
setting-web-frame-ancestors-label = Sites that may frame Jellyward's pages
setting-web-frame-ancestors-help = Addresses separated by spaces, for instance https://home.example. Empty: none.
setting-web-language-label = Language
setting-web-language-help = The language of Jellyward's pages.
setting-web-language-choice-auto = As the browser asks
setting-web-language-choice-en = English

## What a browser says it is

browser-on = { $browser } on { $system }
browser-unknown = Unknown browser

## Banners on the dashboard, by their code

banner-gate_off = The gate is off: every sign-in is Jellyfin's own, and nobody is asked for a second factor.
banner-setting_damaged = A stored setting is not accepted; its default holds until it is saved again.
banner-network_store = The data folder lies on a network file system. Jellyward works there under one exclusive lock, slower; a local disk is better.
banner-no_proxies_listed = Jellyfin knows of no reverse proxy. If there is one, list it under Networking: until then private addresses cannot be told apart and are limited only together with the account.
setting-events-keep-days-label = Keep events for
setting-events-keep-days-help = Older events are deleted.

## Why passkeys do or do not work in a browser, by the finding's code

passkey-finding-address_is_ip = You opened this page by an IP address; passkeys need a name. Open it by the server's host name.
passkey-finding-not_secure = This page is not encrypted; browsers offer passkeys only over https.
passkey-finding-not_configured = The owner has not set up passkeys yet.
passkey-finding-id_not_suffix = Passkeys were set up for another host name than the one you opened this page by. Open it there, or change the setting.
passkey-finding-origin_not_allowed = The host name fits, but this exact address, with its scheme and port, is not in the list of allowed addresses.
passkey-finding-browser_too_old = This browser does not know passkeys. Update it or use another.
passkey-finding-no_platform_authenticator = This device cannot hold a passkey itself; a phone or a security key still can.
passkey-finding-no_autofill = This browser does not offer passkeys in the name field; use the button.
passkey-finding-ready = Passkeys work here.
