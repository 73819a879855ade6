//! The time that this thread spends on a core: what others run on the machine
//! meanwhile is not taken for work. Measured work never waits, so nothing is lost.

use core::time::Duration;

/// A point in this thread's time.
#[derive(Debug)]
pub struct Stopwatch(Now);

#[cfg(unix)]
type Now = Duration;
#[cfg(not(unix))]
type Now = std::time::Instant;

impl Stopwatch {
    /// Starts now.
    #[must_use]
    #[inline(never)]
    pub fn start() -> Self {
        Self(now())
    }

    /// How long this thread ran since.
    #[must_use]
    #[inline(never)]
    pub fn elapsed(&self) -> Duration {
        #[cfg(unix)]
        return now() - self.0;
        #[cfg(not(unix))]
        return self.0.elapsed();
    }
}

#[cfg(unix)]
fn now() -> Now {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the pointer is to a local that outlives the call.
    let failed = unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut time) };
    assert_eq!(failed, 0, "every Unix has this clock");
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

#[cfg(not(unix))]
fn now() -> Now {
    Now::now()
}
