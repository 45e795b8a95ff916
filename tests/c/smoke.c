/* Every function once as it is meant, and then as it is not. argv[1]: an empty folder. */
#include "check.h"

static const uint8_t SECRET[20] = {'1', '2', '3', '4', '5', '6', '7', '8', '9', '0',
                                   '1', '2', '3', '4', '5', '6', '7', '8', '9', '0'};

static void totp(void) {
  jw_view secret = over(SECRET, sizeof SECRET);
  int64_t step = 77;
  /* RFC 4226, appendix D, counts 1 and 2; RFC 6238, appendix B. */
  CHECK(jw_totp_check(secret, NULL, text("287082"), 59, &step) == JW_STATUS_OK && step == 1);
  CHECK(jw_totp_check(secret, NULL, text("359 152"), 59, &step) == JW_STATUS_OK && step == 2);
  CHECK(jw_totp_check(secret, NULL, text("755225"), 59, &step) == JW_STATUS_OK && step == JW_TOTP_WRONG);
  jw_totp_parameters eight = {JW_TOTP_SHA1, 8, 30};
  CHECK(jw_totp_check(secret, &eight, text("94287082"), 59, &step) == JW_STATUS_OK && step == 1);
  step = 77;
  eight.algorithm = 3;
  CHECK(jw_totp_check(secret, &eight, text("94287082"), 59, &step) == JW_STATUS_INVALID_ARGUMENT && step == 77);
  eight.algorithm = JW_TOTP_SHA512;
  eight.digits = 262;
  CHECK(jw_totp_check(secret, &eight, text("94287082"), 59, &step) == JW_STATUS_INVALID_ARGUMENT && step == 77);
  CHECK(jw_totp_check(over(SECRET, 15), NULL, text("0"), 59, &step) == JW_STATUS_INVALID_ARGUMENT);
  CHECK(jw_totp_check(secret, NULL, text("0"), 59, NULL) == JW_STATUS_INVALID_ARGUMENT);
  CHECK(jw_totp_check(secret, NULL, over("\xff\xfe", 2), 59, &step) == JW_STATUS_NOT_UTF8);
  CHECK(jw_totp_check(secret, NULL, over(NULL, 6), 59, &step) == JW_STATUS_INVALID_ARGUMENT);
  CHECK(jw_totp_check(secret, NULL, over("x", (size_t)-1), 59, &step) == JW_STATUS_TOO_LARGE && step == 77);

  jw_buffer made, letters, address, picture;
  CHECK(jw_totp_secret(&made) == JW_STATUS_OK && made.len == 20);
  CHECK(jw_totp_secret_text(of(&made), &letters) == JW_STATUS_OK && letters.len == 32);
  CHECK(jw_totp_uri(of(&made), NULL, text("Jelly:ward"), text("alice"), &address) == JW_STATUS_OK);
  CHECK(has(of(&address), "otpauth://totp/Jelly-ward:alice?"));
  CHECK(jw_totp_qr(of(&address), &picture) == JW_STATUS_OK && has(of(&picture), "viewBox"));
  jw_buffer_free(&made);
  jw_buffer_free(&letters);
  jw_buffer_free(&address);
  jw_buffer_free(&picture);
}

static void recovery(void) {
  jw_buffer codes, first, again, none, hash, other;
  uint8_t key[32] = {1}, account[16] = {2};
  CHECK(jw_recovery_generate(&codes) == JW_STATUS_OK && codes.len == 10 * 20);
  CHECK(jw_recovery_normalise(over(codes.ptr, 19), &first) == JW_STATUS_OK && first.len == 16);
  CHECK(jw_recovery_normalise(text("OI23 4567\xe2\x80\x93""89ab-CDEF"), &again) == JW_STATUS_OK);
  CHECK(again.len == 16 && memcmp(again.ptr, "0123456789abcdef", 16) == 0);
  CHECK(jw_recovery_normalise(text("hello"), &none) == JW_STATUS_OK && none.len == 0 && none.ptr == NULL);
  CHECK(jw_recovery_hash(over(key, 32), over(account, 16), of(&first), &hash) == JW_STATUS_OK && hash.len == 32);
  CHECK(jw_recovery_hash(over(key, 32), over(account, 16), of(&again), &other) == JW_STATUS_OK);
  CHECK(memcmp(hash.ptr, other.ptr, 32) != 0);
  CHECK(jw_recovery_hash(over(key, 31), over(account, 16), of(&first), &none) == JW_STATUS_INVALID_ARGUMENT);
  CHECK(jw_recovery_hash(over(key, 32), over(account, 15), of(&first), &none) == JW_STATUS_INVALID_ARGUMENT);
  CHECK(jw_recovery_hash(over(key, 32), over(account, 16), over(codes.ptr, 16), &none) == JW_STATUS_INVALID_ARGUMENT);
  jw_buffer_free(&codes);
  jw_buffer_free(&first);
  jw_buffer_free(&again);
  jw_buffer_free(&none);
  jw_buffer_free(&hash);
  jw_buffer_free(&other);
}

static void passwords_and_tokens(void) {
  jw_buffer stored, strength, token, hash;
  uint8_t right = 7;
  CHECK(jw_password_hash(text("p\xc3\xa4ss"), &stored) == JW_STATUS_OK && has(of(&stored), "$argon2id$"));
  CHECK(jw_password_verify(text("p\xc3\xa4ss"), of(&stored), &right) == JW_STATUS_OK && right == 1);
  CHECK(jw_password_verify(text("pass"), of(&stored), &right) == JW_STATUS_OK && right == 0);
  CHECK(jw_password_verify(text("pass"), text("plain"), &right) == JW_STATUS_INVALID_ARGUMENT);
  /* RFC 6070's "password" and "salt" with 2 rounds; 32 bytes as Jellyfin kept them. */
  jw_view old = text("$PBKDF2$iterations=2$73616C74$"
                     "EA6C014DC72D6F8CCD1ED92ACE1D41F0D8DE8957CAE93136266537A8D7BF4B76");
  CHECK(jw_password_verify_jellyfin(text("password"), old, &right) == JW_STATUS_OK && right == 1);
  CHECK(jw_password_verify_jellyfin(text("Password"), old, &right) == JW_STATUS_OK && right == 0);
  CHECK(jw_password_strength(text("alice1987"), text("[\"alice\"]"), &strength) == JW_STATUS_OK);
  CHECK(has(of(&strength), "\"score\":1") && has(of(&strength), "about_you"));
  CHECK(jw_password_strength(text("alice1987"), text("alice"), &hash) == JW_STATUS_INVALID_ARGUMENT);
  CHECK(jw_token_generate(&token) == JW_STATUS_OK && token.len == 43);
  CHECK(jw_token_hash(of(&token), &hash) == JW_STATUS_OK && hash.len == 32);
  jw_buffer_free(&stored);
  jw_buffer_free(&strength);
  jw_buffer_free(&token);
  jw_buffer_free(&hash);
}

static void cookies(void) {
  static const uint8_t MASTER[32] = {1}, OTHER[32] = {2};
  jw_view master = over(MASTER, 32), purpose = text("sign-in");
  jw_buffer value, payload, none;
  CHECK(jw_cookie_sign(master, 7, purpose, over("a\0b", 3), 1000, &value) == JW_STATUS_OK && value.len > 3);
  CHECK(jw_cookie_check(master, 6, 8, purpose, of(&value), 999, &payload) == JW_STATUS_OK);
  CHECK(payload.len == 3 && memcmp(payload.ptr, "a\0b", 3) == 0);
  jw_buffer_free(&payload);
#define REFUSED(key, from, to, use, what, now) \
  CHECK(jw_cookie_check(key, from, to, use, what, now, &none) == JW_STATUS_OK && none.len == 0 && none.ptr == NULL)
  REFUSED(master, 6, 8, purpose, of(&value), 1000);
  REFUSED(master, 8, 9, purpose, of(&value), 999);
  REFUSED(master, 9, 8, purpose, of(&value), 999);
  REFUSED(master, 6, 8, text("sign-up"), of(&value), 999);
  REFUSED(over(OTHER, 32), 6, 8, purpose, of(&value), 999);
  REFUSED(master, 6, 8, purpose, over(value.ptr, value.len - 1), 999);
  REFUSED(master, 6, 8, purpose, over("\xff\xfe", 2), 999);
  REFUSED(master, 6, 8, purpose, over(NULL, 0), 999);
  value.ptr[value.len / 2] ^= 1;
  REFUSED(master, 6, 8, purpose, of(&value), 999);
#undef REFUSED
  jw_buffer_free(&value);
  none.len = 9;
  CHECK(jw_cookie_sign(over(MASTER, 31), 7, purpose, text("x"), 1000, &none) == JW_STATUS_INVALID_ARGUMENT);
  CHECK(jw_cookie_sign(master, 7, text(""), text("x"), 1000, &none) == JW_STATUS_INVALID_ARGUMENT);
  CHECK(jw_cookie_sign(master, 7, over("\xff", 1), text("x"), 1000, &none) == JW_STATUS_NOT_UTF8);
  CHECK(jw_cookie_sign(master, 7, purpose, text(""), 1000, &none) == JW_STATUS_INVALID_ARGUMENT);
  CHECK(jw_cookie_sign(master, 7, purpose, over(MASTER, SIZE_MAX), 1000, &none) == JW_STATUS_TOO_LARGE);
  CHECK(jw_cookie_check(master, 0, 9, purpose, over("x", SIZE_MAX), 0, &none) == JW_STATUS_TOO_LARGE);
  CHECK(jw_cookie_check(master, 0, 9, purpose, text("x"), 0, NULL) == JW_STATUS_INVALID_ARGUMENT && none.len == 9);
}

/* What a host knows while it is being asked. */
struct during {
  jw_handle engine;
  jw_reply *kept;
  int checks;
};

static jw_status check_and_reenter(void *ctx, jw_view request, jw_view password, jw_reply *reply) {
  struct during *during = (struct during *)ctx;
  during->checks++;
  during->kept = reply;
  /* The engine can be asked again from here; only closing it cannot be meant. */
  jw_buffer owns;
  CHECK(jw_engine_owns(during->engine, text("/Jellyward/"), &owns) == JW_STATUS_OK);
  jw_buffer_free(&owns);
  jw_view changed = text("{\"event\":\"userCreated\",\"userId\":\"" ALICE "\"}");
  CHECK(jw_engine_event(during->engine, changed) == JW_STATUS_OK);
  CHECK(jw_engine_close(during->engine) == JW_STATUS_IN_CALLBACK);
  jw_status status = check_alice(ctx, request, password, reply);
  CHECK(jw_reply_write(reply, text("\"wrong\"")) == JW_STATUS_INVALID_ARGUMENT);
  return status;
}

static jw_status fail(void *ctx, jw_view request, jw_reply *reply) {
  (void)ctx;
  (void)request;
  CHECK(jw_reply_write(reply, text(SESSION)) == JW_STATUS_OK);
  return -12345;
}

static void sign_in(const char *folder) {
  char room[600];
  struct during during = {0, NULL, 0};
  jw_host host = host_with_alice(&during);
  host.check_password = check_and_reenter;
  jw_buffer verdict, head, content;
  CHECK(jw_engine_open(options_for(room, sizeof room, folder, ""), &host, &during.engine) == JW_STATUS_OK);
  CHECK(during.engine != 0);

  CHECK(jw_engine_login(during.engine, text(ATTEMPT), text("secret"), &verdict) == JW_STATUS_OK);
  CHECK(has(of(&verdict), "\"outcome\":\"allow\"") && has(of(&verdict), "\"session\":true") && during.checks == 1);
  jw_buffer_free(&verdict);
  CHECK(jw_reply_write(during.kept, text("late")) == JW_STATUS_INVALID_ARGUMENT);
  CHECK(jw_engine_login(during.engine, text(ATTEMPT), text("guess"), &verdict) == JW_STATUS_OK);
  CHECK(has(of(&verdict), "\"outcome\":\"refuse\"") && has(of(&verdict), "\"session\":false") && during.checks == 2);
  jw_buffer_free(&verdict);

  jw_view page = text("{\"method\":\"GET\",\"path\":\"/Jellyward/Login\"}");
  CHECK(jw_engine_http(during.engine, page, over(NULL, 0), &head, &content) == JW_STATUS_OK);
  CHECK(has(of(&head), "\"status\":200") && has(of(&head), "\"session\":false") && has(of(&content), "<html"));
  jw_buffer_free(&head);
  jw_buffer_free(&content);
  CHECK(jw_engine_index(during.engine, text("<html><head></head></html>"), &content) == JW_STATUS_OK);
  CHECK(has(of(&content), "<script"));
  jw_buffer_free(&content);

  jw_view forgot = text("{\"action\":\"User.ForgotPassword\",\"arguments\":{\"enteredUsername\":\"alice\"}}");
  CHECK(jw_engine_watched(during.engine, &content) == JW_STATUS_OK);
  CHECK(has(of(&content), "\"User.ForgotPassword\":[\"enteredUsername\"]") && has(of(&content), "\"User.UpdateUserPassword\":[]"));
  jw_buffer_free(&content);
  CHECK(jw_engine_action(during.engine, forgot, &content) == JW_STATUS_OK);
  CHECK(has(of(&content), "\"pass\":true"));
  jw_buffer_free(&content);

  jw_handle second = 5;
  CHECK(jw_engine_open(options_for(room, sizeof room, folder, ""), &host, &second) == JW_STATUS_STORE_LOCKED);
  CHECK(second == 5);
  CHECK(jw_engine_close(during.engine) == JW_STATUS_OK);

  host.mint = fail;
  CHECK(jw_engine_open(options_for(room, sizeof room, folder, ""), &host, &during.engine) == JW_STATUS_OK);
  CHECK(jw_engine_login(during.engine, text(ATTEMPT), text("secret"), &verdict) == JW_STATUS_OK);
  CHECK(has(of(&verdict), "\"session\":false"));
  jw_buffer_free(&verdict);
  CHECK(jw_engine_close(during.engine) == JW_STATUS_OK);
}

/* Whatever is wrong is a status, and no output is touched. */
static void misuse(const char *folder) {
  char room[600];
  jw_host host = host_with_alice(NULL);
  jw_view options = options_for(room, sizeof room, folder, "");
  jw_handle engine = 0, untouched = 5;
  jw_buffer out = {NULL, 9};
  union {
    uint64_t aligned;
    char bytes[64];
  } odd;

  CHECK(jw_engine_open(options, NULL, &untouched) == JW_STATUS_INVALID_ARGUMENT);
  CHECK(jw_engine_open(options, &host, NULL) == JW_STATUS_INVALID_ARGUMENT);
  CHECK(jw_engine_open(options, &host, (jw_handle *)(void *)(odd.bytes + 1)) == JW_STATUS_INVALID_ARGUMENT);
  CHECK(jw_engine_open(options, (jw_host *)(void *)(odd.bytes + 4), &untouched) == JW_STATUS_INVALID_ARGUMENT);
  CHECK(jw_engine_open(text("{"), &host, &untouched) == JW_STATUS_BAD_JSON);
  CHECK(jw_engine_open(text("[]"), &host, &untouched) == JW_STATUS_BAD_JSON);
  CHECK(jw_engine_open(over("\xc0\x80", 2), &host, &untouched) == JW_STATUS_NOT_UTF8);
  CHECK(jw_engine_open(over("x", SIZE_MAX), &host, &untouched) == JW_STATUS_TOO_LARGE);
  for (size_t size = 0; size < sizeof host; size++) {
    host.size = size;
    CHECK(jw_engine_open(options, &host, &untouched) == JW_STATUS_INVALID_ARGUMENT);
  }
  host = host_with_alice(NULL);
  host.mint = NULL;
  CHECK(jw_engine_open(options, &host, &untouched) == JW_STATUS_INVALID_ARGUMENT);
  CHECK(jw_last_error(&out) == JW_STATUS_OK && has(of(&out), "`mint` is null"));
  jw_buffer_free(&out);
  CHECK(out.ptr == NULL && out.len == 0 && untouched == 5);

  host = host_with_alice(NULL);
  host.size += 64; /* a newer host, with more at the end */
  CHECK(jw_engine_open(options, &host, &engine) == JW_STATUS_OK);
  CHECK(jw_engine_login(engine, text("{}"), text(""), &out) == JW_STATUS_BAD_JSON);
  static char deep[60000];
  memset(deep, '[', sizeof deep);
  CHECK(jw_engine_login(engine, over(deep, sizeof deep), text(""), &out) == JW_STATUS_BAD_JSON);
  memcpy(deep, "{\"x\":", 5);
  CHECK(jw_engine_login(engine, over(deep, sizeof deep), text(""), &out) == JW_STATUS_BAD_JSON);
  CHECK(jw_engine_login(engine, text(ATTEMPT), over("\xff", 1), &out) == JW_STATUS_NOT_UTF8);
  CHECK(jw_engine_login(engine, text(ATTEMPT), text("secret"), NULL) == JW_STATUS_INVALID_ARGUMENT);
  CHECK(jw_engine_owns(engine, over(NULL, 1), &out) == JW_STATUS_INVALID_ARGUMENT);
  CHECK(jw_engine_owns(engine, text("/"), (jw_buffer *)(void *)(odd.bytes + 1)) == JW_STATUS_INVALID_ARGUMENT);
  CHECK(jw_engine_http(engine, text("{}"), text(""), &out, &out) == JW_STATUS_BAD_JSON);
  CHECK(jw_engine_http(engine, text("{}"), text(""), &out, NULL) == JW_STATUS_INVALID_ARGUMENT);
  CHECK(jw_engine_event(engine, text("{\"event\":\"sunrise\"}")) == JW_STATUS_BAD_JSON);
  CHECK(jw_engine_action(engine, text("{}"), &out) == JW_STATUS_BAD_JSON);
  static char long_name[1 << 20];
  memset(long_name, 'x', sizeof long_name);
  CHECK(jw_engine_action(engine, over(long_name, sizeof long_name), &out) == JW_STATUS_TOO_LARGE);
  CHECK(jw_reply_write(NULL, text("x")) == JW_STATUS_INVALID_ARGUMENT);
  CHECK(jw_reply_write((jw_reply *)(void *)&odd, text("x")) == JW_STATUS_INVALID_ARGUMENT);
  CHECK(jw_last_error(NULL) == JW_STATUS_INVALID_ARGUMENT);
  CHECK(jw_engine_close(engine + 1) == JW_STATUS_CLOSED && jw_engine_close(0) == JW_STATUS_CLOSED);
  CHECK(jw_engine_close(engine) == JW_STATUS_OK);
  CHECK(jw_engine_close(engine) == JW_STATUS_CLOSED);
  CHECK(jw_engine_owns(engine, text("/"), &out) == JW_STATUS_CLOSED && out.ptr == NULL && out.len == 0);
  jw_buffer_free(NULL);
  jw_buffer_free((jw_buffer *)(void *)(odd.bytes + 1));
}

/* A store without its key, and no store where one was. */
static void losses(const char *folder) {
  char room[600], path[600];
  jw_host host = host_with_alice(NULL);
  jw_handle engine = 0;
  snprintf(path, sizeof path, "%s/master.key", folder);
  CHECK(remove(path) == 0);
  CHECK(jw_engine_open(options_for(room, sizeof room, folder, ""), &host, &engine) == JW_STATUS_KEY);
  jw_buffer line;
  CHECK(jw_last_error(&line) == JW_STATUS_OK && has(of(&line), "restore the key file"));
  jw_buffer_free(&line);
  snprintf(path, sizeof path, "%s/empty", folder);
  jw_view armed = options_for(room, sizeof room, path, ",\"armed\":true");
  CHECK(jw_engine_open(armed, &host, &engine) == JW_STATUS_STORE_MISSING && engine == 0);
}

int main(int count, char **arguments) {
  CHECK(count == 2);
  CHECK(jw_abi_version() == JW_ABI_VERSION);
  totp();
  recovery();
  passwords_and_tokens();
  cookies();
  sign_in(arguments[1]);
  misuse(arguments[1]);
  losses(arguments[1]);
  puts("smoke: ok");
  return 0;
}
