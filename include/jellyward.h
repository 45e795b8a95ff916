/*
 Jellyward's C ABI: a second factor for Jellyfin, and its parts for any other program.

 Two groups of functions. The mechanisms (`jw_totp_*`, `jw_recovery_*`, `jw_passkey_*`, `jw_password_*`,
 `jw_token_*`, `jw_cookie_*`, `jw_smtp_*`) keep no state. The engine (`jw_engine_*`) is the whole product: opened on a folder, asked
 about each sign-in and request, closed.

 Failing. Fallible calls return `jw_status`; 0 is success. Outputs are written on success only. `jw_last_error` tells
 this thread's last failure in one English line. A panic never leaves the library: it becomes `JW_STATUS_PANIC`.

 Inputs are borrowed for the call: `jw_view` is a pointer and a length, null is legal when the length is 0. Text is
 UTF-8, documents are JSON; both are checked, and sizes are capped before anything is done with them. Host tables,
 parameters and outputs must be aligned as C aligns them; null or misaligned ones are refused.

 Outputs. A `jw_buffer` that a call has filled belongs to the caller, who gives it back with `jw_buffer_free`, which
 zeroes the bytes and the struct. No other deallocator may touch it. Outputs may be uninitialised before the call.

 Engines are numbers, not addresses. A closed, foreign or invented handle is refused with `JW_STATUS_CLOSED`.
 `jw_engine_close` refuses new calls at once and waits at most 5 seconds for those in flight; then everything is freed
 and the store's lock released, or `JW_STATUS_BUSY` is returned and nothing is freed: call it again. From inside a
 callback of the same engine it is refused. An engine that is never closed keeps its store locked until the process ends.

 Threads. Every function may be called from any thread, at the same time, also on one engine. Callbacks come only on
 the thread that called the engine, while it is calling; `log` may come on any thread. A callback may call the engine
 again, also on the engine it was called by, and another thread may while it runs: no lock and no transaction is held
 across a callback.

 Blocking. `jw_engine_owns`, `jw_engine_watched` and `jw_engine_index` never wait and never call back. All others wait
 for the disk and take as long as the callbacks they make: `jw_engine_open` and `jw_engine_event` usually milliseconds,
 `jw_engine_action`, `jw_engine_login` and `jw_engine_http` as long as the host checks or sets a password.
 Whoever must not wait calls them on a thread that may. `jw_engine_close` has its 5 seconds. `jw_password_hash` and
 `jw_password_verify` take a tenth of a second and, while they run, 19 MiB. `jw_smtp_send` takes as long as its deadline
 lets it.

 How a host hands bytes back. A callback that answers with a document is given a `jw_reply*` and calls
 `jw_reply_write` once, on its own thread, before it returns; the bytes are copied, so they stay the host's. It then
 returns `JW_STATUS_OK`. Any other value means that it could not answer; what it wrote is ignored. A callback must not
 throw or jump past the library. Callbacks and `ctx` must stay valid until `jw_engine_close` has returned
 `JW_STATUS_OK`.

 Growing. `jw_host` begins with its own size, so that fields can be appended; numbers of statuses are never reused;
 anything else that changes raises `JW_ABI_VERSION`, which a program compares with `jw_abi_version()` after loading.
*/

#ifndef JELLYWARD_H
#define JELLYWARD_H

/* Generated from src/ffi. Do not edit; `UPDATE=1 cargo test --test bindings` writes it anew. */

#include <stddef.h>
#include <stdint.h>

/*
 The ABI revision this header describes. Compare with `jw_abi_version()` after loading.
 */
#define JW_ABI_VERSION 1

/*
 `jw_totp_parameters.algorithm`: HMAC-SHA-1, which every app knows.
 */
#define JW_TOTP_SHA1 0

/*
 `jw_totp_parameters.algorithm`: HMAC-SHA-256.
 */
#define JW_TOTP_SHA256 1

/*
 `jw_totp_parameters.algorithm`: HMAC-SHA-512.
 */
#define JW_TOTP_SHA512 2

/*
 What `jw_totp_check` stores for a wrong code.
 */
#define JW_TOTP_WRONG -1

/*
 Outcome of every fallible `jw_*` call, in ranges by layer. Numbers are never reused.

 A callback answers `JW_STATUS_OK` or any other value; any other value means that it failed.
 */
enum jw_status
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  /*
   The call succeeded; outputs are written.
   */
  JW_STATUS_OK = 0,
  /*
   A pointer is null or misaligned, or a value is out of range.
   */
  JW_STATUS_INVALID_ARGUMENT = 1,
  /*
   Text is not UTF-8.
   */
  JW_STATUS_NOT_UTF8 = 2,
  /*
   An input is longer than this call takes.
   */
  JW_STATUS_TOO_LARGE = 3,
  /*
   A document is not the JSON that is expected here.
   */
  JW_STATUS_BAD_JSON = 4,
  /*
   The operating system gave no random bytes.
   */
  JW_STATUS_NO_RANDOMNESS = 5,
  /*
   The response of a passkey proves nothing: forged, stale, or for somebody else.
   */
  JW_STATUS_REFUSED = 6,
  /*
   The passkey may have been copied: its counter did not go up. It proves nothing.
   */
  JW_STATUS_POSSIBLE_CLONE = 7,
  /*
   The handle is closed, being closed, or was never given out by this library.
   */
  JW_STATUS_CLOSED = 20,
  /*
   Calls are still inside the engine; nothing was freed. Close again later.
   */
  JW_STATUS_BUSY = 21,
  /*
   Not possible from inside a callback of this engine.
   */
  JW_STATUS_IN_CALLBACK = 22,
  /*
   Another process, or another engine, has the store.
   */
  JW_STATUS_STORE_LOCKED = 40,
  /*
   The store is not readable as a database.
   */
  JW_STATUS_STORE_DAMAGED = 41,
  /*
   The master key is missing, exposed, malformed or another one.
   */
  JW_STATUS_KEY = 42,
  /*
   The store was written by a newer version.
   */
  JW_STATUS_STORE_NEWER = 43,
  /*
   A file or folder cannot be read or written.
   */
  JW_STATUS_INPUT_OUTPUT = 44,
  /*
   Accounts were protected, and the store is gone.
   */
  JW_STATUS_STORE_MISSING = 45,
  /*
   The settings fixed by file or environment are wrong.
   */
  JW_STATUS_SETTINGS = 46,
  /*
   For callbacks: the host could not answer.
   */
  JW_STATUS_HOST = 60,
  /*
   The library panicked; the call had no effect. Please report it.
   */
  JW_STATUS_PANIC = 90,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum jw_status jw_status;
#else
typedef int32_t jw_status;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/*
 Where a callback puts its answer, with `jw_reply_write`. Good until the callback returns, on its thread.
 */
typedef struct jw_reply jw_reply;

/*
 Bytes owned by this library. Release with `jw_buffer_free`.
 */
typedef struct jw_buffer {
  /*
   First byte; null when there are none.
   */
  uint8_t *ptr;
  /*
   Number of bytes.
   */
  size_t len;
} jw_buffer;

/*
 Borrowed bytes; the library keeps no pointer to them after the call. `ptr` may be null when `len` is zero.
 */
typedef struct jw_view {
  /*
   First byte.
   */
  const uint8_t *ptr;
  /*
   Number of bytes.
   */
  size_t len;
} jw_view;

/*
 What the host lends to an engine. The table is copied; every callback is required.

 Fields will only ever be appended. Documents are UTF-8 JSON.
 */
typedef struct jw_host {
  /*
   `sizeof(jw_host)` as the host was compiled.
   */
  size_t size;
  /*
   Handed back untouched to every callback.
   */
  void *ctx;
  /*
   Looks a user up. `query`: `{"query":{"name":"…"}}` or `{"query":{"id":"…"}}`, with `"remote"`: the address or
   null. Reply: the user's facts, or `null`.
   */
  jw_status (*find_user)(void *ctx, struct jw_view query, struct jw_reply *reply);
  /*
   Reply: an array of the facts of every user.
   */
  jw_status (*list_users)(void *ctx, struct jw_reply *reply);
  /*
   Checks a password exactly once. `request`: `{"name":"…","remote":"…","session":true}`; with `session` a right
   password ends in a session at once, and the login may be dated with the check. Reply:
   `{"right":` the user's facts `}` if the user may also enter now, `"wrong"` or `"denied"`.
   */
  jw_status (*check_password)(void *ctx, struct jw_view request, struct jw_view password, struct jw_reply *reply);
  /*
   Makes a session and keeps it in the call's context; `"dated"`: the check has dated the login. Reply: `{"tokenHash":"<64 hexadecimal digits>"}` or
   `{"refused":"why"}`.
   */
  jw_status (*mint)(void *ctx, struct jw_view request, struct jw_reply *reply);
  /*
   The sessions of one user, or of all. `request`: `{"user":"<id>"}` or `{"user":null}`. Reply: an array of
   `{"tokenHash","user","app","version","deviceId","deviceName","remote","createdAt","lastSeenAt"}`.
   */
  jw_status (*list_sessions)(void *ctx, struct jw_view request, struct jw_reply *reply);
  /*
   Ends sessions of one user. `request`: `{"user":"<id>","tokenHashes":["…"]}`. Reply: how many were ended.
   */
  jw_status (*end_sessions)(void *ctx, struct jw_view request, struct jw_reply *reply);
  /*
   Remembers outside the store that accounts are protected (1) or no longer are (0).
   */
  jw_status (*set_armed)(void *ctx, uint8_t armed);
  /*
   Writes a line to the host's log. `level`: 0 information, 1 warning, 2 error. May come on any thread.
   */
  void (*log)(void *ctx, int32_t level, struct jw_view line);
  /*
   Sets a user's password. `request`: `{"user":"<id>"}`. The host tells of it by the event `passwordChanged`, as of
   every changed password.
   */
  jw_status (*set_password)(void *ctx, struct jw_view request, struct jw_view password);
} jw_host;

/*
 An engine: a number, not an address. A closed or invented one is refused, never followed.
 */
typedef uint64_t jw_handle;

/*
 What an authenticator app and the server must agree on beside the secret.
 */
typedef struct jw_totp_parameters {
  /*
   `JW_TOTP_SHA1`, `JW_TOTP_SHA256` or `JW_TOTP_SHA512`.
   */
  uint32_t algorithm;
  /*
   Digits of a code: 6 to 8.
   */
  uint32_t digits;
  /*
   Seconds a step lasts: 10 to 300.
   */
  uint32_t period;
} jw_totp_parameters;

/*
 For whom passkeys are made, and where they may be used. Borrowed for the call.
 */
typedef struct jw_relying_party {
  /*
   A host name in lower case, without scheme, port and path. Passkeys work for no other, so it must not change.
   */
  struct jw_view id;
  /*
   Shown by browsers.
   */
  struct jw_view name;
  /*
   JSON: the origins of the pages, as in `["https://media.example.org"]`, each at the id or below it.
   */
  struct jw_view origins;
} jw_relying_party;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/*
 The ABI revision of the loaded library.
 */
uint32_t jw_abi_version(void);

/*
 Stores one English line in `*dst` that says why the last failed call on this thread failed. For logs.
 */
jw_status jw_last_error(struct jw_buffer *dst);

/*
 Zeroes and frees the bytes, then zeroes the struct: a second call is harmless. Null is ignored.
 */
void jw_buffer_free(struct jw_buffer *buffer);

/*
 Hands a callback's answer over. Copies `bytes`; may be called once per callback, before it returns, on its thread.
 */
jw_status jw_reply_write(struct jw_reply *reply, struct jw_view bytes);

/*
 Opens an engine on the folder that `options` names and stores its handle in `*dst`.

 `options`: `{"data":"<folder>","serverId":"…","armed":false}`. The host table is copied; its callbacks may be called
 before this returns.
 */
jw_status jw_engine_open(struct jw_view options, const struct jw_host *host, jw_handle *dst);

/*
 Closes an engine: new calls are refused at once, calls in flight are waited for, at most 5 seconds; then the store
 is closed and its lock released before this returns.

 `JW_STATUS_BUSY`: calls were still inside; nothing was freed, close again. `JW_STATUS_IN_CALLBACK`: called from a
 callback of this engine; it stays open.
 */
jw_status jw_engine_close(jw_handle engine);

/*
 Decides one attempt to be given a session and stores the verdict in `*dst`. Blocks for one password check.
 */
jw_status jw_engine_login(jw_handle engine, struct jw_view attempt, struct jw_view password, struct jw_buffer *dst);

/*
 Does the engine answer this path, and how large a body does it take there? Never blocks.
 */
jw_status jw_engine_owns(jw_handle engine, struct jw_view path, struct jw_buffer *dst);

/*
 Answers one HTTP request. Stores `{"status":…,"headers":[["…","…"]],"session":…}` in `*head` and the body's bytes in
 `*content`. With `"session":true` the body is the session that `mint` left with the host, and `*content` is empty.
 */
jw_status jw_engine_http(jw_handle engine,
                         struct jw_view request,
                         struct jw_view body,
                         struct jw_buffer *head,
                         struct jw_buffer *content);

/*
 Stores in `*dst` the calls of the host's own that `jw_engine_action` wants to see, each with the texts of its body
 that have to be told: `{"User.ForgotPassword":["enteredUsername"],"User.UpdateUserPassword":[],…}`. It does not change
 while the engine is open.
 */
jw_status jw_engine_watched(jw_handle engine,
                            struct jw_buffer *dst);

/*
 May the host run this call of its own? Stores `{"pass":true}`, or with `"pass":false` the `"status"`, `"headers"` and
 JSON `"body"` to answer instead. Asked before the call runs. May call back, and write.
 */
jw_status jw_engine_action(jw_handle engine, struct jw_view action, struct jw_buffer *dst);

/*
 Puts the script into Jellyfin's `index.html` and stores the new bytes in `*dst`.
 */
jw_status jw_engine_index(jw_handle engine, struct jw_view html, struct jw_buffer *dst);

/*
 Tells the engine what happened in Jellyfin. `event`: `{"event":"passwordChanged","userId":"…"}`, likewise
 `userCreated`, `userUpdated` and `userDeleted`; `{"event":"serverStarted"}` once users and sessions can be listed;
 `{"event":"quickConnectStarted","code":"…","app":"…","version":"…","deviceId":"…","deviceName":"…","remote":"…"}` when a
 device was given a code to show. May call back, and write.
 */
jw_status jw_engine_event(jw_handle engine,
                          struct jw_view event);

/*
 Stores a new secret in `*dst`: 20 random bytes.
 */
jw_status jw_totp_secret(struct jw_buffer *dst);

/*
 Stores a secret as base32 without padding in `*dst`, for typing it into an app by hand.
 */
jw_status jw_totp_secret_text(struct jw_view secret, struct jw_buffer *dst);

/*
 Stores in `*step` the number of the time step whose code this is, or `JW_TOTP_WRONG`.

 The step before and the step after `now` (seconds since 1970) count too; blanks in the code do not. A step must be
 accepted once only: keep the last one, and refuse what is not greater. Null parameters: SHA-1, 6 digits, 30 seconds.
 */
jw_status jw_totp_check(struct jw_view secret,
                        const struct jw_totp_parameters *parameters,
                        struct jw_view code,
                        int64_t now,
                        int64_t *step);

/*
 Stores the `otpauth://` address in `*dst` that an app reads from a QR code. It holds the secret.
 */
jw_status jw_totp_uri(struct jw_view secret,
                      const struct jw_totp_parameters *parameters,
                      struct jw_view issuer,
                      struct jw_view account,
                      struct jw_buffer *dst);

/*
 Draws `text`, at most 1024 bytes, as a QR code and stores the SVG in `*dst`.
 */
jw_status jw_totp_qr(struct jw_view text, struct jw_buffer *dst);

/*
 Stores ten new codes in `*dst`, one to a line, each as `xxxx-xxxx-xxxx-xxxx`. Show them once; store their hashes.
 */
jw_status jw_recovery_generate(struct jw_buffer *dst);

/*
 Stores the 16 symbols behind what was typed in `*dst`; nothing (length 0) when it is not a code.

 Case, blanks and dashes do not matter; O counts as 0, I and L as 1.
 */
jw_status jw_recovery_normalise(struct jw_view typed, struct jw_buffer *dst);

/*
 Stores in `*dst` the 32 bytes to keep of a code: HMAC-SHA-256 under `key` (32 bytes), bound to `account` (16 bytes).

 `normalised`: what `jw_recovery_normalise` gave. Equal codes of one account have equal hashes: look it up, delete it.
 */
jw_status jw_recovery_hash(struct jw_view key,
                           struct jw_view account,
                           struct jw_view normalised,
                           struct jw_buffer *dst);

/*
 Begins a registration. Stores the options for `navigator.credentials.create` in `*options` and what to keep on the
 server, for 10 minutes at most, in `*state`.

 `request`: `{"userHandle":"…","name":"…","displayName":"…","existing":["…"],"verification":"preferred"}`, or
 `"required"`. Handle and ids are base64url; `existing` are the ids of the account's passkeys.
 */
jw_status jw_passkey_register_begin(const struct jw_relying_party *relying_party,
                                    struct jw_view request,
                                    struct jw_buffer *options,
                                    struct jw_buffer *state);

/*
 Stores the new passkey in `*credential` if `response`, the browser's `PublicKeyCredential.toJSON()`, answers `state`.

 Remove the state before you call this, so that it is used once. Refuse a credential whose `id` any account has.
 */
jw_status jw_passkey_register_finish(const struct jw_relying_party *relying_party,
                                     struct jw_view state,
                                     struct jw_view response,
                                     struct jw_buffer *credential);

/*
 Begins an assertion. Stores the options for `navigator.credentials.get` in `*options` and what to keep on the server,
 for 10 minutes at most, in `*state`.

 `request`: `{"allowed":[<credential>],"verification":"required"}`, or `"preferred"`. Allowed are the credentials of
 the account whose password was right; none, as long as nobody proved to be anybody.
 */
jw_status jw_passkey_assert_begin(const struct jw_relying_party *relying_party,
                                  struct jw_view request,
                                  struct jw_buffer *options,
                                  struct jw_buffer *state);

/*
 Stores the id, as bytes, of the passkey that made `response` in `*dst`, for finding it. Proves nothing.
 */
jw_status jw_passkey_credential_id(struct jw_view response, struct jw_buffer *dst);

/*
 Stores what `response`, the browser's `PublicKeyCredential.toJSON()`, proves in `*asserted` if it answers `state`
 with `credential`: `{"userHandle":"…","credentialId":"…","counter":2,"backupState":false,"userVerified":true}`.

 Remove the state before you call this. Store counter and backup state in the credential before you grant anything.
 `JW_STATUS_REFUSED`: it proves nothing. `JW_STATUS_POSSIBLE_CLONE`: nor does this, and somebody should be told.
 */
jw_status jw_passkey_assert_finish(const struct jw_relying_party *relying_party,
                                   struct jw_view state,
                                   struct jw_view response,
                                   struct jw_view credential,
                                   struct jw_buffer *asserted);

/*
 Hashes a password with Argon2id (19 MiB, 2 passes) and stores the PHC string in `*dst`.
 */
jw_status jw_password_hash(struct jw_view password, struct jw_buffer *dst);

/*
 Stores 1 in `*right` when this is the password behind an Argon2 PHC string, else 0.
 */
jw_status jw_password_verify(struct jw_view password, struct jw_view stored, uint8_t *right);

/*
 Stores 1 in `*right` when this is the password behind a hash as Jellyfin stores it, else 0.

 `$PBKDF2-SHA512$iterations=…$SALT$HASH`, or the older `$PBKDF2$…` (SHA-1).
 */
jw_status jw_password_verify_jellyfin(struct jw_view password, struct jw_view stored, uint8_t *right);

/*
 Estimates how hard a password is to guess and stores `{"score":0,"hints":["add_words","popular"]}` in `*dst`.

 The score goes from 0, guessed at once, to 4; docs/http-api.md tells what the hints mean. `about` is a JSON list of
 names and addresses that others know of its owner, or empty.
 */
jw_status jw_password_strength(struct jw_view password, struct jw_view about, struct jw_buffer *dst);

/*
 Stores a new token in `*dst`: 256 random bits as 43 characters of base64url. Hand it out, store its hash.
 */
jw_status jw_token_generate(struct jw_buffer *dst);

/*
 Stores in `*dst` the 32 bytes to keep of a token: SHA-256 of its text.
 */
jw_status jw_token_hash(struct jw_view token, struct jw_buffer *dst);

/*
 Signs 1 to 1024 bytes and stores the value, text that any cookie can hold, in `*dst`. Signed is not sealed: whoever
 has the value can read the payload.

 `master`: 32 secret bytes, from which the key of this `purpose` (text, say "trusted browser") and `key_id` is derived.
 The value holds until just before `expires_at` (seconds since 1970).
 */
jw_status jw_cookie_sign(struct jw_view master,
                         uint32_t key_id,
                         struct jw_view purpose,
                         struct jw_view payload,
                         int64_t expires_at,
                         struct jw_buffer *dst);

/*
 Stores the payload in `*dst`, or nothing (length 0) when the value is not ours, was changed, is for another purpose,
 has expired, or was signed by a key that is not among `oldest_key_id` to `newest_key_id`.

 To rotate, sign with the next id and accept the older ones until everything they signed has expired: nobody is
 signed out. After a change of `master`, check with the new one first, then with the old.
 */
jw_status jw_cookie_check(struct jw_view master,
                          uint32_t oldest_key_id,
                          uint32_t newest_key_id,
                          struct jw_view purpose,
                          struct jw_view value,
                          int64_t now,
                          struct jw_buffer *dst);

/*
 Sends one mail to one person, now, and stores in `*dst` what came of it: `{"sent":true}`, or
 `{"sent":false,"cause":"login","permanent":true,"detail":"…"}`. That a server refuses is an answer, not a failure.

 `server`: `{"host":"smtp.example.org","port":587,"security":"starttls","user":"…","authorities":"<PEM>",
 "deadlineSeconds":30,"from":{"address":"tv@example.org","name":"…"}}`; security is `starttls`, `tls` or `none`, and
 never less than asked for; user (none: no login), authorities (none: those the machine trusts), deadline and name may
 be left out. `mail`: `{"to":"…","subject":"…","text":"…","html":"…"}`, html may be left out.

 `cause`: `name_not_found`, `refused`, `tls`, `login`, `sender_rejected`, `recipient_rejected`, `timed_out` or `other`;
 `permanent`: the same mail will be refused again; `detail` is for a log and holds no secret. Blocks until the deadline
 at most.
 */
jw_status jw_smtp_send(struct jw_view server, struct jw_view password, struct jw_view mail, struct jw_buffer *dst);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* JELLYWARD_H */
