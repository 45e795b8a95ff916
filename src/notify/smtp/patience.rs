//! Until when something may go on.

use std::future::Future;
use std::pin::pin;
use std::time::{Duration, Instant};

use tokio::time;

use crate::notify::mailer::{Cause, Failure, Stop};

/// How long it may take to see that it is time to stop.
const SLICE: Duration = Duration::from_millis(200);

/// One deadline for everything, and whoever wants to stop sooner.
pub(super) struct Patience {
    pub(super) until: Instant,
    pub(super) stop: Stop,
}

impl Patience {
    /// What is left of it.
    pub(super) fn left(&self) -> Duration {
        self.until.saturating_duration_since(Instant::now())
    }

    /// Does `work` for as long as there is patience; after that it is dropped where it stands.
    pub(super) async fn lasts<T>(&self, work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
        let mut work = pin!(work);
        loop {
            if self.stop.is_asked() {
                return Err(Failure::passing(Cause::Other, "jellyward is closing"));
            }
            let left = self.left();
            if left.is_zero() {
                return Err(Failure::passing(Cause::TimedOut, "the time is up"));
            }
            if let Ok(done) = time::timeout(left.min(SLICE), work.as_mut()).await {
                return done;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use super::*;

    fn waited(until: Instant, stop: Stop) -> Failure {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(Patience { until, stop }.lasts(pending::<Result<(), Failure>>())).unwrap_err()
    }

    #[test]
    fn nothing_goes_on_once_it_is_over() {
        assert_eq!(waited(Instant::now() + Duration::from_millis(1), Stop::default()).cause, Cause::TimedOut);
        let stop = Stop::default();
        stop.now();
        let stopped = waited(Instant::now() + Duration::from_secs(3600), stop);
        assert_eq!((stopped.cause, stopped.permanent), (Cause::Other, false));
    }
}
