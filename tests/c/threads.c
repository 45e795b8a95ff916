/* Many threads on one engine while another closes it. argv[1]: an empty folder. */
#define _POSIX_C_SOURCE 200809L
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>

#include "check.h"

enum { THREADS = 64, CALLS_BEFORE_CLOSING = 2000, CLOSES = 20 };

static atomic_int calls;

static jw_handle open_in(const char *folder, const jw_host *host) {
  char room[600];
  jw_handle engine = 0;
  CHECK(jw_engine_open(options_for(room, sizeof room, folder, ""), host, &engine) == JW_STATUS_OK);
  return engine;
}

static void *ask_until_closed(void *handle) {
  jw_handle engine = *(const jw_handle *)handle;
  for (;;) {
    jw_buffer owns = {NULL, 0};
    jw_status status = jw_engine_owns(engine, text("/Jellyward/"), &owns);
    if (status == JW_STATUS_CLOSED) {
      CHECK(owns.ptr == NULL);
      return NULL;
    }
    CHECK(status == JW_STATUS_OK && has(of(&owns), "\"owned\":true"));
    jw_buffer_free(&owns);
    atomic_fetch_add(&calls, 1);
  }
}

static void sixty_four_against_one(const char *folder) {
  jw_host host = host_with_alice(NULL);
  jw_handle engine = open_in(folder, &host);
  pthread_t threads[THREADS];
  for (int i = 0; i < THREADS; i++) {
    CHECK(pthread_create(&threads[i], NULL, ask_until_closed, &engine) == 0);
  }
  while (atomic_load(&calls) < CALLS_BEFORE_CLOSING) {
    sched_yield();
  }
  /* On a slow machine what is under way takes longer than one close waits. */
  jw_status closed = JW_STATUS_BUSY;
  for (int i = 0; i < CLOSES && closed == JW_STATUS_BUSY; i++) {
    closed = jw_engine_close(engine);
  }
  CHECK(closed == JW_STATUS_OK);
  for (int i = 0; i < THREADS; i++) {
    CHECK(pthread_join(threads[i], NULL) == 0);
  }
}

/* A host whose password check does not end before it is told. */
struct slow {
  jw_handle engine;
  sem_t inside, go_on;
};

static jw_status check_slowly(void *ctx, jw_view request, jw_view password, jw_reply *reply) {
  struct slow *slow = (struct slow *)ctx;
  sem_post(&slow->inside);
  sem_wait(&slow->go_on);
  return check_alice(ctx, request, password, reply);
}

static void *sign_in(void *ctx) {
  struct slow *slow = (struct slow *)ctx;
  jw_buffer verdict = {NULL, 0};
  CHECK(jw_engine_login(slow->engine, text(ATTEMPT), text("secret"), &verdict) == JW_STATUS_OK);
  jw_buffer_free(&verdict);
  return NULL;
}

static void busy_until_the_callback_returns(const char *folder) {
  struct slow slow;
  jw_host host = host_with_alice(&slow);
  host.check_password = check_slowly;
  CHECK(sem_init(&slow.inside, 0, 0) == 0 && sem_init(&slow.go_on, 0, 0) == 0);
  slow.engine = open_in(folder, &host);
  pthread_t thread;
  CHECK(pthread_create(&thread, NULL, sign_in, &slow) == 0);
  sem_wait(&slow.inside);

  /* No lock is held across a callback: this thread may do all the engine can. */
  jw_buffer out;
  CHECK(jw_engine_event(slow.engine, text("{\"event\":\"userCreated\",\"userId\":\"" ALICE "\"}")) == JW_STATUS_OK);
  jw_view page = text("{\"method\":\"GET\",\"path\":\"/Jellyward/Login\"}");
  jw_buffer head;
  CHECK(jw_engine_http(slow.engine, page, text(""), &head, &out) == JW_STATUS_OK);
  jw_buffer_free(&head);
  jw_buffer_free(&out);

  CHECK(jw_engine_close(slow.engine) == JW_STATUS_BUSY);
  CHECK(jw_engine_owns(slow.engine, text("/"), &out) == JW_STATUS_CLOSED);
  sem_post(&slow.go_on);
  CHECK(pthread_join(thread, NULL) == 0);
  CHECK(jw_engine_close(slow.engine) == JW_STATUS_OK);
  CHECK(jw_engine_close(slow.engine) == JW_STATUS_CLOSED);
  sem_destroy(&slow.inside);
  sem_destroy(&slow.go_on);
}

int main(int count, char **arguments) {
  CHECK(count == 2);
  sixty_four_against_one(arguments[1]);
  busy_until_the_callback_returns(arguments[1]);
  puts("threads: ok");
  return 0;
}
