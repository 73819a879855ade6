//! What a value holds, by its type: for a buffer that is bounded by bytes.
//!
//! | type | beside its size |
//! |---|---|
//! | numbers, `bool`, `char`, `()` | nothing |
//! | `&T` | nothing: it keeps nothing alive |
//! | `String`, `Vec` | the capacity, and what the elements hold |
//! | `Box` | what is in it |
//! | `Arc` | what is in it and the two counts, in full for each holder |
//! | `str`, slices, arrays, tuples, `Option`, `Result`, `Cow` | what the parts hold |

use alloc::borrow::{Cow, ToOwned};
use alloc::boxed::Box;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::alloc::Layout;

/// How many bytes a value holds: its own, and those that it keeps on the heap, as they
/// were asked for. What an allocator adds to each piece is not counted.
///
/// It is asked once an event, before the event is stored. What an `Arc` leads to counts
/// in full for each holder, also if others share it: a bound of bytes then holds for the
/// worst case, that nobody else keeps it. What a `&T` leads to does not count.
///
/// A sum that does not fit is `usize::MAX`.
///
/// ```
/// use bellwether::{ReplayBuffer, Weigh};
///
/// #[derive(Clone)]
/// struct Update {
///     user: u64,
///     text: String,
/// }
///
/// impl Weigh for Update {
///     fn weigh(&self) -> usize {
///         size_of::<Self>() + self.text.capacity()
///     }
/// }
///
/// let builder = ReplayBuffer::builder().capacity(1_000).max_bytes(1 << 20);
/// let buffer = builder.weigh(Update::weigh).build().unwrap();
/// let update = Update { user: 7, text: "hello".into() };
/// buffer.publish(update.clone()).unwrap();
/// assert_eq!(buffer.stats().bytes, update.weigh());
/// ```
pub trait Weigh {
    /// Its bytes: at least its size. What is smaller by its own account counts as its
    /// size where it is a part.
    ///
    /// ```
    /// use bellwether::Weigh;
    ///
    /// assert_eq!(7_u64.weigh(), 8);
    /// // The text itself, and an event that is a reference to it.
    /// assert_eq!("hello".weigh(), 5);
    /// assert_eq!(("hello", 7_u64).weigh(), size_of::<&str>() + 8);
    /// assert_eq!(Box::<str>::from("hello").weigh(), size_of::<Box<str>>() + 5);
    /// assert_eq!(Vec::<u32>::with_capacity(10).weigh(), size_of::<Vec<u32>>() + 40);
    /// ```
    fn weigh(&self) -> usize;
}

/// What it holds beside its own bytes.
#[inline]
fn beside<T: Weigh + ?Sized>(value: &T) -> usize {
    value.weigh().saturating_sub(size_of_val(value))
}

/// The value's own bytes, and what its parts hold beside theirs.
#[inline]
fn with<T: ?Sized>(value: &T, parts: impl IntoIterator<Item = usize>) -> usize {
    parts.into_iter().fold(size_of_val(value), usize::saturating_add)
}

macro_rules! by_size {
    ($($type:ty),*) => {
        $(impl Weigh for $type {
            #[inline]
            fn weigh(&self) -> usize {
                size_of::<Self>()
            }
        })*
    };
}
by_size!(u8, u16, u32, u64, u128, usize, i8, i16, i32, i64, i128, isize);
by_size!(f32, f64, bool, char, ());

/// Its bytes.
impl Weigh for str {
    #[inline]
    fn weigh(&self) -> usize {
        self.len()
    }
}

/// The reference only.
impl<T: ?Sized> Weigh for &T {
    #[inline]
    fn weigh(&self) -> usize {
        size_of::<Self>()
    }
}

/// With its capacity.
impl Weigh for String {
    #[inline]
    fn weigh(&self) -> usize {
        with(self, [self.capacity()])
    }
}

/// With its capacity; asks each element.
impl<T: Weigh> Weigh for Vec<T> {
    #[inline]
    fn weigh(&self) -> usize {
        with(self, [self.capacity() * size_of::<T>(), beside(self.as_slice())])
    }
}

/// Asks each element.
impl<T: Weigh> Weigh for [T] {
    #[inline]
    fn weigh(&self) -> usize {
        with(self, self.iter().map(beside))
    }
}

/// Asks each element.
impl<T: Weigh, const N: usize> Weigh for [T; N] {
    #[inline]
    fn weigh(&self) -> usize {
        self.as_slice().weigh()
    }
}

/// With what is in it.
impl<T: Weigh + ?Sized> Weigh for Box<T> {
    #[inline]
    fn weigh(&self) -> usize {
        with(self, [(**self).weigh()])
    }
}

/// With what is in it, as if nobody shared it, and the two counts.
impl<T: Weigh + ?Sized> Weigh for Arc<T> {
    #[inline]
    fn weigh(&self) -> usize {
        let inner = Layout::for_value(&**self);
        let shared = Layout::new::<[usize; 2]>().extend(inner);
        // It does fit: the value is there.
        let shared = shared.map_or(inner.size(), |(all, _)| all.pad_to_align().size());
        with(self, [shared, beside(&**self)])
    }
}

impl<T: Weigh> Weigh for Option<T> {
    #[inline]
    fn weigh(&self) -> usize {
        with(self, self.iter().map(beside))
    }
}

impl<T: Weigh, E: Weigh> Weigh for Result<T, E> {
    #[inline]
    fn weigh(&self) -> usize {
        with(self, [self.as_ref().map_or_else(beside, beside)])
    }
}

/// What is owned, if it is.
impl<B: ToOwned<Owned: Weigh> + ?Sized> Weigh for Cow<'_, B> {
    #[inline]
    fn weigh(&self) -> usize {
        match self {
            Self::Borrowed(_) => size_of::<Self>(),
            Self::Owned(value) => with(self, [beside(value)]),
        }
    }
}

macro_rules! tuples {
    ($($($part:ident)+;)*) => {
        $(impl<$($part: Weigh),+> Weigh for ($($part,)+) {
            #[inline]
            #[allow(non_snake_case, reason = "a part is named as its type")]
            fn weigh(&self) -> usize {
                let ($($part,)+) = self;
                with(self, [$(beside($part)),+])
            }
        })*
    };
}
tuples! {
    A;
    A B;
    A B C;
    A B C D;
}
