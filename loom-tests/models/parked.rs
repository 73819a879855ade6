//! Futures that a model parks before its threads start: they make the list as
//! long as the model needs it, without a thread for each.

use core::pin::Pin;
use core::task::Poll;

use bellwether_loom::{OnceCell, OnceHooks};
use loom::sync::Arc;

use super::support::{Bell, Effects, Signal, Value, block_on_with, poll_once};

/// Crowds wait by a bell.
pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    block_on_with::<Bell, F>(future)
}

pub(crate) type Shared<H = ()> = Arc<(OnceCell<Value, H>, Effects)>;

pub(crate) fn shared() -> Shared {
    observed(())
}

pub(crate) fn observed<H: OnceHooks>(hooks: H) -> Shared<H> {
    Arc::new((OnceCell::with_hooks(hooks), Effects::new()))
}

/// A future in the list, on the heap so that it may move to a thread. It borrows
/// the cell that its `Arc` keeps.
pub(crate) struct Parked<H: OnceHooks = ()> {
    future: Option<Pin<Box<dyn Future<Output = ()>>>>,
    pub(crate) bell: std::sync::Arc<Bell>,
    cell: Option<Shared<H>>,
}

// SAFETY: what the futures hold may cross threads: `Value`, `Effects` and the hooks may.
unsafe impl<H: OnceHooks + Send + Sync> Send for Parked<H> {}

impl<H: OnceHooks + 'static> Parked<H> {
    pub(crate) fn new<F>(
        shared: &Shared<H>,
        future: impl FnOnce(&'static OnceCell<Value, H>, &'static Effects) -> F,
    ) -> Self
    where
        F: Future<Output = ()> + 'static,
    {
        let pair: *const (OnceCell<Value, H>, Effects) = &**shared;
        // SAFETY: the future goes before the `Arc` that keeps the pair: see `drop`.
        let pair: &'static (OnceCell<Value, H>, Effects) = unsafe { &*pair };
        let future: Pin<Box<dyn Future<Output = ()>>> = Box::pin(future(&pair.0, &pair.1));
        let mut parked =
            Self { future: Some(future), bell: Bell::new(), cell: Some(shared.clone()) };
        assert!(parked.poll().is_pending());
        parked
    }

    pub(crate) fn candidate(shared: &Shared<H>) -> Self {
        Self::new(shared, |cell, effects| async move {
            cell.get_or_init(|| async {
                effects.leave();
                Value::new(2)
            })
            .await
            .get();
        })
    }

    pub(crate) fn observer(shared: &Shared<H>) -> Self {
        Self::new(shared, |cell, _| async move {
            cell.wait().await.get();
        })
    }

    /// Waits to be woken before each poll, until the future is ready.
    pub(crate) fn finish(mut self) {
        self.bell.wait();
        while self.poll().is_pending() {
            self.bell.wait();
        }
    }

    pub(crate) fn poll(&mut self) -> Poll<()> {
        let future = self.future.as_mut().expect("there until it is dropped");
        poll_once(future.as_mut(), &self.bell)
    }
}

impl<H: OnceHooks> Drop for Parked<H> {
    fn drop(&mut self) {
        self.future = None;
        self.cell = None;
    }
}

/// All threads are through: no waker may be left anywhere.
pub(crate) fn assert_forgotten(bells: &[std::sync::Arc<Bell>]) {
    for bell in bells {
        assert_eq!(std::sync::Arc::strong_count(bell), 1, "a waker was left behind");
    }
}
