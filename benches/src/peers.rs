//! The peers behind the adapters. Each method is the peer's own, and no more.

use crate::peer::{AsyncPeer, Failed, SyncPeer};

/// The column of this crate.
pub const OURS: &str = "bellwether";

impl SyncPeer for std::sync::OnceLock<u64> {
    const NAME: &'static str = "std OnceLock";

    #[inline(always)]
    fn new() -> Self {
        Self::new()
    }

    #[inline(always)]
    fn get(&self) -> Option<&u64> {
        self.get()
    }

    #[inline(always)]
    fn get_or_init(&self, init: impl FnOnce() -> u64) -> &u64 {
        self.get_or_init(init)
    }
}

impl SyncPeer for once_cell::sync::OnceCell<u64> {
    const NAME: &'static str = "once_cell";

    #[inline(always)]
    fn new() -> Self {
        Self::new()
    }

    #[inline(always)]
    fn get(&self) -> Option<&u64> {
        self.get()
    }

    #[inline(always)]
    fn get_or_init(&self, init: impl FnOnce() -> u64) -> &u64 {
        self.get_or_init(init)
    }
}

impl SyncPeer for bellwether::OnceCell<u64> {
    const NAME: &'static str = OURS;

    #[inline(always)]
    fn new() -> Self {
        Self::new()
    }

    #[inline(always)]
    fn get(&self) -> Option<&u64> {
        self.get()
    }

    #[inline(always)]
    fn get_or_init(&self, init: impl FnOnce() -> u64) -> &u64 {
        self.get_or_init_blocking(init)
    }
}

/// The methods that are spelt alike for all cells but one.
macro_rules! common {
    (new) => {
        #[inline(always)]
        fn new() -> Self {
            Self::new()
        }
    };
    (get) => {
        #[inline(always)]
        fn get(&self) -> Option<&u64> {
            self.get()
        }
    };
    // They take closures.
    (init) => {
        #[inline(always)]
        fn get_or_init<'a, F, Fut>(&'a self, init: F) -> impl Future<Output = &'a u64> + Send + 'a
        where
            F: FnOnce() -> Fut + Send + 'a,
            Fut: Future<Output = u64> + Send + 'a,
        {
            self.get_or_init(init)
        }

        #[inline(always)]
        fn get_or_try_init<'a, F, Fut>(
            &'a self,
            init: F,
        ) -> impl Future<Output = Result<&'a u64, $crate::peer::Failed>> + Send + 'a
        where
            F: FnOnce() -> Fut + Send + 'a,
            Fut: Future<Output = Result<u64, $crate::peer::Failed>> + Send + 'a,
        {
            self.get_or_try_init(init)
        }
    };
}
pub(crate) use common;

impl AsyncPeer for bellwether::OnceCell<u64> {
    const NAME: &'static str = OURS;

    common!(new);
    common!(get);
    common!(init);

    fn ready(value: u64) -> Self {
        Self::with_value(value)
    }

    fn wait_size(&self) -> Option<usize> {
        Some(size_of_val(&self.wait()))
    }
}

impl AsyncPeer for tokio::sync::OnceCell<u64> {
    const NAME: &'static str = "tokio";

    common!(new);
    common!(get);
    common!(init);

    fn ready(value: u64) -> Self {
        Self::const_new_with(value)
    }
}

impl AsyncPeer for async_lock::OnceCell<u64> {
    const NAME: &'static str = "async-lock";

    common!(new);
    common!(get);
    common!(init);

    fn ready(value: u64) -> Self {
        Self::from(value)
    }

    fn wait_size(&self) -> Option<usize> {
        Some(size_of_val(&self.wait()))
    }
}

impl AsyncPeer for async_once_cell::OnceCell<u64> {
    const NAME: &'static str = "async-once-cell";
    const FORGETS_THE_CANCELLED: bool = false;

    common!(new);
    common!(get);

    fn ready(value: u64) -> Self {
        Self::new_with(value)
    }

    /// Takes a future, not a closure.
    #[inline(always)]
    fn get_or_init<'a, F, Fut>(&'a self, init: F) -> impl Future<Output = &'a u64> + Send + 'a
    where
        F: FnOnce() -> Fut + Send + 'a,
        Fut: Future<Output = u64> + Send + 'a,
    {
        self.get_or_init(init())
    }

    #[inline(always)]
    fn get_or_try_init<'a, F, Fut>(
        &'a self,
        init: F,
    ) -> impl Future<Output = Result<&'a u64, Failed>> + Send + 'a
    where
        F: FnOnce() -> Fut + Send + 'a,
        Fut: Future<Output = Result<u64, Failed>> + Send + 'a,
    {
        self.get_or_try_init(init())
    }
}
