//! The plugin as Jellyfin would install it: packed by the project's own command, and unpacked.
