//! Asks the compiler whether a type has a trait, and gets a yes or a no.
//!
//! A method of the type itself is found before one of a trait, but only where its bounds
//! hold. So `Asks::<T>::NEW.send()` is true exactly if `T: Send`.

use core::marker::PhantomData;
use core::panic::{RefUnwindSafe, UnwindSafe};

pub(crate) struct Asks<T>(PhantomData<T>);

impl<T> Asks<T> {
    pub(crate) const NEW: Self = Self(PhantomData);

    /// About what such a closure returns, which may be a type without a name.
    pub(crate) fn returned<A>(_: impl FnOnce(A) -> T) -> Self {
        Self::NEW
    }
}

macro_rules! questions {
    ($($question:ident: $bound:path;)*) => {
        $(impl<T: $bound> Asks<T> {
            pub(crate) fn $question(&self) -> bool {
                true
            }
        })*

        pub(crate) trait Otherwise {
            $(fn $question(&self) -> bool {
                false
            })*
        }

        impl<T> Otherwise for Asks<T> {}
    };
}

questions! {
    send: Send;
    sync: Sync;
    unpin: Unpin;
    unwind_safe: UnwindSafe;
    ref_unwind_safe: RefUnwindSafe;
}

/// `SYPUR`: Send, sYnc, unPin, Unwind safe, Ref unwind safe; `-` for each that is not.
macro_rules! answers {
    ($asks:expr) => {{
        #[allow(unused_imports, reason = "not needed by a type that has all")]
        use $crate::answers::Otherwise;
        let asks = $asks;
        $crate::answers::letters([
            asks.send(),
            asks.sync(),
            asks.unpin(),
            asks.unwind_safe(),
            asks.ref_unwind_safe(),
        ])
    }};
}

pub(crate) fn letters(answers: [bool; 5]) -> String {
    let letters = "SYPUR".chars().zip(answers);
    letters.map(|(letter, answer)| if answer { letter } else { '-' }).collect()
}

pub(crate) struct Row {
    pub(crate) about: &'static str,
    pub(crate) expected: &'static str,
    pub(crate) found: Vec<String>,
}

pub(crate) struct Table {
    /// What the rows are about, also those that the features leave out.
    pub(crate) names: Vec<&'static str>,
    pub(crate) rows: Vec<Row>,
}

/// What each public type, and what each function returns that has no name for it: rows of
/// answers, and a type with `X` in it or `=>` and a closure. One answer stands for all
/// kinds of `X`.
macro_rules! table {
    ($(
        $(#[$cfg:meta])*
        $path:path {
            $($answers:literal $($ty:ty)? $(=> $closure:expr)?;)*
        }
    )*) => {
        pub(crate) fn table() -> $crate::answers::Table {
            let mut table = $crate::answers::Table { names: vec![], rows: vec![] };
            $(
                table.names.push(concat!("bellwether::", stringify!($path)));
                $(#[$cfg])*
                {
                    $(table.rows.push($crate::answers::Row {
                        about: stringify!($($ty)? $($closure)?),
                        expected: $answers,
                        found: $crate::kinds::each!($(<$ty>)? $($closure)?),
                    });)*
                }
            )*
            table
        }
    };
}

pub(crate) use {answers, table};
