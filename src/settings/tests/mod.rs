mod overrides;
mod snapshot;
