/* Passkeys from C: a known ceremony from beginning to end, and then everything that is wrong about one. */
#include "check.h"

/* The first vector of WebAuthn Level 3, section 16. */
#define ID "-R85HbTJsv3g6nAYnLo_tj9Xm6YSKzOtlP8-wzAIS-Q"
#define CREDENTIAL_HEAD "{\"id\":\"" ID "\",\"rawId\":\"" ID "\",\"type\":\"public-key\",\"response\":{"
#define REGISTERED \
  CREDENTIAL_HEAD \
  "\"clientDataJSON\":\"eyJ0eXBlIjoid2ViYXV0aG4uY3JlYXRlIiwiY2hhbGxlbmdlIjoiQU1NUHQ0VXh4R1RTdG5jZHE0MTdZRHdCRmk4dnBJYS1w" \
  "dzhvT3VWVzRUQSIsIm9yaWdpbiI6Imh0dHBzOi8vZXhhbXBsZS5vcmciLCJjcm9zc09yaWdpbiI6ZmFsc2UsImV4dHJhRGF0YSI6ImNsaWVudERh" \
  "dGFKU09OIG1heSBiZSBleHRlbmRlZCB3aXRoIGFkZGl0aW9uYWwgZmllbGRzIGluIHRoZSBmdXR1cmUsIHN1Y2ggYXMgdGhpczogQmtRZURqZGNU" \
  "QnJYQmlBd0pUTEU1USJ9\"," \
  "\"attestationObject\":\"o2NmbXRkbm9uZWdhdHRTdG10oGhhdXRoRGF0YVikv6vDdDKViwYzYNOtZGHJxHNa5_jt1GWSpeDwFFKy5LVZAAAAAIRG" \
  "zLmrHbN0dQsjZ_9vOh8AIPkfOR20ybL94OpwGJy6P7Y_V5umEiszrZT_PsMwCEvkpQECAyYgASFYIK_voW-XypstI-uGzLZAmNINuQhWBi6yScM6" \
  "m2cvJt9hIlggkwpWuHovymYzSwNFir-HlxfBLMaO1zKQry4mZHlrkiA\"}}"
#define ASSERTED \
  CREDENTIAL_HEAD \
  "\"authenticatorData\":\"v6vDdDKViwYzYNOtZGHJxHNa5_jt1GWSpeDwFFKy5LUZAAAAAA\"," \
  "\"clientDataJSON\":\"eyJ0eXBlIjoid2ViYXV0aG4uZ2V0IiwiY2hhbGxlbmdlIjoiT2NEblVoUVh1bFRVUG8zSlVYVDBJOTdwdnp6WUJQOXRaY2hY" \
  "eWF2MDFBZyIsIm9yaWdpbiI6Imh0dHBzOi8vZXhhbXBsZS5vcmciLCJjcm9zc09yaWdpbiI6ZmFsc2V9\"," \
  "\"signature\":\"MEYCIQD1Ck4uRAkknEqFO6NhKC8JhB303UVHoTqHeAIY3v_NOAIhAISArA8Lk1OBdPV1vxGh3V14xuSGAT-TcpXqE2U-Mx6H\"}}"

#define REQUEST \
  "{\"userHandle\":\"AAECAwQFBgcICQoLDA0ODw\",\"name\":\"alice\",\"displayName\":\"Alice\",\"existing\":[]," \
  "\"verification\":\"preferred\"}"

static jw_relying_party example(void) {
  jw_relying_party party = {text("example.org"), text("Example"), text("[\"https://example.org\"]")};
  return party;
}

/* The state as if it had drawn the vector's challenge, which has as many characters. */
static void draw(jw_buffer *state, const char *challenge) {
  const char *mark = "\"challenge\":\"";
  size_t length = strlen(mark);
  for (size_t at = 0; at + length + 43 <= state->len; at++) {
    if (memcmp(state->ptr + at, mark, length) == 0) {
      memcpy(state->ptr + at + length, challenge, 43);
      return;
    }
  }
  CHECK(!"the state holds a challenge");
}

static void ceremony(void) {
  jw_relying_party party = example();
  jw_buffer options, state, other, credential, asserted, id;
  char request[2048];
  CHECK(jw_passkey_register_begin(&party, text(REQUEST), &options, &state) == JW_STATUS_OK);
  CHECK(has(of(&options), "\"publicKey\"") && has(of(&options), "\"attestation\":\"none\""));
  jw_buffer_free(&options);

  /* Not for the challenge that was drawn. */
  CHECK(jw_passkey_register_finish(&party, of(&state), text(REGISTERED), &credential) == JW_STATUS_REFUSED);
  draw(&state, "AMMPt4UxxGTStncdq417YDwBFi8vpIa-pw8oOuVW4TA");
  CHECK(jw_passkey_register_finish(&party, of(&state), text(ASSERTED), &credential) == JW_STATUS_REFUSED);
  CHECK(jw_passkey_register_finish(&party, of(&state), text(REGISTERED), &credential) == JW_STATUS_OK);
  CHECK(has(of(&credential), "\"id\":\"" ID "\"") && has(of(&credential), "\"counter\":0"));

  int length = snprintf(request, sizeof request, "{\"allowed\":[%.*s],\"verification\":\"preferred\"}",
                        (int)credential.len, (const char *)credential.ptr);
  CHECK(length > 0 && (size_t)length < sizeof request);
  CHECK(jw_passkey_assert_begin(&party, text(request), &options, &other) == JW_STATUS_OK);
  CHECK(has(of(&options), "\"rpId\":\"example.org\"") && has(of(&options), ID));
  CHECK(jw_passkey_credential_id(text(ASSERTED), &id) == JW_STATUS_OK && id.len == 32 && id.ptr[0] == 0xf9);

  asserted.len = 9;
  CHECK(jw_passkey_assert_finish(&party, of(&other), text(ASSERTED), of(&credential), &asserted) == JW_STATUS_REFUSED);
  draw(&other, "OcDnUhQXulTUPo3JUXT0I97pvzzYBP9tZchXyav01Ag");
  CHECK(jw_passkey_assert_finish(&party, of(&state), text(ASSERTED), of(&credential), &asserted) == JW_STATUS_BAD_JSON);
  CHECK(asserted.len == 9);
  CHECK(jw_passkey_assert_finish(&party, of(&other), text(ASSERTED), of(&credential), &asserted) == JW_STATUS_OK);
  CHECK(has(of(&asserted), "\"userHandle\":\"AAECAwQFBgcICQoLDA0ODw\"") && has(of(&asserted), "\"userVerified\":false"));
  jw_buffer_free(&asserted);

  /* As if the key had signed before: now it, or its copy, counts backwards. */
  char counted[1024];
  const char *zero = "\"counter\":0";
  size_t at = 0;
  while (memcmp(credential.ptr + at, zero, strlen(zero)) != 0) at++;
  length = snprintf(counted, sizeof counted, "%.*s\"counter\":5%.*s", (int)at, (const char *)credential.ptr,
                    (int)(credential.len - at - strlen(zero)), (const char *)credential.ptr + at + strlen(zero));
  CHECK(length > 0 && (size_t)length < sizeof counted);
  CHECK(jw_passkey_assert_finish(&party, of(&other), text(ASSERTED), text(counted), &asserted) ==
        JW_STATUS_POSSIBLE_CLONE);
  CHECK(jw_last_error(&asserted) == JW_STATUS_OK && has(of(&asserted), "may have been copied"));

  jw_buffer_free(&asserted);
  jw_buffer_free(&options);
  jw_buffer_free(&state);
  jw_buffer_free(&other);
  jw_buffer_free(&credential);
  jw_buffer_free(&id);
}

static void misuse(void) {
  static char large[300 * 1024];
  jw_relying_party party = example(), wrong;
  jw_buffer options = {NULL, 7}, state = {NULL, 7};
  union {
    uint64_t aligned;
    char bytes[64];
  } odd;
  jw_relying_party *misaligned = (jw_relying_party *)(void *)(odd.bytes + 1);

  CHECK(jw_passkey_register_begin(NULL, text(REQUEST), &options, &state) == JW_STATUS_INVALID_ARGUMENT);
  CHECK(jw_passkey_register_begin(misaligned, text(REQUEST), &options, &state) == JW_STATUS_INVALID_ARGUMENT);
  CHECK(jw_passkey_register_begin(&party, text(REQUEST), NULL, &state) == JW_STATUS_INVALID_ARGUMENT);
  CHECK(jw_passkey_register_begin(&party, text(REQUEST), &options, NULL) == JW_STATUS_INVALID_ARGUMENT);
  CHECK(jw_passkey_register_begin(&party, text("{}"), &options, &state) == JW_STATUS_BAD_JSON);
  CHECK(jw_passkey_register_begin(&party, over(large, sizeof large), &options, &state) == JW_STATUS_TOO_LARGE);
  CHECK(jw_passkey_register_begin(&party, over(NULL, 1), &options, &state) == JW_STATUS_INVALID_ARGUMENT);
  CHECK(jw_passkey_assert_begin(&party, text("{\"allowed\":[],\"verification\":\"no\"}"), &options, &state) ==
        JW_STATUS_BAD_JSON);

  const char *ids[] = {"", "https://example.org", "example.org:443", "192.0.2.7", "org", "example.com"};
  for (size_t at = 0; at < sizeof ids / sizeof *ids; at++) {
    wrong = party;
    wrong.id = text(ids[at]);
    CHECK(jw_passkey_register_begin(&wrong, text(REQUEST), &options, &state) == JW_STATUS_INVALID_ARGUMENT);
  }
  wrong = party;
  wrong.origins = text("https://example.org");
  CHECK(jw_passkey_register_begin(&wrong, text(REQUEST), &options, &state) == JW_STATUS_BAD_JSON);
  wrong.origins = text("[\"http://example.org\"]");
  CHECK(jw_passkey_register_begin(&wrong, text(REQUEST), &options, &state) == JW_STATUS_INVALID_ARGUMENT);
  wrong.origins = over(NULL, 5);
  CHECK(jw_passkey_register_begin(&wrong, text(REQUEST), &options, &state) == JW_STATUS_INVALID_ARGUMENT);
  wrong = party;
  wrong.name = over("\xff", 1);
  CHECK(jw_passkey_register_begin(&wrong, text(REQUEST), &options, &state) == JW_STATUS_NOT_UTF8);

  CHECK(jw_passkey_credential_id(text("{}"), &options) == JW_STATUS_REFUSED);
  CHECK(jw_passkey_credential_id(over(large, 70 * 1024), &options) == JW_STATUS_TOO_LARGE);
  memset(large, '[', sizeof large);
  CHECK(jw_passkey_credential_id(over(large, 60 * 1024), &options) == JW_STATUS_REFUSED);
  CHECK(jw_passkey_register_finish(&party, over(large, 60 * 1024), text("{}"), &options) == JW_STATUS_BAD_JSON);
  CHECK(options.ptr == NULL && options.len == 7 && state.ptr == NULL && state.len == 7);
}

int main(void) {
  ceremony();
  misuse();
  puts("passkey: ok");
  return 0;
}
