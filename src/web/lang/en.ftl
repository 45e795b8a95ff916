# English. Ids: page-* for the pages' shells, setting-* for the settings, banner-* for the dashboard's banners,
# password-* for what a new one is told;
# the other groups reach the scripts, which know plain text, { $arguments } and one choice by number.

## Pages

page-sign-in-title = Sign in
page-account-title = Two-factor and devices
page-dashboard-title = Jellyward
page-undo-title = Put an e-mail address back
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
common-again-in = Try again in { $time }.
common-page-of = Page { $page } of { $pages }
common-previous = Previous
common-next = Next
common-never = never
common-just-now = just now
common-minutes-ago = { $count ->
    [one] one minute ago
   *[other] { $count } minutes ago
}
common-hours-ago = { $count ->
    [one] one hour ago
   *[other] { $count } hours ago
}

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
challenge-cancelled = Sign-in cancelled.
challenge-not-signed-in = You are not signed in.
challenge-other-ways = Try another way
challenge-wait-nothing = Too many wrong codes: until { $time } none is taken.
challenge-wait-recovery = Too many wrong codes: until { $time } only a recovery code works.
challenge-wait-passkey = Too many wrong codes: until { $time } only your passkey works.
challenge-wait-both = Too many wrong codes: until { $time } only your passkey or a recovery code works.
challenge-not-allowed = You may not sign in now. Ask whoever runs this server.
challenge-session-refused = The code was right, but the server did not open a session. Try again; you need no new code.
challenge-totp-or-passkey-lead = Use your passkey, or enter the code that your authenticator app shows now.
challenge-passkey-lead = Confirm with your passkey.
challenge-hindered-passkey = This account is protected by a passkey, and passkeys do not work at this server now: they are not set up, or in a way that cannot work. Ask whoever runs it.
challenge-hindered-email = This account is protected by codes by mail, and none can be sent now. Ask whoever runs this server.
challenge-passkey-elsewhere = Your passkey cannot be used in this browser or at this address. Use a device where it works, or ask whoever runs this server.

challenge-email-lead = A code can be sent to { $to }.
challenge-email-weak = A code by mail is the weakest way: whoever reads your mail, or may reset its password, has it.
challenge-email-send = Send the code
challenge-email-sending = Sending…
challenge-email-sent = The code is on its way to { $to }. It is good for { $count } minutes.
challenge-email-label = Code from the mail
challenge-email-again = Send another code
challenge-email-again-in = Another code can be sent in { $time }.
challenge-email-lapsed = That code is too old by now. Let another one be sent.
challenge-use-email = Get a code by mail

## Setting up an authenticator

enrol-title = Set up your second factor
enrol-needed = This account needs a second factor before it can sign in. It takes a minute: you need an authenticator app on your phone or computer.
enrol-apps = An authenticator app shows a new code every half minute. Well-known ones are 2FAS, Aegis and Google Authenticator.
enrol-word-lead = For this you need one of the recovery codes you kept, or a one-time word from whoever runs this server.
enrol-email = Use codes by mail instead
enrol-passkey = Use a passkey instead
enrol-passkey-lead = Your browser asks for your finger, your face, a PIN or a security key. From then on that opens your account after the password.
enrol-trust-hint = From then on your password is enough here. Only on a device of your own household.
enrol-email-title = Codes by mail
enrol-word-label = Recovery code or one-time word
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
enrol-codes-lead = If you lose the authenticator or the passkey, each of these opens your account once. Keep them where you keep important papers. They are shown only now.
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
login-passkey = Sign in with a passkey
login-passkey-trust = { $count ->
    [one] With the passkey, trust this browser for one day
   *[other] With the passkey, trust this browser for up to { $count } days
}
login-passkey-trust-hint = From then on your password is enough here. Only on a device of your own household.

## Passkeys in the browser

passkey-use = Use a passkey
passkey-cancelled = No passkey was used. Try again, or choose another way.
passkey-known = This device holds a passkey of this account already.
passkey-wrong-address = Passkeys do not work at this address. “Why can't I use a passkey here?” says why.
passkey-failed = The browser could not use a passkey. Try again, or choose another way.
passkey-why-not = Why can't I use a passkey here?
passkey-ready = Passkeys work here.
passkey-not-ready = Passkeys do not work here.

## A new password

meter-show = Show the password
meter-hide = Hide the password
meter-refused = Not enough
meter-label = How hard to guess
password-score-0 = Guessed at once
password-score-1 = Easy to guess
password-score-2 = Could be better
password-score-3 = Good
password-score-4 = Very good
password-problem-too_short = { $count ->
    [one] Take at least one character.
   *[other] Take at least { $count } characters. A few words are easy to remember.
}
password-problem-too_long = { $count ->
    [one] Take at most one character.
   *[other] Take at most { $count } characters.
}
password-problem-control_character = There is a character in it that cannot be typed. Leave it out.
password-problem-common = This password is on the lists that are tried first. Take another one.
password-problem-about_you = This is made of a name or address that others know. Take something else.
password-problem-too_guessable = This is too easy to guess. Add a few words.
password-hint-add_words = Another word or two would help. Rare words are better.
password-hint-popular = This is one of the words that are tried first.
password-hint-word = A word by itself is easy to guess.
password-hint-about_you = Others know this name or address.
password-hint-substitution = Signs in place of letters help little.
password-hint-backwards = Words spelt backwards help little.
password-hint-capitals = Capitals where everybody puts them help little.
password-hint-keyboard = Keys side by side are easy to guess.
password-hint-repeat = Saying the same again helps little.
password-hint-sequence = Sequences like abc or 6543 are easy to guess.
password-hint-date = Dates and years are easy to guess.

## In Jellyfin's own pages

extras-row = Two-factor and devices
extras-quick-ask-other = This device wants to be signed in, as the user whose settings you opened:
extras-step-up = This change weakens or moves protection, so the server wants to know that it is really you.
extras-again-title = Now do it again
extras-again = You have proven that it is you. Jellyfin could not wait for that: make the change once more.

## The account page

account-title = Two-factor and devices
account-signed-in-as = Signed in as { $name }
account-none = You have no second factor. Your password alone opens this account.
account-required = Your account needs a second factor.
account-menu = What to do
account-menu-overview = Overview
account-menu-methods = Sign-in methods
account-menu-email = E-mail
account-menu-app-passwords = App passwords
account-menu-tv = Sign in a TV
account-menu-browsers = Trusted browsers
account-menu-sessions = Where I am signed in
account-menu-lost-phone = I lost my phone
account-menu-passkey-check = Why can't I use a passkey here?
account-back = Back to the overview
account-home = Back to Jellyfin
account-sign-in = Taking you to sign-in…
account-this-one = This one
account-device-unnamed = A device without a name

account-protected = { $count ->
    [one] Your account is protected: your password alone does not open it. You have one authenticator or passkey.
   *[other] Your account is protected: your password alone does not open it. You have { $count } ways to prove who you are.
}
account-missing = What you could do
account-nothing-missing = Nothing is missing.
account-missing-factor = Add an authenticator app or a passkey. It takes a minute.
account-missing-second = Add another authenticator or passkey. If the only one is lost, recovery codes are all that is left.
account-missing-codes = { $count ->
    [0] You have no recovery codes left. Make new ones.
    [one] Only one recovery code is left. Make new ones.
   *[other] Only { $count } recovery codes are left. Make new ones.
}
account-missing-legacy = { $count ->
    [one] One sign-in is from before your second factor. Look at it, and end it if you do not know it.
   *[other] { $count } sign-ins are from before your second factor. Look at them, and end those you do not know.
}

account-factors-title = Authenticators
account-no-authenticator = You have no authenticator app.
account-factor-unnamed = Authenticator app
account-factor-created = Added { $date }
account-factor-used = Last used { $date }
account-factor-unused = Not used yet
account-add = Add an authenticator
account-added = The authenticator works. From now on it is asked for when you sign in.
account-rename = Rename
account-renamed = Renamed.
account-new-name = New name
account-remove = Remove
account-removed = Removed.
account-remove-title = Remove “{ $name }”?
account-remove-last = This is your last one. Without it your password alone opens this account, and to add another you need a recovery code or a one-time word from whoever runs this server.
account-remove-last-required = This is your last one, and your account needs one. At the next sign-in you have to set up another, and for that you need a recovery code or a one-time word from whoever runs this server.
account-passkeys-title = Passkeys
account-passkeys-lead = A passkey lives in your phone, computer or security key. You unlock it with a finger, your face or a PIN; nobody can steal it by asking for it.
account-no-passkey = You have no passkey.
account-passkey-unnamed = Passkey
account-passkey-add = Add a passkey
account-passkey-added = The passkey works.
account-passkey-name = Name of the passkey (optional)
account-passkey-name-hint = For instance: my laptop
account-passkey-create = Create the passkey
account-passkey-backed-up = Kept by a password manager
account-passkey-one-device = On one device only
account-passkey-here = In this device
account-passkey-key = Security key
account-passkey-phone = Phone
account-mail-code-title = Codes by mail
account-mail-code-lead = The weakest of the ways: a code is sent to you whenever you sign in, and whoever reads your mail can sign in with it. An authenticator or a passkey is better, and asks for no mail server.
account-mail-code-none = You get no codes by mail.
account-mail-code-add = Get codes by mail
account-mail-code-unusable = No code can be sent to you now: your address is not confirmed, or whoever runs this server does not send codes by mail any more. You get in with a recovery code; add another factor.
account-mail-opens-all = One factor only, in truth: whoever reads your mail gets a code and a new password there. Add an authenticator or a passkey.
account-mail-code-weakest = The weakest
account-mail-code-unnamed = Codes by mail
account-mail-code-added = Codes by mail work. From now on one is sent to you when you ask for it as you sign in.
account-proof-email = Code from the mail
account-use-email = Get a code by mail
account-recovery-title = Recovery codes
account-recovery-left = { $count ->
    [one] One recovery code left.
   *[other] { $count } recovery codes left.
}
account-recovery-renew = Make new recovery codes
account-recovery-renew-lead = Your old recovery codes stop working at once.
account-renewed = Your new recovery codes are in force.

account-proof-title = Is it you?
account-proof-totp = Code from your authenticator app
account-proof-recovery = Recovery code
account-proof-password = Your password
account-proof-empty = You typed no password. If this account has none, go on once more.
account-use-totp = Use the authenticator app
account-use-recovery = Use a recovery code
account-use-password = Use the password

account-app-lead = For apps and TVs that know a name and a password and nothing else. Type an app password there instead of your own: your own never gets stored in them, and each can be taken away by itself.
account-app-none = You have no app passwords.
account-app-forbidden = Whoever runs this server has switched app passwords off for your account.
account-app-needs-factor = Add an authenticator or a passkey first: without one, your own password is as good.
account-app-create = Make an app password
account-app-name = What is it for?
account-app-name-hint = For instance: the TV in the kitchen
account-app-expiry = Valid
account-app-never = until you revoke it
account-app-month = for 30 days
account-app-quarter = for 90 days
account-app-year = for a year
account-app-binds = Only for the first app that uses it
account-app-binds-hint = This keeps things tidy, it is no wall: an app says itself who it is, and another one can say the same.
account-app-make = Make it
account-app-shown = The app password “{ $name }”. Type it in the app instead of your password. It is shown only now.
account-app-noted = I have typed or saved it
account-app-created = The app password is in force.
account-app-expires = Valid until { $date }
account-app-used = Last used { $date }: { $app }, { $address }
account-app-bound = Only for { $app }
account-app-will-bind = Will be bound to the first app that uses it
account-app-sessions = { $count ->
    [0] Signed in nowhere
    [one] Signed in on one device
   *[other] Signed in on { $count } devices
}
account-app-revoke = Revoke
account-app-revoke-title = Revoke “{ $name }”?
account-app-revoke-lead = It stops working at once, and whatever signed in with it is signed out.
account-app-revoked = { $count ->
    [one] Revoked. One device was signed out.
   *[other] Revoked. { $count } devices were signed out.
}

account-tv-lead = Most TV apps cannot ask for a second factor. Here are four ways in; each one works without typing your code on the TV.
account-tv-word = A one-time word
account-tv-word-lead = Type your name on the TV, and this word as the password. It works once, for ten minutes, and needs nothing else.
account-tv-word-make = Show me a word
account-tv-word-until = Valid until { $time }. Upper or lower case does not matter.
account-tv-window = I am signing in a TV
account-tv-window-lead = Type your name and your own password on the TV. It will say that they are wrong; then it appears here, you approve it, and sign in on the TV again. It stays signed in until you end that under “Where I am signed in”.
account-tv-window-open = I am signing in a TV now
account-tv-window-left = Watching for your TV: { $time } left.
account-tv-nobody = Nothing is waiting yet. Try to sign in on the TV.
account-tv-asked = Asked { $date }
account-tv-approve = Approve
account-tv-approved = { $count ->
    [one] Approved. Sign in on the TV again within the next minute.
   *[other] Approved. Sign in on the TV again within the next { $count } minutes.
}
account-tv-in = { $name } is signed in.
account-tv-again = Let it sign in again by itself from the same network
account-tv-deny = Not me
account-tv-denied = That was not you?
account-tv-denied-lead = Then somebody knows your password. Nothing was opened with it, but it is time for another one.
account-tv-password = Change my password
account-tv-paired = May sign in again by themselves
account-tv-quick = Quick Connect
account-tv-quick-lead = If the TV shows a Quick Connect code, type it here. You see who asks before you say yes.
account-tv-quick-code = Code on the TV
account-tv-quick-look = Who is asking?
account-tv-quick-ask = This device wants to be signed in as you:
account-tv-quick-yes = Yes, sign it in
account-tv-quick-no = No
account-tv-quick-done = Done. The TV signs in by itself.
account-tv-quick-refused = Jellyfin did not accept that. Let the TV show a new code.
account-tv-app-lead = For an app that signs in again and again by itself, make it a password of its own.
account-tv-refused = Sign-ins that were refused lately

account-browsers-lead = In these browsers your password is enough; the second factor is not asked for.
account-browsers-none = You trust no browser. When you sign in, you can tick that you trust the one you are using.
account-browsers-since = Trusted since { $date }
account-browsers-until = until { $date }
account-browsers-forget = Forget
account-browsers-forget-all = Forget all browsers
account-browsers-forgotten = Forgotten. The second factor is asked for there again.

account-session-full = Password and second factor
account-session-trusted-browser = Password in a trusted browser
account-session-password = Password
account-session-app-password = App password
account-session-word = One-time word
account-session-paired = Approved device
account-session-quick-connect = Quick Connect
account-session-other-plugin = Another plugin's sign-in
account-session-passkey = Passkey
account-session-legacy = From before the second factor
account-session-unknown = Signed in some other way
account-session-old = From before
account-session-since = since { $date }
account-session-seen = last seen { $date }
account-sessions-legacy = From before your second factor
account-sessions-legacy-lead = Nobody was asked for a second factor here. End what you do not know. Two kinds are ticked for you: browsers, because there you only have to sign in again, and devices in a network that none of your others is in.
account-sessions-rest = Since then
account-sessions-end = Sign out
account-sessions-end-ticked = Sign out those ticked
account-sessions-end-others = Sign out all others
account-sessions-end-all = Sign out everywhere
account-sessions-end-all-lead = You are signed out here, too.
account-sessions-ended = { $count ->
    [one] One device was signed out.
   *[other] { $count } devices were signed out.
}

account-sessions-left = { $count ->
    [one] One more could not be: try again in a while.
   *[other] { $count } more could not be: try again in a while.
}

account-lost-title = I lost my phone
account-lost-nothing = You have no second factor yet, so there is nothing here to take back. If somebody may know your password, change it and sign out everywhere.
account-lost-lead = If your phone is gone, this locks whoever has it out of your account at once:
account-lost-will-sessions = Every device is signed out, this one too.
account-lost-will-browsers = No browser and no device is trusted any more.
account-lost-will-apps = All app passwords are revoked.
account-lost-will-factors = Authenticators, passkeys and codes by mail are removed, but for the passkeys you tick below.
account-lost-will-keep = Your recovery codes stay. The password alone will not open your account.
account-lost-keep = Passkeys I still have
account-lost-no-codes = You have no recovery codes left. Without a passkey to keep, only a one-time word from whoever runs this server lets you in again.
account-lost-proof = Prove once more that it is you. A recovery code will do.
account-lost-do = End everything
account-lost-by-passkey = End everything with a passkey
account-lost-done = Done. Nobody gets in with what was on your phone.
account-lost-ended = { $count ->
    [one] One device was signed out.
   *[other] { $count } devices were signed out.
}
account-lost-left = Jellyfin could not end every session. What is left can change nothing of your account, but may still play: sign in again and end it under your devices.
account-lost-browsers = { $count ->
    [one] One browser is no longer trusted.
   *[other] { $count } browsers are no longer trusted.
}
account-lost-apps = { $count ->
    [one] One app password was revoked.
   *[other] { $count } app passwords were revoked.
}
account-lost-factors = { $count ->
    [one] One authenticator or passkey was removed.
   *[other] { $count } authenticators and passkeys were removed.
}
account-lost-way-passkey = Sign in again with the passkey you kept, and add a new authenticator.
account-lost-way-codes = Sign in again with your password and a recovery code, and set up a new authenticator.
account-lost-way-word = Ask whoever runs this server for a one-time word; with it and your password you set up a new authenticator.
account-lost-on = Sign in again

## The administrator's page

dashboard-title = Jellyward
dashboard-sign-in = Sign in as an administrator to see this page.
dashboard-tab-settings = Settings
dashboard-tab-users = Users
dashboard-tab-events = Events
dashboard-tab-mail = Mail
dashboard-tab-messages = Messages
dashboard-save = Save
dashboard-saved = Saved.
dashboard-unsaved = { $count ->
    [one] One unsaved change
   *[other] { $count } unsaved changes
}
dashboard-nothing-changed = Nothing was changed.
dashboard-conflict = Somebody else changed the settings meanwhile. What you see now are theirs, with your changes on top: look at them and save again.
dashboard-locked-file = Set in the settings file; it can only be changed there.
dashboard-locked-environment = Set by an environment variable; it can only be changed there.
dashboard-default = Default: { $value }
dashboard-secret-set = Set.
dashboard-secret-change = Change
dashboard-secret-unset = Not set.
dashboard-secret-remove = Remove
dashboard-secret-removed = Will be removed when you save.
dashboard-mail-none = Nothing waits to be sent, and nothing failed.
dashboard-mail-counts = Waiting: { $waiting }. Failed: { $failed }.
dashboard-mail-to = To
dashboard-mail-since = Since
dashboard-mail-state = State
dashboard-mail-waits = { $count ->
    [0] Waits.
    [one] Tried once. Next try: { $time }.
   *[other] Tried { $count } times. Next try: { $time }.
}
dashboard-mail-failed = Not sent.
dashboard-mail-retry = Try again
dashboard-mail-retried = It is being tried.
dashboard-mail-discard = Discard
dashboard-mail-discarded = Discarded.
dashboard-mail-test-to = Send a test mail to
dashboard-mail-test = Send
dashboard-mail-test-lead = With what stands above, saved or not.
dashboard-mail-test-sending = Sending…
dashboard-messages-lead = What people are told by mail. Change the words where yours are better; a message with a mistake in it cannot be saved.
dashboard-messages-which = Message
dashboard-messages-customised = { $label } (changed)
dashboard-messages-subject = Subject
dashboard-messages-subject-lead = One line. Codes and links cannot stand in it: mail servers write subjects down, and locked phones show them.
dashboard-messages-text = Text
dashboard-messages-text-lead = Begin with what matters: a phone shows the first line. An empty line begins a new paragraph; a code or a link alone on its line becomes large or a button.
dashboard-messages-html = HTML
dashboard-messages-html-lead = Empty: made of the text. Otherwise a whole document, or what goes into ours.
dashboard-messages-own-html = Write the HTML myself
dashboard-messages-variables = Click to insert
dashboard-messages-preview = Preview
dashboard-messages-preview-lead = Filled in with samples.
dashboard-messages-preview-text = As plain text
dashboard-messages-preview-html = As HTML
dashboard-messages-reset = Back to ours
dashboard-messages-was-reset = These are our words again.
dashboard-messages-send-to = Send it to
dashboard-messages-send-lead = As it stands above, saved or not, filled in with samples.
dashboard-messages-place = Line { $line }, column { $column }: { $reason }
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
dashboard-manage = Manage
dashboard-manage-of = Manage { $name }
dashboard-lockout-short = Jellyfin's lockout
dashboard-word-help = To set up a second factor at the next sign-in. It works once.
dashboard-word-make = Make the word
dashboard-reset-help = By a mail, or by a link to hand over.
dashboard-sessions-help = Where this person is signed in; each can be ended.
dashboard-ways-help = App passwords, trusted browsers, devices that may come back.
dashboard-lost-help = Ends every session and every way in but the recovery codes.
dashboard-rule = Second factor
dashboard-rule-change = Change the rule
dashboard-rule-means-default = What stands in the settings under “Who needs a second factor” holds for { $name }.
dashboard-rule-means-required = { $name } cannot sign in without a second factor. If there is none yet, one has to be set up at the next sign-in.
dashboard-rule-means-exempt = Nothing asks { $name } to have a second factor. One that is set up is still asked for.
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
dashboard-kind-totp = App
dashboard-kind-passkey = Passkey
dashboard-kind-email = Mail
dashboard-app-passwords = { $count ->
    [one] One app password
   *[other] { $count } app passwords
}
dashboard-trusted-browsers = { $count ->
    [one] One trusted browser
   *[other] { $count } trusted browsers
}
dashboard-devices = { $count ->
    [one] One device that may come back
   *[other] { $count } devices that may come back
}
dashboard-ways = Other ways in
dashboard-ways-of = Other ways in for { $name }
dashboard-ways-devices = Devices that may come back
dashboard-ways-none = None.
dashboard-ways-end-of = End “{ $what }” of { $name }?
dashboard-ways-ended = “{ $what }” opens nothing any more.
dashboard-back = Back to the users
dashboard-sessions = Sessions
dashboard-sessions-of = Where { $name } is signed in
dashboard-sessions-none = Signed in nowhere.
dashboard-sessions-end-all-of = Sign { $name } out everywhere?
dashboard-lost = Lost phone
dashboard-lost-of = { $name } lost the phone?
dashboard-lost-lead = Everything is signed out, trusted browsers, devices and app passwords end, authenticators and passkeys are removed. Recovery codes stay. The password alone opens nothing: without a recovery code, give a one-time word.
dashboard-lost-done = { $name } is locked out of everything. A recovery code or a one-time word from you is the way back.
dashboard-legacy = Sessions from before
dashboard-legacy-lead = These were opened before the account had a second factor, or before Jellyward was installed. They go on until somebody ends them.
dashboard-legacy-end-on = These were opened before the account had a second factor, or before Jellyward was installed. All of them end on { $date }.
dashboard-legacy-none = There are none.
dashboard-events-none = Nothing has happened yet.
dashboard-self-test = Check the store
dashboard-self-test-running = Looking…
dashboard-self-test-sound = All of it can be read. Accounts: { $accounts }, authenticators: { $factors }, passkeys: { $passkeys }, events: { $events }.
dashboard-self-test-damaged = Damaged:
dashboard-event-time = When
dashboard-event-kind = What
dashboard-event-account = Who
dashboard-event-by = by { $name }
dashboard-event-address = From
dashboard-event-kind-signed_in = Signed in
dashboard-event-kind-wrong_password = Wrong name or password
dashboard-event-kind-challenged = Asked for the second factor
dashboard-event-kind-wrong_code = Wrong code
dashboard-event-kind-recovery_code_used = Recovery code used
dashboard-event-kind-limited = Refused: too many tries
dashboard-event-kind-refused = Refused
dashboard-event-kind-obsolete_sign_in = Refused: this app puts the password into the address (an obsolete call)
dashboard-event-kind-not_allowed = Refused: the account is disabled, or may not sign in from there or at that hour
dashboard-event-kind-session_refused = Refused by Jellyfin: too many sessions, or not with that device
dashboard-event-kind-app_password_unfit = Refused: that app password has run out, or belongs to another app or device
dashboard-event-kind-factor_added = Second factor added
dashboard-event-kind-factor_removed = Second factor removed
dashboard-event-kind-recovery_codes_renewed = New recovery codes
dashboard-event-kind-rule_changed = Rule changed
dashboard-event-kind-word_given = One-time word given
dashboard-event-kind-browser_trusted = Browser trusted
dashboard-event-kind-browser_forgotten = Browser no longer trusted
dashboard-event-kind-trust_ended = Trust in a browser ended: an outdated mark of it came back, so somebody may have a copy
dashboard-event-kind-settings_changed = Settings changed
dashboard-event-kind-account_purged = Account deleted
dashboard-event-kind-account_restored = Deleted account back, as from a back-up
dashboard-event-kind-app_password_made = App password made
dashboard-event-kind-app_password_revoked = App password revoked
dashboard-event-kind-tv_word_given = One-time word for a TV made
dashboard-event-kind-device_waiting = Password right, but the app could not give the second factor
dashboard-event-kind-device_approved = Device approved
dashboard-event-kind-device_denied = Device refused by its owner
dashboard-event-kind-device_forgotten = Device forgotten
dashboard-event-kind-wrong_passkey = Passkey refused
dashboard-event-kind-wrong_proof = Wrong proof for a change
dashboard-event-kind-passkey_copied = Passkey refused: it may have been copied
dashboard-event-kind-app_password_wanted = Refused: this app needs an app password
dashboard-event-kind-not_approved = Refused: not approved from a session with a second factor
dashboard-event-kind-unlocked = Unlock file used: password alone for an hour
dashboard-event-kind-sessions_ended = Sessions ended
dashboard-event-kind-phone_lost = Phone lost: everything signed out
dashboard-event-kind-reset_asked = Password reset asked for
dashboard-event-kind-wrong_reset = Wrong code for a password reset
dashboard-event-kind-password_reset = Password reset
dashboard-event-kind-email_changed = E-mail address set
dashboard-event-kind-email_verified = E-mail address verified
dashboard-event-kind-email_removed = E-mail address removed
dashboard-event-kind-email_restored = E-mail address put back by its reader: everything signed out
dashboard-event-kind-password_changed = Password changed

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
problem-sign_in_fully = Sign out and in again with your password and second factor to change this.
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
problem-bad_template = There is a mistake in this message.
problem-preview_gone = That preview is gone; look again.
problem-settings_changed = Somebody else changed the settings meanwhile.
problem-mail_gone = That mail is gone: it was sent, discarded, or what is in it holds no longer.
problem-address_needed = Set an e-mail address and confirm it first.
problem-mail_not_set_up = Set the mail server and a sender's address first.
problem-not_an_address = That is no e-mail address. Write one as in name@example.org.
problem-code_gone = That code is no longer good: its time or its tries are over, or a newer address was entered. Start again.
problem-link_gone = This link is no longer good: it was used, or is too old.
problem-no_address = There is no e-mail address.
problem-account_disabled = This account is disabled in Jellyfin.
problem-mail_opens_all = Codes by mail are the only factor of this administrator: with a new password by mail, one mailbox would open the account. Hand a link over instead.
problem-email_is_factor = Codes by mail go to this address, and are your second factor. Remove them first, under “Sign-in methods”, or change the address.
problem-email_required = Everybody here needs an e-mail address. You can change yours, not remove it.
problem-address_in_use = Another account has verified that address already.
problem-too_often = That was too often. Wait a little.
problem-too_large = The request is too large.
problem-wrong_type = The request must be JSON.
problem-setting_locked = This setting is held by a file or the environment and can only be changed there.
problem-unavailable = Jellyward cannot read its store. The server's log says why.

## Mail

mail-test-subject = Mail works
mail-test-text = This is a test. Mail from your Jellyfin server arrives.
mail-test-sent = Sent. See whether it arrives; look among the unwanted mail, too.
mail-cause-name_not_found = There is no server of that name. Check how it is spelled, and whether this machine reaches a name server.
mail-cause-refused = The server cannot be reached on that port. Check host and port; a firewall or the provider of your line may block it.
mail-cause-tls = No encrypted connection came about: the server does not offer it on that port, or its certificate does not hold.
mail-cause-login = The server does not take user name and password. Gmail, Outlook and others want an app password.
mail-cause-sender_rejected = The server does not send for the sender's address. Use the one that belongs to the mail account.
mail-cause-recipient_rejected = The server does not deliver to that address.
mail-cause-timed_out = The server did not answer in time. A wrong port or a firewall are the usual reasons.
mail-cause-expired = It was not sent before what is in it ran out.
mail-cause-revoked = What is in it was revoked meanwhile, so it was not sent.
mail-cause-other = The server did not take the mail. The server's log says what it answered.

## Settings

setting-group-gate = Sign-in
setting-group-policy = Who needs a second factor
setting-group-app_passwords = App passwords
setting-group-devices = TVs and other devices
setting-group-passkeys = Passkeys
setting-group-mail_code = Codes by mail
setting-group-sessions = Sessions
setting-group-step_up = Proving again
setting-group-trust = Trusted browsers
setting-group-passwords = Passwords
setting-group-reset = Forgotten passwords
setting-group-totp = Authenticator apps
setting-group-limits = Limits
setting-group-web = Pages
setting-group-events = Events
setting-group-smtp = Mail
setting-group-messages = Messages
setting-group-email = E-mail addresses

setting-unit-days = days
setting-unit-minutes = minutes
setting-unit-points = points
setting-unit-port = (TCP)
setting-unit-seconds = seconds
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
setting-mail-code-enabled-label = Codes by mail
setting-mail-code-enabled-help = People with a confirmed e-mail address may choose codes by mail as their second factor, the weakest one. Off, or while mail is not set up: none are sent, and who has nothing else gets in with a recovery code.
setting-mail-code-administrators-label = Codes by mail for administrators
setting-mail-code-administrators-help = Whoever gets into an administrator's mailbox has the whole server then. Off: administrators cannot choose codes by mail, and one who did before gets none.
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
setting-devices-again-help = Lets people allow a device they approve to sign in again from the same address (IPv4) or /64 (IPv6) with the password alone: that is what one subscriber has, while a wider IPv4 range is many people’s. A device names itself: this is weaker than approving each time. Never for administrators, and not from an address that many may share, as all do until the proxies in front of Jellyfin are listed.
setting-sessions-most-label = Sessions of one account
setting-sessions-most-help = A sign-in beyond this ends the account's session that was used longest ago. 0: no limit.
setting-sessions-legacy-end-label = End old sessions on
setting-sessions-legacy-end-help = On this day (year-month-day, UTC) sessions end that were opened without a second factor, before the account had one or before Jellyward was there, for accounts that have or must have one. Empty: never.
setting-step-up-administrators-label = Administrators prove themselves again
setting-step-up-administrators-help = Before an administrator changes these settings, plugins and what administrators set by them, repositories, other users, the branding or the network, sees or makes API keys, or restores a back-up, the second factor is asked for, or the password where there is none; once in five minutes. A program that signs in as an administrator cannot answer: give it an API key.
setting-trust-days-label = Trust a browser for
setting-trust-days-help = For so long after a full sign-in a browser can be spared the second factor, if its user ticks the box. It ends on that day however often it is used. Lowering this shortens what was trusted before; 0: no browser is trusted.
setting-trust-administrator-days-label = The same for administrators
setting-trust-administrator-days-help = Never longer than for everybody.
setting-trust-plain-http-label = Trust browsers over plain HTTP
setting-trust-plain-http-help = Without HTTPS anybody on the way can copy what marks a browser as trusted. Only for networks where you trust everybody.
setting-passwords-min-length-label = Fewest characters
setting-passwords-min-length-help = Of a password that is set through the pages here. Jellyfin's own pages have no rule.
setting-passwords-refuse-common-label = Refuse common passwords
setting-passwords-refuse-common-help = Passwords that everybody tries first are not taken.
setting-passwords-list-file-label = List of breached passwords
setting-passwords-list-file-help = Absolute path of a file that “jellyward passwords compact” made, for instance of the list of Have I Been Pwned. What is on it is refused, too. It is not read into memory.
setting-passwords-min-score-label = How hard to guess
setting-passwords-min-score-help = From 0 (anything that is long enough) to 4 (a guesser with the password file fails). 2 stops what is guessed through the sign-in; patterns, names and single words fall below it.
setting-totp-issuer-label = Name in the authenticator app
setting-totp-issuer-help = Stands above the codes in the app. Changing it affects new set-ups only.
setting-limits-free-tries-label = Wrong tries without delay
setting-limits-free-tries-help = After so many wrong tries in a row each further one has to wait, longer each time. Browsers an account has used before never wait because of strangers.
setting-limits-longest-delay-minutes-label = Longest delay
setting-limits-longest-delay-minutes-help = No delay grows beyond this.
setting-limits-wrong-codes-per-hour-label = Wrong codes in an hour
setting-limits-wrong-codes-per-hour-help = When strangers have spent these for an account, codes from unknown addresses are refused for the rest of the hour. Behind passwords they have half as many, of their own. Recovery codes stay open, and so do browsers and addresses used before: each has as many of its own, all of them together five times as many.
setting-web-inject-label = Ask on Jellyfin's own login page
setting-web-inject-help = Puts a small script into Jellyfin's web client that asks for the code. Off: people sign in at /Jellyward/Login instead.
setting-web-frame-ancestors-label = Sites that may frame Jellyward's pages
setting-web-frame-ancestors-help = Addresses separated by spaces, for instance https://home.example. Empty: none.
setting-web-language-label = Language
setting-web-language-help = The language of Jellyward's pages.
setting-web-language-choice-auto = As the browser asks
setting-web-language-choice-en = English
setting-web-public-url-label = Address of this server
setting-web-public-url-help = As people type it from anywhere, with scheme and, where there is one, base path, for instance https://media.example.org. Links in mails begin with it. Empty: mails hold no links.
setting-events-keep-days-label = Keep events for
setting-events-keep-days-help = Older events are deleted.
setting-smtp-host-label = Mail server
setting-smtp-host-help = The host name of the server that sends for you, for instance smtp.example.org. Empty: no mail is sent.
setting-smtp-port-label = Port
setting-smtp-port-help = 587 with nearly all providers, 465 with some. Port 25 is for servers among each other and often blocked.
setting-smtp-security-label = Encryption
setting-smtp-security-help = Nobody on the way may read codes and links. If the server cannot do what is asked for here, nothing is sent.
setting-smtp-security-choice-auto = TLS, as the port wants it (465: from the start, others: STARTTLS)
setting-smtp-security-choice-starttls = STARTTLS required
setting-smtp-security-choice-tls = TLS from the start
setting-smtp-security-choice-none = None: only for a server on this machine
setting-smtp-user-label = User name
setting-smtp-user-help = Often the whole address. Empty: without signing in.
setting-smtp-password-label = Password
setting-smtp-password-help = Kept encrypted and never shown again; type it anew when server, port, user or kind of connection change. With Gmail and Outlook this is an app password, made in the account there.
setting-smtp-from-address-label = Sender's address
setting-smtp-from-address-help = Has to be one the server sends for. Empty: the user name, if it is an address.
setting-smtp-from-name-label = Sender's name
setting-smtp-from-name-help = Stands beside the address.
setting-smtp-authorities-label = Trust only these authorities
setting-smtp-authorities-help = For a server with a certificate of your own making: the certificate of the authority behind it, or the server's own, as PEM. Empty: the authorities this machine trusts.
setting-smtp-deadline-seconds-label = Give up after
setting-smtp-deadline-seconds-help = A server that has not taken a mail by then is tried again later.
setting-messages-server-name-label = Name of the server
setting-messages-server-name-help = What messages call this server. Empty: the sender's name.
setting-email-required-label = Ask for an e-mail address
setting-email-required-help = At the next sign-in in a browser, after password and second factor, and only while mail is set up and gets out. Required: apps that cannot show the page are refused until the account has one.
setting-email-required-choice-off = No: whoever likes sets one
setting-email-required-choice-optional = Ask, and let people skip it
setting-email-required-choice-required = Required
setting-email-shared-label = One address for several accounts
setting-email-shared-help = Lets a family share a mailbox. Off: an address that one account has verified cannot be verified by another.

## E-mail addresses

email-label = E-mail address
email-hint = A code goes there. Nothing changes until you have entered it.
email-send = Send the code
email-on-its-way = A code is on its way to { $address }. It may take a minute; look into the spam folder, too.
email-code-label = Code from the mail
email-code-left = Good for { $time }
email-code-over = That code is over. Ask for another one.
email-wrong-code = { $count ->
    [0] That is not the code, and there are no tries left. Start again in ten minutes.
    [one] That is not the code. One try is left.
   *[other] That is not the code. { $count } tries are left.
}
email-resend = Send another code
email-resend-in = Another code in { $time }
email-sent-again = Another code is on its way. The one before is no longer good.
email-another = Use another address
email-lead = Codes, links to a new password and warnings about your account go to this address.
email-waits = { $address } waits to be confirmed.
email-enter-code = Enter the code
email-none = You have no e-mail address here.
email-verified = Verified
email-unverified = Not verified
email-unverified-hint = Nothing is sent there until you have shown that you read it.
email-not-available = This server sends no mail yet, so no address can be set.
email-needed = Everybody here needs one; you can change it, not remove it.
email-add = Add an address
email-verify = Verify it
email-change = Change it
email-remove = Remove
email-remove-title = Remove your e-mail address?
email-remove-lead = Without it you cannot choose a new password by mail, and nobody warns you.
email-removed = The address is removed.
email-done = The address is verified.
email-setup-title = Your e-mail address
email-setup-optional = You are nearly in. Would you like to leave an e-mail address?
email-setup-required = You are nearly in. Everybody here needs an e-mail address.
email-setup-skip = Not now
email-dashboard = E-mail address
email-dashboard-help = Where codes, links and warnings go.
email-dashboard-of = E-mail address of { $name }
email-dashboard-lead = Empty: no address. The verified address before is told of the change.
email-dashboard-verified = Verified: I know that { $name } reads what is sent there
email-dashboard-saved = The e-mail address of { $name } is saved.
email-undo-title = Put your e-mail address back
email-undo-lead = The e-mail address of your account was changed. If that was not you, somebody else has been in it.
email-undo-means = This puts the address of this mailbox back and signs the account out everywhere.
email-undo-do = Put it back and sign out everywhere
email-undo-done = Done: your address is back, and everything is signed out. Sign in and choose a new password now.
email-undo-nothing = Open the link as it stands in the mail.
email-undo-on = Go to sign-in

## What a browser says it is

browser-on = { $browser } on { $system }
browser-unknown = Unknown browser

## Banners on the dashboard, by their code

message-kind-address_code = Code to confirm an address
message-kind-address_in_use = An address is in use already
message-kind-address_changed = The address was changed (to the old one)
message-kind-address_restored = The old address was put back (to both)
message-kind-recovery_codes_renewed = Recovery codes were replaced
message-kind-phone_lost = The phone was reported lost
message-kind-sign_in_code = Code to sign in
message-kind-step_up_code = Code to confirm a change
message-kind-reset = Forgotten password: code or link
message-kind-reset_pin = Forgotten password: PIN
message-kind-reset_pin_link = Forgotten password: PIN and link
message-kind-reset_without_code = Forgotten password: no code after too many wrong ones
message-kind-reset_elsewhere = Forgotten password: kept by another service
message-kind-password_reset = The password was reset
message-kind-password_changed = The password was changed
message-kind-factor_added = A factor was added
message-kind-factor_removed = A factor was removed
message-kind-recovery_code_used = A recovery code was used
message-kind-app_password_made = An app password was made
message-kind-unlocked = The unlock file was used
message-kind-trust_ended = Trust in a browser ended
message-kind-sessions_ended = An administrator ended sessions
message-kind-rule_changed = An administrator changed the rule
message-kind-passkey_copied = A passkey may have been copied
message-variable-code = The code
message-variable-pin = The PIN
message-variable-link = The link
message-variable-minutes = For how many minutes it is good
message-variable-hours = For how many hours it is good
message-variable-address = The e-mail address
message-variable-device = App and device, as they call themselves
message-variable-network = The network address
message-variable-left = How many are left
message-variable-user = The user's name
message-variable-server = The server's name
banner-gate_off = The gate is off: every sign-in is Jellyfin's own, and nobody is asked for a second factor.
banner-store_damaged = The store is damaged: whoever it concerns is refused. Run “Check the store” under Events; if it finds something, stop Jellyfin and put jellyward.db back from a back-up. It said:
banner-store_busy = Another program holds the store, so nothing could be written. Stop it, or keep it away from the data folder. It said:
banner-store_unwritable = The store cannot be used: the disk is full, or the data folder cannot be written to. Make room, or give the folder back to the user Jellyfin runs as; until then sign-ins are refused where something must be written. It said:
banner-broken = Somebody was refused lately because something is broken. Run “Check the store” under Events, and look into Jellyfin's log. The reason was:
banner-setting_damaged = A stored setting is not accepted; its default holds until it is saved again.
banner-mail_in_the_open = Mail is sent without encryption: anybody on the way can read codes and links. That is right only for a mail server on this machine.
banner-mail_fails = Mail does not get out. The tab “Mail” says what the server answered.
banner-no_public_url = Mails hold no links: the server does not know under which address people reach it. Say so under Settings, Pages, “Address of this server”.
banner-passkeys_do_not_fit = Passkeys are set up, but of no use: nobody can add or use one.
banner-no_password_list = The list of breached passwords is not there, cannot be read, or is no list made by “jellyward passwords compact”: new passwords are compared with the built-in list only.
banner-network_store = The data folder lies on a network file system. Jellyward works there under one exclusive lock, slower; a local disk is better.
banner-no_proxies_listed = Jellyfin knows of no reverse proxy. If none stands before it (nginx, Caddy, Traefik), all is well. If one does, enter its address in Jellyfin under Networking, “Known proxies”: until then everybody behind it looks alike, and limits by address do not hold for them.

## Why passkeys do or do not work in a browser, by the finding's code

passkey-finding-address_is_ip = You opened this page by an IP address; passkeys need a name. Open it by the server's host name.
passkey-finding-not_secure = This page is not encrypted; browsers offer passkeys only over https.
passkey-finding-not_configured = The owner has not set up passkeys yet.
passkey-finding-does_not_fit = Passkeys were set up here in a way that cannot work. Whoever runs this server has to change that.
passkey-finding-id_not_suffix = Passkeys were set up for another host name than the one you opened this page by. Open it there, or change the setting.
passkey-finding-origin_not_allowed = The host name fits, but this exact address, with its scheme and port, is not in the list of allowed addresses.
passkey-finding-browser_too_old = This browser does not know passkeys. Update it or use another.
passkey-finding-no_platform_authenticator = This device cannot hold a passkey itself; a phone or a security key still can.
passkey-finding-no_autofill = This browser does not offer passkeys in the name field; use the button.
passkey-finding-ready = Passkeys work here.

setting-reset-enabled-label = Passwords can be reset by mail
setting-reset-enabled-help = Whoever forgot the password gets a mail at the verified address. Needs a mail server. A second factor is asked for afterwards as ever.
setting-reset-message-label = What the mail holds
setting-reset-message-help = A code is typed into the page that asked; a link opens the page where the password is chosen. Links need the public address; without one, only the code is sent.
setting-reset-message-choice-both = A code and a link
setting-reset-message-choice-code = A code
setting-reset-message-choice-link = A link
setting-reset-dialog-label = Jellyfin's own “Forgot password” dialog
setting-reset-dialog-help = Apps show this dialog too. A link that makes the PIN the password leaves the account with a password that stood in a mail: prefer one of the others.
setting-reset-dialog-choice-pin = Mails a PIN that the dialog takes
setting-reset-dialog-choice-link = Mails a link to choose a password
setting-reset-dialog-choice-pinLink = Mails a link that makes a PIN the password
setting-reset-dialog-choice-stock = As Jellyfin does it: a file on the server
setting-reset-hide-stock-link-label = Show our “Forgot password?” link instead of Jellyfin's
setting-reset-hide-stock-link-help = On the sign-in page. Off shows both.
setting-reset-end-sessions-label = A reset signs the account out everywhere
setting-reset-end-sessions-help = Trusted browsers and app passwords end with any new password. Off leaves devices signed in that are signed in already.

## Forgotten passwords

page-forgot-title = Forgot your password?
page-reset-title = Choose a new password
problem-reset_gone = This code or link is not good any more: it was used, has expired, or something changed since. Ask for a new one.
problem-weak_password = This password will not do.
reset-dialog-look = No file this time: look into your e-mail, and do what it says there.
forgot-not-offered = Passwords cannot be reset here. Ask whoever runs this server.
forgot-lead = Say who you are. If there is such an account with a verified e-mail address, a mail goes there.
forgot-name-label = User name or e-mail address
forgot-send = Send the mail
forgot-back = Back to sign-in
forgot-sent-title = Look into your mail
forgot-sent-both = If we know you, a mail with a code and a link is on its way. Type the code here, or follow the link.
forgot-sent-code = If we know you, a mail with a code is on its way. Type the code here.
forgot-sent-link = If we know you, a mail with a link is on its way. Follow it to choose a new password.
forgot-sent-hint = It can take a minute. If nothing comes, look into the spam folder, or ask whoever runs this server.
forgot-again = Ask again
forgot-tries-left =
    { $count ->
        [0] Ask for another one.
        [one] { $count } try left.
       *[other] { $count } tries left.
    }
forgot-code-label = Code from the mail
reset-new-label = New password
reset-hint = Long is good: a few words that nobody would put together. Spaces are fine.
reset-set = Set the password
reset-done-title = Done
reset-done = Your new password is set. You were signed out elsewhere, and a second factor is asked for as ever.
reset-sign-in = Sign in
reset-lead = With this password you sign in from now on.
reset-pin-lead = Press the button, and you get a password for now. You choose your own at the next sign-in.
reset-pin-press = Give me a password
reset-pin-done = Your password for now is this. Write it down, sign in with it, and choose your own.
login-forgot = Forgot password?
reset-choose-title = Choose a password of your own
reset-choose-lead = You signed in with a PIN that came by mail. Replace it, and you are in.
dashboard-reset = Reset password
dashboard-reset-many =
    { $count ->
        [one] Reset the password of one chosen user
       *[other] Reset the passwords of { $count } chosen users
    }
dashboard-choose = Choose { $name }
dashboard-reset-of = New password for { $name }
dashboard-reset-lead = The old password works until a new one is chosen. A second factor is asked for afterwards as ever.
dashboard-reset-by-mail = Send a mail
dashboard-reset-by-link = Make a link to hand over
dashboard-reset-mailed = A mail is on its way.
dashboard-reset-link = This link works once, for 24 hours. Whoever has it chooses the password.
dashboard-preset = Fill in for a provider
dashboard-preset-none = Choose one
preset-gmail-label = Gmail
preset-gmail-note = The user name is the whole address. Google takes no account password from programs: switch 2-Step Verification on and make an app password.
preset-outlook-label = Outlook, Microsoft 365
preset-outlook-note = Works where the organisation allows authenticated SMTP for the mailbox. Microsoft takes no passwords from programs for personal Outlook.com accounts: use another provider for those.
preset-fastmail-label = Fastmail
preset-fastmail-note = The user name is the whole address, the password an app password with access to SMTP.
preset-proton-label = Proton Mail Bridge on this machine
preset-proton-note = User name and password are the bridge's, not the account's. Export the bridge's certificate and paste it under “Trust only these authorities”.
preset-generic-label = Another provider
preset-generic-note = Your provider says which server, port and password to use. Port 587 or 465; 25 is for servers among themselves.
