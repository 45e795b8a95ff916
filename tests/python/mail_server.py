"""A real mail server on loopback, aiosmtpd, for one test: python3 mail_server.py starttls|tls CERTIFICATE KEY

Says its port, and then each mail it took as one line of JSON. Takes mail only over TLS, from alice with her password.
"""

import asyncio
import base64
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult

USER, PASSWORD = b"alice", b"correct horse"


class Printer:
    async def handle_DATA(self, server, session, envelope):
        taken = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "login": session.auth_data.decode(),
            "text": base64.b64encode(envelope.original_content).decode(),
        }
        print(json.dumps(taken), flush=True)
        return "250 2.0.0 taken"


def authenticate(server, session, envelope, mechanism, data):
    right = (data.login, data.password) == (USER, PASSWORD)
    return AuthResult(success=right, handled=False, auth_data=data.login)


async def serve(kind, papers):
    over_tls = kind == "tls"

    def conversation():
        return SMTP(
            Printer(),
            hostname="localhost",
            tls_context=None if over_tls else papers,
            require_starttls=not over_tls,
            authenticator=authenticate,
            auth_required=True,
            # It knows of the TLS it began itself only.
            auth_require_tls=not over_tls,
        )

    loop = asyncio.get_running_loop()
    server = await loop.create_server(conversation, "127.0.0.1", 0, ssl=papers if over_tls else None)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    kind, certificate, key = sys.argv[1:]
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    asyncio.run(serve(kind, context))
