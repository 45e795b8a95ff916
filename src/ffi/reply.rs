//! How a callback hands bytes back: it is given a ticket, and `jw_reply_write` copies to whom the ticket belongs.
//!
//! A `jw_reply*` is never followed. It is a number that only the callback's own thread knows, and only until the
//! callback returns; kept longer or taken elsewhere it is refused.

use std::cell::RefCell;

use super::failure::Failure;
use super::{JwReply, JwStatus};

/// What callbacks return: a `jw_status`, but from C any number must be bearable.
pub type JwAnswer = i32;

thread_local! {
    /// The callbacks running on this thread, innermost last, with the last ticket given out.
    static OPEN: RefCell<Tickets> = const { RefCell::new(Tickets { last: 0, pending: Vec::new() }) };
}

struct Tickets {
    last: usize,
    pending: Vec<Pending>,
}

struct Pending {
    ticket: usize,
    limit: usize,
    bytes: Option<Vec<u8>>,
}

/// Runs `callback` with a ticket; its answer, and what it wrote.
pub(super) fn ask(limit: usize, callback: impl FnOnce(*mut JwReply) -> JwAnswer) -> (JwAnswer, Option<Vec<u8>>) {
    let ticket = OPEN.with_borrow_mut(|open| {
        if open.last == 0 {
            // Every thread begins elsewhere: a ticket carried to another thread fits nothing there.
            open.last = std::ptr::from_ref(open).addr().rotate_left(usize::BITS / 3);
        }
        open.last = open.last.wrapping_add(1).max(1);
        open.pending.push(Pending { ticket: open.last, limit, bytes: None });
        open.last
    });
    let answer = callback(std::ptr::without_provenance_mut(ticket));
    let written = OPEN.with_borrow_mut(|open| open.pending.pop()).and_then(|pending| pending.bytes);
    (answer, written)
}

/// Takes the bytes for a running callback.
pub(super) fn write(reply: *mut JwReply, bytes: &[u8]) -> Result<(), Failure> {
    OPEN.with_borrow_mut(|open| {
        let pending = open.pending.iter_mut().find(|pending| pending.ticket == reply.addr()).ok_or_else(|| {
            Failure::new(JwStatus::InvalidArgument, "this reply does not belong to a callback running on this thread")
        })?;
        if pending.bytes.is_some() {
            return Err(Failure::new(JwStatus::InvalidArgument, "a callback may write its reply once"));
        }
        if bytes.len() > pending.limit {
            return Err(Failure::new(JwStatus::TooLarge, format!("a reply here may have {} bytes", pending.limit)));
        }
        pending.bytes = Some(bytes.to_vec());
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(outcome: Result<(), Failure>) -> JwStatus {
        outcome.map_or_else(|failure| failure.status, |()| JwStatus::Ok)
    }

    #[test]
    fn takes_one_answer_of_bounded_size() {
        let (answer, written) = ask(4, |reply| {
            assert_eq!(status(write(reply, b"fives")), JwStatus::TooLarge);
            assert_eq!(status(write(reply, b"four")), JwStatus::Ok);
            assert_eq!(status(write(reply, b"more")), JwStatus::InvalidArgument);
            7
        });
        assert_eq!((answer, written.as_deref()), (7, Some(&b"four"[..])));
        assert_eq!(ask(4, |_| 0), (0, None));
    }

    #[test]
    fn callbacks_inside_callbacks_keep_their_own() {
        let (_, outer) = ask(9, |outer| {
            let (_, inner) = ask(9, |inner| {
                write(inner, b"inner").unwrap();
                write(outer, b"outer").unwrap();
                0
            });
            assert_eq!(inner.as_deref(), Some(&b"inner"[..]));
            0
        });
        assert_eq!(outer.as_deref(), Some(&b"outer"[..]));
    }

    #[test]
    fn late_foreign_and_invented_tickets_are_refused() {
        let mut late = std::ptr::null_mut();
        ask(9, |reply| {
            late = reply;
            let carried = reply.addr();
            let elsewhere = std::thread::spawn(move || {
                let own = ask(9, |_| status(write(std::ptr::without_provenance_mut(carried), b"x")) as i32);
                own.0
            });
            assert_eq!(elsewhere.join().unwrap(), JwStatus::InvalidArgument as i32);
            0
        });
        assert_eq!(status(write(late, b"x")), JwStatus::InvalidArgument);
        ask(9, |_| {
            for reply in [std::ptr::null_mut(), late, std::ptr::without_provenance_mut(1)] {
                assert_eq!(status(write(reply, b"x")), JwStatus::InvalidArgument);
            }
            0
        });
    }
}
