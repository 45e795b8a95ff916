//! What proves who somebody is.
