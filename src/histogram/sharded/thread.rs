//! A number for each live thread, so that threads do not meet in a shard.
//!
//! Two thread-locals: the number itself, without a destructor, so that reading it
//! is one load; and the lease, whose destructor gives the number back. The lease is
//! touched at the thread's first record only.

use core::cell::Cell;

use super::ShardKey;
use super::pool::{Lease, Pool};
use crate::sync::thread_local;

const WORDS: usize = 1024 / usize::BITS as usize;

static POOL: Pool<WORDS> = Pool::new();

thread_local! {
    /// One more than the leased number; 0 before the first record. It stays when the
    /// lease is gone, for other thread-locals' destructors that record: then
    /// another thread may have the same, and the two share a shard.
    static NUMBER: Cell<usize> = const { Cell::new(0) };
    static LEASE: Cell<Option<Lease<'static, WORDS>>> = const { Cell::new(None) };
}

/// A shard for each live thread: the default [`ShardKey`], with the feature `std`.
///
/// A thread takes the lowest number that no live thread has when it records for the
/// first time (into any histogram), and gives it back when it exits. So threads that
/// live at once have different numbers, and numbers do not grow with threads that
/// come and go. There are 1024: the threads beyond share them, each with one of the
/// others, in turn. A record in a thread-local's destructor, when the number has been
/// given back, goes to the same shard as before.
///
/// # Cost
///
/// One load of a thread-local a record. The first record of a thread, into whichever
/// histogram, searches at most 128 bytes for a free number, and registers with `std`
/// a destructor that gives it back. That is the only thing here which may allocate:
/// on Linux with glibc, the C library takes 32 bytes for it with `calloc`, and Rust's
/// allocator is not asked; where `std` keeps its own list of destructors, the
/// list may grow. So a signal handler must not make the first record of a thread;
/// all others it may make.
///
/// ```
/// use bellwether::{ShardKey, ThreadShard};
///
/// let mine = ThreadShard.shard();
/// let other = std::thread::spawn(|| ThreadShard.shard()).join().unwrap();
/// assert_ne!(mine, other);
/// assert_eq!(mine, ThreadShard.shard());
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ThreadShard;

impl ShardKey for ThreadShard {
    #[inline]
    fn shard(&self) -> usize {
        match NUMBER.get() {
            0 => first(),
            number => number,
        }
    }
}

#[cold]
#[inline(never)]
fn first() -> usize {
    // It fails when the lease has been dropped; but then this thread has a number.
    let number = LEASE.try_with(|held| {
        let lease = POOL.lease();
        let number = lease.id() + 1;
        held.set(Some(lease));
        number
    });
    let number = number.unwrap_or(1);
    NUMBER.set(number);
    number
}
