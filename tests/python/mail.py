"""Mail from Python, with nothing but ctypes. argv: the library, a port on this machine, the authority's PEM."""

import ctypes
import json
import sys


class View(ctypes.Structure):
    _fields_ = [("ptr", ctypes.c_char_p), ("len", ctypes.c_size_t)]


class Buffer(ctypes.Structure):
    _fields_ = [("ptr", ctypes.c_void_p), ("len", ctypes.c_size_t)]


def view(data):
    return View(data, len(data))


class Mailer:
    """One mail server, and a sender."""

    def __init__(self, path, server, password):
        self.lib = ctypes.CDLL(path)
        self.server, self.password = server, password

    def send(self, **mail):
        """Sends a mail; gives what came of it."""
        documents = json.dumps(self.server).encode(), self.password.encode(), json.dumps(mail).encode()
        out = Buffer()
        status = self.lib.jw_smtp_send(*map(view, documents), ctypes.byref(out))
        if status != 0:
            self.lib.jw_last_error(ctypes.byref(out))
        data = ctypes.string_at(out.ptr, out.len) if out.len else b""
        self.lib.jw_buffer_free(ctypes.byref(out))
        if status != 0:
            raise ValueError(data.decode())
        return json.loads(data)


def main():
    library, port, authority = sys.argv[1:]
    server = {
        "host": "localhost",
        "port": int(port),
        "security": "starttls",
        "user": "alice",
        "authorities": authority,
        "deadlineSeconds": 60,
        "from": {"address": "tv@example.org", "name": "Our TV"},
    }
    mailer = Mailer(library, server, "correct horse")
    assert mailer.send(to="bob@bücher.example", subject="Grüße", text="From Python.") == {"sent": True}

    refused = Mailer(library, server, "battery staple").send(to="bob@example.org", subject="Hello", text="x")
    assert refused["cause"] == "login" and refused["permanent"] and "staple" not in refused["detail"], refused

    nowhere = Mailer(library, {**server, "host": "no-such-host.invalid"}, "").send(to="a@b.example", subject="x", text="x")
    assert nowhere["cause"] == "name_not_found" and not nowhere["permanent"], nowhere

    try:
        mailer.send(to="bob@example.org\r\nBcc: all@example.org", subject="Hello", text="x")
    except ValueError as error:
        assert "address" in str(error)
    else:
        raise AssertionError("two lines are no address")
    print("python: ok")


main()
