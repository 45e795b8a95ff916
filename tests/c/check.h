/* What the C tests share: a loud check, views over literals, and a host with one user. */
#ifndef CHECK_H
#define CHECK_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "jellyward.h"

#define CHECK(condition) \
  do { \
    if (!(condition)) { \
      fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
      print_last_error(); \
      exit(1); \
    } \
  } while (0)

static inline void print_last_error(void) {
  jw_buffer line = {NULL, 0};
  if (jw_last_error(&line) == JW_STATUS_OK) {
    fprintf(stderr, "last error: %.*s\n", (int)line.len, line.ptr ? (const char *)line.ptr : "");
  }
  jw_buffer_free(&line);
}

static inline jw_view over(const void *bytes, size_t len) {
  jw_view view;
  view.ptr = (const uint8_t *)bytes;
  view.len = len;
  return view;
}

static inline jw_view text(const char *literal) { return over(literal, strlen(literal)); }

static inline jw_view of(const jw_buffer *buffer) { return over(buffer->ptr, buffer->len); }

/* Does the view hold these characters anywhere? */
static inline int has(jw_view view, const char *part) {
  size_t length = strlen(part);
  for (size_t start = 0; start + length <= view.len; start++) {
    if (memcmp(view.ptr + start, part, length) == 0) {
      return 1;
    }
  }
  return 0;
}

#define ALICE "a11ce000000000000000000000000001"
#define ALICE_FACTS \
  "{\"id\":\"" ALICE "\",\"name\":\"alice\",\"administrator\":false,\"disabled\":false,\"remoteAllowed\":true," \
  "\"local\":false,\"inSchedule\":true,\"stamp\":\"s\"}"
#define ATTEMPT \
  "{\"door\":\"password\",\"action\":\"User.AuthenticateUserByName\",\"name\":\"alice\",\"app\":\"C\"," \
  "\"version\":\"1\",\"deviceId\":\"d\",\"deviceName\":\"n\",\"origin\":{\"remote\":\"203.0.113.9\"}}"
#define SESSION "{\"tokenHash\":\"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\"}"

static inline jw_status find_alice(void *ctx, jw_view query, jw_reply *reply) {
  (void)ctx;
  int known = has(query, "\"alice\"") || has(query, ALICE);
  return jw_reply_write(reply, text(known ? ALICE_FACTS : "null"));
}

static inline jw_status list_alice(void *ctx, jw_reply *reply) {
  (void)ctx;
  return jw_reply_write(reply, text("[" ALICE_FACTS "]"));
}

static inline jw_status check_alice(void *ctx, jw_view request, jw_view password, jw_reply *reply) {
  (void)ctx;
  int right = has(request, "\"alice\"") && password.len == 6 && memcmp(password.ptr, "secret", 6) == 0;
  return jw_reply_write(reply, text(right ? "{\"right\":" ALICE_FACTS "}" : "\"wrong\""));
}

static inline jw_status mint_any(void *ctx, jw_view request, jw_reply *reply) {
  (void)ctx;
  (void)request;
  return jw_reply_write(reply, text(SESSION));
}

static inline jw_status list_none(void *ctx, jw_view request, jw_reply *reply) {
  (void)ctx;
  (void)request;
  return jw_reply_write(reply, text("[]"));
}

static inline jw_status end_none(void *ctx, jw_view request, jw_reply *reply) {
  (void)ctx;
  (void)request;
  return jw_reply_write(reply, text("0"));
}

static inline jw_status arm(void *ctx, uint8_t armed) {
  (void)ctx;
  (void)armed;
  return JW_STATUS_OK;
}

static inline jw_status set_none(void *ctx, jw_view request, jw_view password) {
  (void)ctx;
  (void)request;
  (void)password;
  return JW_STATUS_OK;
}

static inline void print_line(void *ctx, int32_t level, jw_view line) {
  (void)ctx;
  printf("log %d: %.*s\n", (int)level, (int)line.len, (const char *)line.ptr);
}

static inline jw_host host_with_alice(void *ctx) {
  jw_host host = {sizeof host, ctx,      find_alice, list_alice, check_alice, mint_any,
                  list_none,   end_none, arm,        print_line, set_none};
  return host;
}

/* Options for a store in `folder`. The caller's buffer holds them. */
static inline jw_view options_for(char *into, size_t room, const char *folder, const char *rest) {
  int length = snprintf(into, room, "{\"data\":\"%s\",\"serverId\":\"c\"%s}", folder, rest);
  CHECK(length > 0 && (size_t)length < room);
  return over(into, (size_t)length);
}

#endif
