"""A server that knows TLS 1.0 and nothing newer: python3 old_tls.py CERTIFICATE KEY

Says its port, and then of each connection whether hands were shaken. With `visit PORT` instead it is a client as old.
"""

import socket
import ssl
import sys
import warnings

warnings.simplefilter("ignore", DeprecationWarning)


def old(context):
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.TLSv1
    context.maximum_version = ssl.TLSVersion.TLSv1
    return context


def visit(port):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with socket.create_connection(("127.0.0.1", port)) as plain, old(context).wrap_socket(plain) as encrypted:
        print(encrypted.version())


def serve(certificate, key):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    old(context)
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    while True:
        plain, _ = listener.accept()
        try:
            with context.wrap_socket(plain, server_side=True) as encrypted:
                print("shaken", encrypted.version(), flush=True)
        except (ssl.SSLError, OSError) as error:
            print("refused", error, flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "visit":
        visit(int(sys.argv[2]))
    else:
        serve(*sys.argv[1:])
