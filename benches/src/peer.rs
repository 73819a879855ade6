//! The adapters: what every cell is asked to do, in the same words.
//!
//! All cells hold a `u64`, so that the cell is measured and not its content.

/// A cell that threads initialise.
pub trait SyncPeer: Sized + Send + Sync + 'static {
    /// As the tables call it.
    const NAME: &'static str;

    /// An empty cell.
    fn new() -> Self;

    /// The value, if it is there.
    fn get(&self) -> Option<&u64>;

    /// The value, initialised by this thread if need be.
    fn get_or_init(&self, init: impl FnOnce() -> u64) -> &u64;

    /// A cell that has its value.
    fn ready() -> Self {
        let cell = Self::new();
        cell.get_or_init(|| 1);
        cell
    }
}

/// A cell that tasks initialise.
pub trait AsyncPeer: Sized + Send + Sync + 'static {
    /// As the tables call it.
    const NAME: &'static str;

    /// Whether dropping a waiting future drops its waker too. If not, the waker
    /// is kept until somebody ends the initialisation, and woken then.
    const FORGETS_THE_CANCELLED: bool = true;

    /// An empty cell.
    fn new() -> Self;

    /// A cell that has its value.
    fn ready(value: u64) -> Self;

    /// The value, if it is there.
    fn get(&self) -> Option<&u64>;

    /// The size of the future that waits without initialising, if there is one.
    fn wait_size(&self) -> Option<usize> {
        None
    }

    /// The value, initialised by this task if need be.
    fn get_or_init<'a, F, Fut>(&'a self, init: F) -> impl Future<Output = &'a u64> + Send + 'a
    where
        F: FnOnce() -> Fut + Send + 'a,
        Fut: Future<Output = u64> + Send + 'a;

    /// The same, with an initialiser that may fail.
    fn get_or_try_init<'a, F, Fut>(
        &'a self,
        init: F,
    ) -> impl Future<Output = Result<&'a u64, Failed>> + Send + 'a
    where
        F: FnOnce() -> Fut + Send + 'a,
        Fut: Future<Output = Result<u64, Failed>> + Send + 'a;
}

/// The error of an initialiser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failed;

/// Does the same with each cell for threads: `each_sync!(P => work::<P>());`.
#[macro_export]
macro_rules! each_sync {
    ($peer:ident => $work:expr) => {{
        $crate::each_of!(
            $peer => $work,
            ::std::sync::OnceLock<u64>,
            ::once_cell::sync::OnceCell<u64>,
            ::bellwether::OnceCell<u64>
        );
    }};
}

/// Does the same with each cell for tasks: `each_async!(P => work::<P>());`.
#[macro_export]
macro_rules! each_async {
    ($peer:ident => $work:expr) => {{
        $crate::each_of!(
            $peer => $work,
            ::tokio::sync::OnceCell<u64>,
            ::async_once_cell::OnceCell<u64>,
            ::async_lock::OnceCell<u64>,
            ::bellwether::OnceCell<u64>
        );
    }};
}

/// Does the same with each of some types.
#[macro_export]
macro_rules! each_of {
    ($peer:ident => $work:expr, $($cell:ty),+) => {
        $({
            type $peer = $cell;
            $work;
        })+
    };
}
