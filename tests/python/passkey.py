"""Jellyward's passkeys from Python, with nothing but ctypes. argv[1]: the library.

The browser is a known ceremony: the first of WebAuthn Level 3, section 16.
"""

import ctypes
import json
import pathlib
import sys

VECTORS = pathlib.Path(__file__).parent.parent / "vectors" / "webauthn.json"
REFUSED, POSSIBLE_CLONE = 6, 7


class View(ctypes.Structure):
    _fields_ = [("ptr", ctypes.c_char_p), ("len", ctypes.c_size_t)]


class Buffer(ctypes.Structure):
    _fields_ = [("ptr", ctypes.c_void_p), ("len", ctypes.c_size_t)]


class RelyingParty(ctypes.Structure):
    _fields_ = [("id", View), ("name", View), ("origins", View)]


class Refused(Exception):
    """Carries the status and the library's line."""


def view(data):
    return View(data, len(data))


class Passkeys:
    """What a web application needs: four steps, each with documents in and out."""

    def __init__(self, path, domain, name, origins):
        self.lib = ctypes.CDLL(path)
        self.texts = domain.encode(), name.encode(), json.dumps(origins).encode()
        self.party = RelyingParty(*map(view, self.texts))

    def call(self, function, documents, outputs):
        made = [Buffer() for _ in range(outputs)]
        views = [view(json.dumps(document).encode()) for document in documents]
        status = getattr(self.lib, function)(ctypes.byref(self.party), *views, *map(ctypes.byref, made))
        if status != 0:
            line = Buffer()
            self.lib.jw_last_error(ctypes.byref(line))
            raise Refused(status, self.taken(line).decode())
        return [json.loads(self.taken(buffer)) for buffer in made]

    def taken(self, buffer):
        data = ctypes.string_at(buffer.ptr, buffer.len) if buffer.len else b""
        self.lib.jw_buffer_free(ctypes.byref(buffer))
        return data

    def register(self, handle, name, existing):
        asked = {"userHandle": handle, "name": name, "displayName": name, "existing": existing}
        return self.call("jw_passkey_register_begin", [{**asked, "verification": "preferred"}], 2)

    def registered(self, state, response):
        return self.call("jw_passkey_register_finish", [state, response], 1)[0]

    def ask(self, allowed, verification):
        return self.call("jw_passkey_assert_begin", [{"allowed": allowed, "verification": verification}], 2)

    def answered(self, state, response, credential):
        return self.call("jw_passkey_assert_finish", [state, response, credential], 1)[0]


def refused(status, act, *arguments):
    try:
        act(*arguments)
    except Refused as error:
        assert error.args[0] == status, error
    else:
        raise AssertionError("it was taken")


def main():
    vector = json.loads(VECTORS.read_text())[0]
    identity = vector["registration"]["credentialId"]
    browser = {"id": identity, "rawId": identity, "type": "public-key"}
    created = {**browser, "response": vector["registration"]}
    got = {**browser, "response": vector["authentication"]}
    passkeys = Passkeys(sys.argv[1], "example.org", "Example", ["https://example.org"])

    # Registration. A server keeps the state for 10 minutes, and removes it before it looks at the response.
    options, state = passkeys.register("AAECAwQFBgcICQoLDA0ODw", "alice", [])
    assert options["publicKey"]["rp"] == {"id": "example.org", "name": "Example"}
    refused(REFUSED, passkeys.registered, state, created)  # the known ceremony had another challenge
    state["registration"]["challenge"] = vector["registration"]["challenge"]
    credential = passkeys.registered(state, created)
    assert credential["id"] == identity and credential["counter"] == 0

    # As second factor: the passkeys of the account whose password was right.
    options, state = passkeys.ask([credential], "preferred")
    assert [allowed["id"] for allowed in options["publicKey"]["allowCredentials"]] == [identity]
    refused(REFUSED, passkeys.answered, state, got, credential)
    state["assertion"]["challenge"] = vector["authentication"]["challenge"]
    proved = passkeys.answered(state, got, credential)
    assert proved["userHandle"] == "AAECAwQFBgcICQoLDA0ODw" and not proved["userVerified"]
    refused(POSSIBLE_CLONE, passkeys.answered, state, got, {**credential, "counter": 3})

    # Without a name: any passkey that says whose it is, and that verifies its user. This one does neither.
    options, state = passkeys.ask([], "required")
    assert options["publicKey"]["allowCredentials"] == []
    state["assertion"]["challenge"] = vector["authentication"]["challenge"]
    refused(REFUSED, passkeys.answered, state, got, credential)
    print("python: ok")


main()
