//! Sealing, hashing, tokens, keys: bytes in, bytes out.
