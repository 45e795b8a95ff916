/* A library with the engine's exports and none of its rules: it allows whoever has the right password, writes down what
   it was told, and fails the way a test asks for. Built by the tests with gcc.
     -DABI=n        the ABI number it claims
     -DNO_EVENT     without jw_engine_event
   Files in the data folder: "damaged" and "locked" fail the opening, "no-watched" what follows it, "no-index" the
   rewriting of index.html.
   The device name of a login says what happens to it; see jw_engine_login. */
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "jellyward.h"

#ifndef ABI
#define ABI JW_ABI_VERSION
#endif

struct jw_reply { char *text; size_t len; };

typedef struct { jw_host host; char data[4096]; } engine;

static __thread char last[512];

static jw_view view(const char *text) { return (jw_view){(const uint8_t *)text, strlen(text)}; }

static jw_status fail(jw_status status, const char *why) {
  snprintf(last, sizeof last, "%s", why);
  return status;
}

static void give(jw_buffer *dst, const char *text, size_t len) {
  dst->ptr = malloc(len + 1);
  memcpy(dst->ptr, text, len);
  dst->len = len;
}

static char *owned(jw_view from) {
  char *text = calloc(1, from.len + 1);
  if (from.len) memcpy(text, from.ptr, from.len);
  return text;
}

/* The JSON value of a key, as it stands: good enough for documents of our own making. */
static char *raw(const char *json, const char *key) {
  char quoted[64];
  snprintf(quoted, sizeof quoted, "\"%s\":", key);
  const char *at = strstr(json, quoted);
  if (!at) return strdup("null");
  at += strlen(quoted);
  const char *end = at;
  if (*at == '"') {
    for (end++; *end && *end != '"'; end++) if (*end == '\\') end++;
    end++;
  } else {
    while (*end && !strchr(",}]", *end)) end++;
  }
  return strndup(at, (size_t)(end - at));
}

static void note(engine *e, const char *file, const char *line, size_t len) {
  char path[4200];
  snprintf(path, sizeof path, "%s/%s", e->data, file);
  FILE *out = fopen(path, "a");
  if (!out) return;
  fwrite(line, 1, len, out);
  fputc('\n', out);
  fclose(out);
}

static int there(engine *e, const char *file) {
  char path[4200];
  snprintf(path, sizeof path, "%s/%s", e->data, file);
  return access(path, F_OK) == 0;
}

static char *ask(engine *e, jw_status (*call)(void *, jw_view, jw_reply *), const char *request) {
  jw_reply reply = {0};
  if (call(e->host.ctx, view(request), &reply) != JW_STATUS_OK) { free(reply.text); return strdup("\"failed\""); }
  return reply.text ? reply.text : strdup("null");
}

uint32_t jw_abi_version(void) { return ABI; }

jw_status jw_reply_write(jw_reply *reply, jw_view bytes) {
  free(reply->text);
  reply->text = owned(bytes);
  reply->len = bytes.len;
  return 0;
}

jw_status jw_last_error(jw_buffer *dst) { give(dst, last, strlen(last)); return 0; }

void jw_buffer_free(jw_buffer *b) { free(b->ptr); b->ptr = NULL; b->len = 0; }

jw_status jw_engine_open(jw_view options, const jw_host *host, uint64_t *dst) {
  char *json = owned(options), *data = raw(json, "data");
  engine *e = calloc(1, sizeof *e);
  memcpy(&e->host, host, sizeof *host);
  snprintf(e->data, sizeof e->data, "%.*s", (int)strlen(data) - 2, data + 1);
  mkdir(e->data, 0700);
  note(e, "calls", json, strlen(json));
  free(json); free(data);
  if (there(e, "damaged")) { free(e); return fail(41, "the store is damaged"); }
  if (there(e, "locked")) { free(e); return fail(40, "another process has the store open"); }
  if (!there(e, "rescue-id")) {
    note(e, "rescue-id", "stand-in-rescue-value-0123456789", 32);
    char path[4200];
    snprintf(path, sizeof path, "%s/rescue-id", e->data);
    chmod(path, 0600);
  }
  e->host.log(e->host.ctx, 0, view("stand-in opened"));
  *dst = (uint64_t)(uintptr_t)e;
  return 0;
}

jw_status jw_engine_close(uint64_t handle) {
  engine *e = (engine *)(uintptr_t)handle;
  if (!e) return fail(20, "the engine is closed");
  note(e, "calls", "close", 5);
  free(e);
  return 0;
}

static char *mint(engine *e, const char *attempt, const char *user, const char *remote) {
  char *app = raw(attempt, "app"), *version = raw(attempt, "version"), *id = raw(attempt, "deviceId"), *name = raw(attempt, "deviceName"), *request, *reply;
  if (asprintf(&request, "{\"user\":%s,\"app\":%s,\"version\":%s,\"deviceId\":%s,\"deviceName\":%s,\"remote\":%s,\"dated\":%s}", user, app, version, id, name, remote, strcmp(name, "\"dating\"") ? "false" : "true") < 0) abort();
  reply = ask(e, e->host.mint, request);
  note(e, "mints", reply, strlen(reply));
  free(app); free(version); free(id); free(name); free(request);
  return reply;
}

/* Device names: "panic", "closed" (statuses); "challenge" (401 with a body), "marked" (200 with a body), "forbid" (403
   without one), "retry" (stock with Retry-After), "invalid" (400), "no session" (claims one without minting), "slow"
   (until the file "released" is there, or five minutes are over), "dating" (the check dates the login, the mint does not), "arm", "disarm", "facts" (writes down what it is told of the user and of all users). */
jw_status jw_engine_login(uint64_t handle, jw_view attempt, jw_view password, jw_buffer *dst) {
  engine *e = (engine *)(uintptr_t)handle;
  char *json = owned(attempt), *device = raw(json, "deviceName"), *remote = raw(json, "remote"), *name = raw(json, "name"), *user = raw(json, "userId");
  const char *verdict = "{\"outcome\":\"refuse\",\"status\":401,\"session\":false,\"announceFailure\":true,\"headers\":[],\"body\":null}";
  const char *allowed = "{\"outcome\":\"allow\",\"status\":200,\"session\":true,\"announceFailure\":false,\"headers\":[[\"Set-Cookie\",\"stand-in=1; path=/\"],[\"X-Stand-In\",\"yes\"]],\"body\":null}";
  jw_status status = 0;
  note(e, "attempts", json, strlen(json));
  if (!strcmp(device, "\"panic\"")) status = fail(90, "the engine panicked");
  else if (!strcmp(device, "\"closed\"")) status = fail(20, "the engine is closed");
  else if (!strcmp(device, "\"challenge\"")) verdict = "{\"outcome\":\"challenge\",\"status\":401,\"session\":false,\"announceFailure\":false,\"headers\":[[\"Cache-Control\",\"no-store\"]],\"body\":{\"jellyward\":{\"outcome\":\"challenge\"}}}";
  else if (!strcmp(device, "\"marked\"")) verdict = "{\"outcome\":\"challenge\",\"status\":200,\"session\":false,\"announceFailure\":false,\"headers\":[],\"body\":{\"jellyward\":{\"outcome\":\"challenge\"}}}";
  else if (!strcmp(device, "\"forbid\"")) verdict = "{\"outcome\":\"refuse\",\"status\":403,\"session\":false,\"announceFailure\":false,\"headers\":[],\"body\":null}";
  else if (!strcmp(device, "\"retry\"")) verdict = "{\"outcome\":\"refuse\",\"status\":401,\"session\":false,\"announceFailure\":false,\"headers\":[[\"Retry-After\",\"30\"]],\"body\":null}";
  else if (!strcmp(device, "\"invalid\"") || !strcmp(device, "\"\"")) verdict = "{\"outcome\":\"invalid\",\"status\":400,\"session\":false,\"announceFailure\":false,\"headers\":[],\"body\":null}";
  else if (!strcmp(device, "\"no session\"")) verdict = allowed;
  else if (strstr(json, "\"door\":\"direct\"")) {
    if (strcmp(device, "\"refuse\"") && strcmp(user, "null")) {
      char *reply = mint(e, json, user, remote);
      if (strstr(reply, "tokenHash")) verdict = allowed;
      free(reply);
    }
  } else {
    char *request;
    for (int i = 0; i < 6000 && !strcmp(device, "\"slow\"") && !there(e, "released"); i++) usleep(50000);
    if (!strcmp(device, "\"arm\"") || !strcmp(device, "\"disarm\"")) e->host.set_armed(e->host.ctx, device[1] == 'a');
    if (asprintf(&request, "{\"name\":%s,\"remote\":%s,\"session\":%s}", name, remote, strcmp(device, "\"dating\"") ? "false" : "true") < 0) abort();
    if (!strcmp(device, "\"facts\"")) {
      char *query, *facts;
      jw_reply all = {0};
      if (asprintf(&query, "{\"query\":{\"name\":%s},\"remote\":%s}", name, remote) < 0) abort();
      facts = ask(e, e->host.find_user, query);
      note(e, "facts", facts, strlen(facts));
      if (e->host.list_users(e->host.ctx, &all) == 0) note(e, "facts", all.text, all.len);
      free(query); free(facts); free(all.text);
    }
    jw_reply checked = {0};
    if (e->host.check_password(e->host.ctx, view(request), password, &checked) == 0 && checked.text) {
      note(e, "checks", checked.text, checked.len);
      char *right = raw(checked.text, "id");
      if (right[0] == '"') {
        char *reply = mint(e, json, right, remote);
        if (strstr(reply, "tokenHash")) verdict = allowed;
        free(reply);
      }
      free(right);
    }
    free(checked.text); free(request);
  }
  if (status == 0) give(dst, verdict, strlen(verdict));
  free(json); free(device); free(remote); free(name); free(user);
  return status;
}

jw_status jw_engine_owns(uint64_t handle, jw_view path, jw_buffer *dst) {
  (void)handle; (void)path;
  const char *yes = "{\"owned\":true,\"maxBody\":65536}";
  give(dst, yes, strlen(yes));
  return 0;
}

/* The plugin knows the list since it was built. */
jw_status jw_engine_watched(uint64_t handle, jw_buffer *dst) {
  (void)handle;
  give(dst, "{}", 2);
  return 0;
}

/* Device names: "stop" (403 with a header and a body), "instead" (200 with both), "shut" (503 without one), "panic"
   (status); all others pass. */
jw_status jw_engine_action(uint64_t handle, jw_view action, jw_buffer *dst) {
  char *json = owned(action), *device = raw(json, "deviceName");
  const char *passage = "{\"pass\":true,\"status\":0,\"headers\":[],\"body\":null}";
  jw_status status = 0;
  note((engine *)(uintptr_t)handle, "actions", json, strlen(json));
  if (!strcmp(device, "\"panic\"")) status = fail(90, "the engine panicked");
  else if (!strcmp(device, "\"shut\"")) passage = "{\"pass\":false,\"status\":503,\"headers\":[],\"body\":null}";
  else if (!strcmp(device, "\"instead\"")) passage = "{\"pass\":false,\"status\":200,\"headers\":[[\"Cache-Control\",\"no-store\"]],\"body\":{\"Action\":\"PinCode\",\"PinFile\":\"Sieh ins Postfach \xe2\x80\x93 <b>\",\"PinExpirationDate\":\"2026-11-22T00:00:00Z\"}}";
  else if (!strcmp(device, "\"stop\"")) passage = "{\"pass\":false,\"status\":403,\"headers\":[[\"X-Jellyward\",\"step-up\"],[\"Cache-Control\",\"no-store\"]],\"body\":{\"code\":\"step_up\",\"proofs\":[\"totp\"]}}";
  if (status == 0) give(dst, passage, strlen(passage));
  free(json); free(device);
  return status;
}

/* "/Jellyward/Panic" fails, "/Jellyward/Session" mints for the caller, "/Jellyward/Sessions" and "/Jellyward/End" hand
   their body to the host and its reply back, "/Jellyward/Password" hands it over with "set by the engine" as password and
   gives the status back, everything else echoes the request and the body. */
jw_status jw_engine_http(uint64_t handle, jw_view request, jw_view body, jw_buffer *head, jw_buffer *content) {
  engine *e = (engine *)(uintptr_t)handle;
  char *json = owned(request), *path = raw(json, "path");
  jw_status status = 0;
  if (!strcmp(path, "\"/Jellyward/Panic\"")) status = fail(90, "the engine panicked");
  else if (!strcmp(path, "\"/Jellyward/Session\"")) {
    char *user = raw(json, "userId"), *reply = mint(e, json, user, "\"127.0.0.1\"");
    const char *h = "{\"status\":200,\"headers\":[[\"Content-Type\",\"application/json; charset=utf-8\"],[\"Set-Cookie\",\"stand-in=2; path=/\"]],\"session\":true}";
    give(head, h, strlen(h));
    give(content, "", 0);
    free(user); free(reply);
  } else if (!strcmp(path, "\"/Jellyward/Password\"")) {
    const char *h = "{\"status\":200,\"headers\":[[\"Content-Type\",\"application/json\"]],\"session\":false}";
    char *asked = owned(body), answered[8];
    int length = snprintf(answered, sizeof answered, "%d", (int)e->host.set_password(e->host.ctx, view(asked), view("set by the engine")));
    give(head, h, strlen(h));
    give(content, answered, (size_t)length);
    free(asked);
  } else if (!strcmp(path, "\"/Jellyward/Sessions\"") || !strcmp(path, "\"/Jellyward/End\"")) {
    const char *h = "{\"status\":200,\"headers\":[[\"Content-Type\",\"application/json\"]],\"session\":false}";
    char *asked = owned(body), *reply = ask(e, path[12] == 'E' ? e->host.end_sessions : e->host.list_sessions, asked);
    give(head, h, strlen(h));
    give(content, reply, strlen(reply));
    free(asked); free(reply);
  } else {
    const char *h = "{\"status\":203,\"headers\":[[\"Content-Type\",\"application/x-echo\"],[\"X-One\",\"1\"],[\"X-One\",\"2\"]],\"session\":false}";
    char *both = calloc(1, request.len + body.len + 2);
    memcpy(both, json, request.len);
    both[request.len] = '\n';
    if (body.len) memcpy(both + request.len + 1, body.ptr, body.len);
    give(head, h, strlen(h));
    give(content, both, request.len + 1 + body.len);
    free(both);
  }
  free(json); free(path);
  return status;
}

jw_status jw_engine_index(uint64_t handle, jw_view html, jw_buffer *dst) {
  engine *e = (engine *)(uintptr_t)handle;
  if (there(e, "no-index")) return fail(90, "the engine panicked");
  const char *script = "<script src=\"../Jellyward/Assets/inject.js\"></script>";
  char *page = owned(html), *at = strcasestr(page, "<head>"), *out;
  if (at) at += 6; else at = page;
  if (asprintf(&out, "%.*s%s%s", (int)(at - page), page, script, at) < 0) abort();
  give(dst, out, strlen(out));
  free(page); free(out);
  return 0;
}

#ifndef NO_EVENT
jw_status jw_engine_event(uint64_t handle, jw_view event) {
  note((engine *)(uintptr_t)handle, "events", (const char *)event.ptr, event.len);
  return 0;
}
#endif
