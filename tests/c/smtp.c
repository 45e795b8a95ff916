/* One mail, by STARTTLS and a login, and what is told when it is refused. argv: port, and the authority's PEM. */
#include "check.h"

static char server[64 * 1024];

/* The description of the server; the lines of the PEM go as JSON wants them. */
static jw_view describe(const char *port, const char *pem, const char *security, const char *from) {
  size_t used = (size_t)snprintf(server, sizeof server,
                                 "{\"host\":\"localhost\",\"port\":%s,\"security\":\"%s\",\"user\":\"alice\","
                                 "\"from\":{\"address\":\"%s\",\"name\":\"Our TV\"},\"authorities\":\"",
                                 port, security, from);
  for (; *pem != 0; pem++) {
    if (*pem == '\n') {
      server[used++] = '\\';
      server[used++] = 'n';
    } else if (*pem != '\r') {
      server[used++] = *pem;
    }
  }
  strcpy(server + used, "\"}");
  return text(server);
}

int main(int count, char **words) {
  CHECK(count == 3);
  const char *port = words[1], *pem = words[2];
  jw_view mail = text("{\"to\":\"bob@example.org\",\"subject\":\"Hello\",\"text\":\"From C.\",\"html\":\"<p>From C.</p>\"}");
  jw_view right = text("correct horse");
  jw_buffer told;

  CHECK(jw_smtp_send(describe(port, pem, "starttls", "tv@example.org"), right, mail, &told) == JW_STATUS_OK);
  CHECK(told.len == strlen("{\"sent\":true}") && has(of(&told), "{\"sent\":true}"));
  jw_buffer_free(&told);

  /* A refusal is an answer; the password is in no part of it. */
  CHECK(jw_smtp_send(describe(port, pem, "starttls", "tv@example.org"), text("battery staple"), mail, &told) == JW_STATUS_OK);
  CHECK(has(of(&told), "\"sent\":false") && has(of(&told), "\"cause\":\"login\"") && has(of(&told), "\"permanent\":true"));
  CHECK(!has(of(&told), "staple"));
  jw_buffer_free(&told);

  /* An authority that nobody knows. */
  CHECK(jw_smtp_send(describe(port, "", "starttls", "tv@example.org"), right, mail, &told) == JW_STATUS_OK);
  CHECK(has(of(&told), "\"cause\":\"tls\""));
  jw_buffer_free(&told);

  /* What is no mail fails before anybody is called. */
  jw_view two = text("{\"to\":\"bob@example.org, all@example.org\",\"subject\":\"Hello\",\"text\":\"x\"}");
  jw_view broken = text("{\"to\":\"bob@example.org\",\"subject\":\"Hello\\r\\nBcc: all@example.org\",\"text\":\"x\"}");
  jw_view good = describe(port, pem, "starttls", "tv@example.org");
  CHECK(jw_smtp_send(good, right, two, &told) == JW_STATUS_INVALID_ARGUMENT);
  CHECK(jw_smtp_send(good, right, broken, &told) == JW_STATUS_INVALID_ARGUMENT);
  CHECK(jw_smtp_send(good, right, text("{}"), &told) == JW_STATUS_BAD_JSON);
  CHECK(jw_smtp_send(good, right, mail, NULL) == JW_STATUS_INVALID_ARGUMENT);
  CHECK(jw_smtp_send(good, over("\xff", 1), mail, &told) == JW_STATUS_NOT_UTF8);
  CHECK(jw_smtp_send(describe(port, pem, "perhaps", "tv@example.org"), right, mail, &told) == JW_STATUS_BAD_JSON);
  CHECK(jw_smtp_send(describe(port, pem, "tls", "nobody"), right, mail, &told) == JW_STATUS_INVALID_ARGUMENT);
  CHECK(jw_smtp_send(describe(port, "no certificate", "tls", "tv@example.org"), right, mail, &told) == JW_STATUS_INVALID_ARGUMENT);
  puts("smtp: ok");
  return 0;
}
