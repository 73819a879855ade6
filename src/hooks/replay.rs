//! The hooks of a replay buffer.

use super::{CallSite, WaitOutcome};

/// Why a buffer let go of events.
///
/// ```
/// use bellwether::EvictReason;
///
/// assert_eq!(format!("{:?}", EvictReason::Bytes), "Bytes");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EvictReason {
    /// There were more events than the buffer's capacity.
    Count,
    /// There were more bytes than the buffer's bound.
    Bytes,
    /// A budget that is shared with other buffers was exceeded.
    Budget,
}

/// Observes a replay buffer.
///
/// As for [`OnceHooks`](super::OnceHooks): nothing is called while the buffer holds
/// a lock, each `wait_begin` is followed by one `wait_end` unless the future in
/// between is leaked, and a panic goes to the caller in whose name the hook ran.
///
/// ```
/// use bellwether::{EvictReason, ReplayHooks, WaitOutcome};
///
/// struct Print;
///
/// impl ReplayHooks for Print {
///     type Span = ();
///     type Site = ();
///     fn published(&self, events: u64, bytes: u64) {
///         println!("{events} events, {bytes} bytes");
///     }
///     fn evicted(&self, events: u64, reason: EvictReason) {
///         println!("{events} events went, by {reason:?}");
///     }
///     fn missed(&self, events: u64) {
///         println!("a subscriber missed {events} events");
///     }
///     fn delivered(&self, _events: u64, _lag: u64) {}
///     fn wait_begin(&self, (): ()) {}
///     fn wait_end(&self, (): (), _: WaitOutcome) {}
/// }
/// Print.published(2, 96);
/// ```
pub trait ReplayHooks {
    /// What is kept between begin and end of a wait: an instant, or nothing.
    type Span;

    /// What is kept of the place in the source that waits.
    type Site: CallSite;

    /// Events were stored: `events` of them with a weight of `bytes` in all.
    fn published(&self, events: u64, bytes: u64);

    /// Events were let go, oldest first.
    fn evicted(&self, events: u64, reason: EvictReason);

    /// A subscriber was told that it missed events.
    fn missed(&self, events: u64);

    /// A subscriber got `events`, after which it is `lag` events behind.
    fn delivered(&self, events: u64, lag: u64);

    /// A subscriber, which called the buffer at `site`, is about to be parked.
    fn wait_begin(&self, site: Self::Site) -> Self::Span;

    /// The subscriber goes on, or is gone.
    fn wait_end(&self, span: Self::Span, outcome: WaitOutcome);
}

/// No hooks.
impl ReplayHooks for () {
    type Span = ();
    type Site = ();

    #[inline(always)]
    fn published(&self, _: u64, _: u64) {}
    #[inline(always)]
    fn evicted(&self, _: u64, _: EvictReason) {}
    #[inline(always)]
    fn missed(&self, _: u64) {}
    #[inline(always)]
    fn delivered(&self, _: u64, _: u64) {}
    #[inline(always)]
    fn wait_begin(&self, (): ()) {}
    #[inline(always)]
    fn wait_end(&self, (): (), _: WaitOutcome) {}
}
