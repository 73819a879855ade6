//! Where a call stands in the source.

use core::panic::Location;

/// What hooks keep of the place in the source from which a primitive is called:
/// nothing, `()`, or the [`Location`]. Sealed.
///
/// ```
/// use bellwether::CallSite;
/// use core::panic::Location;
///
/// #[track_caller]
/// fn called<S: CallSite>() -> S {
///     S::here()
/// }
/// assert_eq!(called::<&Location>().line(), line!());
/// ```
pub trait CallSite: sealed::Sealed + Copy + Send + Sync + 'static {
    /// The place of the call.
    ///
    /// ```
    /// use bellwether::CallSite;
    /// use core::panic::Location;
    ///
    /// assert!(<&Location>::here().file().ends_with(".rs"));
    /// ```
    #[track_caller]
    fn here() -> Self;
}

impl CallSite for () {
    #[inline(always)]
    fn here() {}
}

impl CallSite for &'static Location<'static> {
    #[inline]
    #[track_caller]
    fn here() -> Self {
        Location::caller()
    }
}

/// Both at once, for a pair of hooks.
impl<A: CallSite, B: CallSite> CallSite for (A, B) {
    #[inline]
    #[track_caller]
    fn here() -> Self {
        (A::here(), B::here())
    }
}

mod sealed {
    pub trait Sealed {}

    impl Sealed for () {}
    impl Sealed for &'static core::panic::Location<'static> {}
    impl<A: Sealed, B: Sealed> Sealed for (A, B) {}
}
