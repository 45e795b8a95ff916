"""Jellyward's mechanisms from Python, with nothing but ctypes. argv[1]: the library."""

import ctypes
import sys
import time


class View(ctypes.Structure):
    _fields_ = [("ptr", ctypes.c_char_p), ("len", ctypes.c_size_t)]


class Buffer(ctypes.Structure):
    _fields_ = [("ptr", ctypes.c_void_p), ("len", ctypes.c_size_t)]


class Jellyward:
    def __init__(self, path):
        self.lib = ctypes.CDLL(path)

    def ask(self, name, *arguments):
        """Calls a function whose last parameter is a buffer; returns its bytes."""
        out = Buffer()
        views = [View(a, len(a)) if isinstance(a, bytes) else a for a in arguments]
        self.check(getattr(self.lib, name)(*views, ctypes.byref(out)))
        try:
            return ctypes.string_at(out.ptr, out.len) if out.len else b""
        finally:
            self.lib.jw_buffer_free(ctypes.byref(out))

    def step(self, secret, code, now):
        """The time step whose code this is, or -1."""
        step = ctypes.c_int64()
        arguments = View(secret, len(secret)), None, View(code, len(code)), ctypes.c_int64(now)
        self.check(self.lib.jw_totp_check(*arguments, ctypes.byref(step)))
        return step.value

    def right(self, name, password, stored):
        right = ctypes.c_uint8()
        views = View(password, len(password)), View(stored, len(stored))
        self.check(getattr(self.lib, name)(*views, ctypes.byref(right)))
        return bool(right.value)

    def check(self, status):
        if status != 0:
            raise RuntimeError(f"status {status}: {self.ask('jw_last_error').decode()}")


def main():
    jellyward = Jellyward(sys.argv[1])
    assert jellyward.lib.jw_abi_version() == 1

    # An authenticator app: show the picture once, then ask for a code (RFC 4226, appendix D, count 1).
    secret = jellyward.ask("jw_totp_secret")
    address = jellyward.ask("jw_totp_uri", secret, None, b"Example", b"alice")
    assert jellyward.ask("jw_totp_secret_text", secret) in address
    assert jellyward.ask("jw_totp_qr", address).startswith(b"<svg")
    assert jellyward.step(b"12345678901234567890", b"287 082", 59) == 1
    assert jellyward.step(b"12345678901234567890", b"287083", 59) == -1
    assert jellyward.step(secret, b"", int(time.time())) == -1

    # Recovery codes: shown once, kept as keyed hashes, found again however they are typed.
    codes = jellyward.ask("jw_recovery_generate").split()
    key, account = bytes(32), bytes(16)
    kept = {
        jellyward.ask("jw_recovery_hash", key, account, jellyward.ask("jw_recovery_normalise", code)) for code in codes
    }
    typed = jellyward.ask("jw_recovery_normalise", codes[3].upper().replace(b"-", b" "))
    assert len(kept) == 10 and jellyward.ask("jw_recovery_hash", key, account, typed) in kept
    assert jellyward.ask("jw_recovery_normalise", b"not a code") == b""

    # Passwords and tokens.
    stored = jellyward.ask("jw_password_hash", b"secret")
    assert jellyward.right("jw_password_verify", b"secret", stored)
    assert not jellyward.right("jw_password_verify", b"Secret", stored)
    token = jellyward.ask("jw_token_generate")
    assert len(token) == 43 and len(jellyward.ask("jw_token_hash", token)) == 32

    # A cookie that comes back unchanged, or not at all; the key rotates and nobody is signed out.
    master, day = bytes(range(32)), 24 * 60 * 60
    now = int(time.time())
    until = ctypes.c_int64(now + 30 * day)
    cookie = jellyward.ask("jw_cookie_sign", master, ctypes.c_uint32(1), b"remember me", b"alice's tablet", until)

    def remembered(newest, at, value=cookie, oldest=1):
        keys = ctypes.c_uint32(oldest), ctypes.c_uint32(newest)
        return jellyward.ask("jw_cookie_check", master, *keys, b"remember me", value, ctypes.c_int64(at))

    assert remembered(1, now) == remembered(2, now + 29 * day) == b"alice's tablet"
    assert remembered(1, now + 30 * day) == remembered(2, now, oldest=2) == remembered(1, now, cookie[:-1]) == b""

    # A mistake is an exception, not a crash.
    try:
        jellyward.ask("jw_totp_uri", b"short", None, b"Example", b"alice")
    except RuntimeError as error:
        assert "16 to 128 bytes" in str(error), error
    else:
        raise AssertionError("a short secret was taken")
    print("python: ok")


main()
