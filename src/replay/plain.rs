//! Which events may be read while they are overwritten: those that are a few words and
//! nothing else.
//!
//! | event | words |
//! |---|---|
//! | integers, floats, `NonZero` | as many as they take |
//! | `bool`, `char` | one; where a word has 16 bits, a `char` two |
//! | arrays, tuples of up to four | those of their parts, side by side |
//!
//! A reader loads the words, and makes an event of them only once it knows that they
//! were stored together. So no event is ever made of words that are not its own.

use core::array::from_fn;
use core::num::NonZero;

use super::words::Words;

/// An event that is a few words and nothing else, for
/// [`PlainBuffer`](super::PlainBuffer): integers, floats, `bool`, `char`, `NonZero`,
/// arrays and tuples of these, and whatever can be told by them.
///
/// Every part takes whole words: of bytes, rather publish a `[u64; 8]` than a `[u8; 64]`.
/// Both methods run outside of locks, and may panic; an event is never made of words
/// that are not those of one event.
///
/// ```
/// # #[cfg(feature = "alloc")] {
/// use bellwether::{ReplayBuffer, Start, replay::Plain};
///
/// #[derive(Clone, Copy, Debug, PartialEq)]
/// struct Trade {
///     price: u64,
///     amount: f32,
/// }
///
/// impl Plain for Trade {
///     type Words = <(u64, f32) as Plain>::Words;
///     fn to_words(self) -> Self::Words {
///         (self.price, self.amount).to_words()
///     }
///     fn from_words(words: Self::Words) -> Self {
///         let (price, amount) = Plain::from_words(words);
///         Self { price, amount }
///     }
/// }
///
/// let buffer = ReplayBuffer::builder().capacity(8).build_plain().unwrap();
/// let mut subscriber = buffer.subscribe(Start::Live);
/// let trade = Trade { price: 1_250, amount: 0.5 };
/// buffer.publish(trade).unwrap();
/// assert_eq!(subscriber.try_recv().unwrap().value, trade);
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an event of plain words",
    note = "implement `bellwether::replay::Plain` for it by a tuple of its fields"
)]
pub trait Plain: Copy {
    /// What it is kept as.
    type Words: Words;

    /// The event as words.
    ///
    /// ```
    /// assert_eq!(bellwether::replay::Plain::to_words(true), 1);
    /// ```
    fn to_words(self) -> Self::Words;

    /// The event that became these words.
    ///
    /// ```
    /// assert!(<bool as bellwether::replay::Plain>::from_words(1));
    /// ```
    fn from_words(words: Self::Words) -> Self;
}

/// How many words take so many bytes.
const fn words_for(bytes: usize) -> usize {
    bytes.div_ceil(size_of::<usize>())
}

/// Lowest word first.
macro_rules! integers {
    ($($unsigned:ident $signed:ident)*) => {$(
        impl Plain for $unsigned {
            type Words = [usize; words_for(size_of::<Self>())];

            #[inline(always)]
            fn to_words(self) -> Self::Words {
                from_fn(|n| (self >> (n as u32 * usize::BITS)) as usize)
            }

            #[inline(always)]
            fn from_words(words: Self::Words) -> Self {
                let shifted = |n: usize| (words[n] as Self) << (n as u32 * usize::BITS);
                (0..words.len()).fold(0, |value, n| value | shifted(n))
            }
        }

        by!($signed as $unsigned: |value| value as $unsigned, |value| value as $signed);
        non_zero!($unsigned $signed);
    )*};
}

/// An event that is kept as another, of the same bits.
macro_rules! by {
    ($event:ty as $other:ty: |$value:ident| $to:expr, |$back:ident| $from:expr) => {
        impl Plain for $event {
            type Words = <$other as Plain>::Words;

            #[inline(always)]
            fn to_words(self) -> Self::Words {
                let $value = self;
                Plain::to_words($to)
            }

            #[inline(always)]
            fn from_words(words: Self::Words) -> Self {
                let $back: $other = Plain::from_words(words);
                $from
            }
        }
    };
}

/// Words that became of no event need not make one that makes sense.
macro_rules! non_zero {
    ($($int:ident)*) => {$(
        by!(NonZero<$int> as $int: |value| value.get(),
            |value| NonZero::new(value).unwrap_or(NonZero::<$int>::MIN));

    )*};
}

integers! { u8 i8 u16 i16 u32 i32 u64 i64 u128 i128 usize isize }
by!(f32 as u32: |value| value.to_bits(), |bits| Self::from_bits(bits));
by!(f64 as u64: |value| value.to_bits(), |bits| Self::from_bits(bits));
by!(char as u32: |value| u32::from(value),
    |code| Self::from_u32(code).unwrap_or(Self::REPLACEMENT_CHARACTER));

impl Plain for bool {
    type Words = usize;

    #[inline(always)]
    fn to_words(self) -> usize {
        usize::from(self)
    }

    #[inline(always)]
    fn from_words(word: usize) -> Self {
        word != 0
    }
}

impl<T: Plain, const N: usize> Plain for [T; N] {
    type Words = [T::Words; N];

    #[inline(always)]
    fn to_words(self) -> Self::Words {
        self.map(T::to_words)
    }

    #[inline(always)]
    fn from_words(words: Self::Words) -> Self {
        words.map(T::from_words)
    }
}

macro_rules! tuples {
    ($(($($part:ident $n:tt),*))*) => {$(
        impl<$($part: Plain),*> Plain for ($($part,)*) {
            type Words = ($($part::Words,)*);

            #[inline(always)]
            #[allow(clippy::unused_unit, reason = "of no words")]
            fn to_words(self) -> Self::Words {
                ($(self.$n.to_words(),)*)
            }

            #[inline(always)]
            #[allow(clippy::unused_unit, reason = "of no words")]
            fn from_words(_words: Self::Words) -> Self {
                ($($part::from_words(_words.$n),)*)
            }
        }
    )*};
}

tuples! {
    ()
    (A 0)
    (A 0, B 1)
    (A 0, B 1, C 2)
    (A 0, B 1, C 2, D 3)
}
