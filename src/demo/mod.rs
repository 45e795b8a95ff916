//! A miniature Jellyfin, for the demo and the tests.
