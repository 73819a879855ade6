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
/// [`PlainBuffer`](super::PlainBuffer). Sealed: integers, floats, `bool`, `char`,
/// `NonZero`, arrays and tuples of these.
///
/// Every part takes whole words: of bytes, rather publish a `[u64; 8]` than a `[u8; 64]`.
///
/// ```
/// use bellwether::replay::Plain;
///
/// let words = (7_u8, [1.5_f32; 2]).to_words();
/// assert_eq!(<(u8, [f32; 2])>::from_words(words), (7, [1.5; 2]));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an event of plain words",
    note = "it can be an integer, a float, `bool`, `char`, `NonZero`, or an array or a tuple of these"
)]
pub trait Plain: Copy + sealed::Sealed {
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
        impl sealed::Sealed for $event {}
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
        impl<$($part: Plain),*> sealed::Sealed for ($($part,)*) {}

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

mod sealed {
    use super::Plain;

    pub trait Sealed {}

    macro_rules! sealed {
        ($($event:ty)*) => {$(impl Sealed for $event {})*};
    }

    sealed! { u8 u16 u32 u64 u128 usize bool }
    impl<T: Plain, const N: usize> Sealed for [T; N] {}
}
