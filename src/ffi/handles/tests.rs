use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

/// Counts how often it was freed.
struct Counted(Arc<AtomicUsize>);
impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

fn table(patience: Duration) -> (Table<Counted>, Arc<AtomicUsize>) {
    (Table::new(patience), Arc::default())
}

fn status<T>(outcome: Result<T, Failure>) -> JwStatus {
    outcome.map_or_else(|failure| failure.status, |_| JwStatus::Ok)
}

#[test]
fn closing_frees_once_and_ends_the_handle() {
    let (table, freed) = table(PATIENCE);
    let handle = table.insert(Counted(freed.clone())).unwrap();
    assert_ne!(handle, 0);
    drop(table.enter(handle).unwrap());
    assert_eq!(status(table.close(handle)), JwStatus::Ok);
    assert_eq!(freed.load(Ordering::SeqCst), 1);
    assert_eq!(status(table.close(handle)), JwStatus::Closed);
    assert_eq!(status(table.enter(handle)), JwStatus::Closed);
    assert_eq!(freed.load(Ordering::SeqCst), 1);
}

#[test]
fn a_slot_used_again_has_another_handle() {
    let (table, freed) = table(PATIENCE);
    let first = table.insert(Counted(freed.clone())).unwrap();
    table.close(first).unwrap();
    let second = table.insert(Counted(freed.clone())).unwrap();
    assert_eq!(slot_of(first), slot_of(second));
    assert_eq!(status(table.enter(first)), JwStatus::Closed);
    assert_eq!(status(table.close(first)), JwStatus::Closed);
    assert_eq!(status(table.enter(second)), JwStatus::Ok);
}

#[test]
fn every_other_number_is_refused() {
    let (here, freed) = table(PATIENCE);
    assert_eq!(status(here.enter(0)), JwStatus::Closed);
    assert_eq!(status(here.enter(u64::MAX)), JwStatus::Closed);
    let handle = here.insert(Counted(freed.clone())).unwrap();
    for bit in 0..u64::BITS {
        assert_eq!(status(here.enter(handle ^ 1 << bit)), JwStatus::Closed, "bit {bit}");
    }
    for forged in [0, 1, u64::MAX, handle + 1, handle.wrapping_neg()] {
        assert_eq!(status(here.close(forged)), JwStatus::Closed, "{forged:x}");
    }
    let there = Table::<Counted>::new(PATIENCE);
    let own = there.insert(Counted(freed)).unwrap();
    assert!(status(there.enter(handle)) == JwStatus::Closed || own == handle, "salts met by chance");
}

#[test]
fn a_call_in_flight_keeps_it_alive() {
    let (table, freed) = table(Duration::from_millis(1));
    let handle = table.insert(Counted(freed.clone())).unwrap();
    let (entered, leave) = (Barrier::new(2), Barrier::new(2));
    thread::scope(|scope| {
        scope.spawn(|| {
            let visit = table.enter(handle).unwrap();
            entered.wait();
            leave.wait();
            drop(visit);
        });
        entered.wait();
        assert_eq!(status(table.close(handle)), JwStatus::Busy);
        assert_eq!(freed.load(Ordering::SeqCst), 0);
        assert_eq!(status(table.enter(handle)), JwStatus::Closed, "no new calls once closing has begun");
        leave.wait();
    });
    assert_eq!(status(table.close(handle)), JwStatus::Ok);
    assert_eq!(freed.load(Ordering::SeqCst), 1);
}

#[test]
fn closing_from_inside_is_refused_and_harmless() {
    let (table, freed) = table(PATIENCE);
    let handle = table.insert(Counted(freed.clone())).unwrap();
    let outer = table.enter(handle).unwrap();
    let inner = table.enter(handle).unwrap();
    assert_eq!(status(table.close(handle)), JwStatus::InCallback);
    drop(inner);
    assert_eq!(status(table.close(handle)), JwStatus::InCallback);
    assert_eq!(status(table.enter(handle)), JwStatus::Ok, "the refused close left it open");
    drop(outer);
    assert_eq!(status(table.close(handle)), JwStatus::Ok);
    assert_eq!(freed.load(Ordering::SeqCst), 1);
}

#[test]
fn sixty_four_threads_against_four_closers() {
    for _ in 0..20 {
        // A slow machine is not what this is about.
        let (table, freed) = table(PATIENCE * 60);
        let handle = table.insert(Counted(freed.clone())).unwrap();
        let closed = AtomicUsize::new(0);
        let start = Barrier::new(68);
        thread::scope(|scope| {
            for _ in 0..64 {
                scope.spawn(|| {
                    start.wait();
                    while let Ok(visit) = table.enter(handle) {
                        assert_eq!(visit.0.load(Ordering::SeqCst), 0, "freed under a call");
                        let _again = table.enter(handle);
                    }
                });
            }
            for _ in 0..4 {
                scope.spawn(|| {
                    start.wait();
                    if table.close(handle).is_ok() {
                        assert_eq!(freed.load(Ordering::SeqCst), 1, "freed before close returned");
                        closed.fetch_add(1, Ordering::SeqCst);
                    }
                });
            }
        });
        assert_eq!((closed.into_inner(), freed.load(Ordering::SeqCst)), (1, 1));
    }
}

#[test]
fn a_worn_out_slot_is_not_used_again() {
    let (table, freed) = table(PATIENCE);
    let first = table.insert(Counted(freed.clone())).unwrap();
    table.close(first).unwrap();
    table.slots()[0].generation = (1 << GENERATION_BITS) - 1;
    let next = table.insert(Counted(freed)).unwrap();
    assert_eq!(slot_of(next), 1);
}
