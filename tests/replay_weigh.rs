//! `Weigh` against the allocator: a value weighs its size, and what was allocated for it.

#![cfg(feature = "alloc")]

use bellwether::{ReplayBuffer, Weigh};
use std::borrow::Cow;
use std::sync::Arc;

#[path = "support/allocator.rs"]
mod allocator;

/// Made by itself, it weighs what it has taken.
#[track_caller]
fn exact<T: Weigh>(make: impl FnOnce() -> T) {
    let before = allocator::live_bytes();
    let value = make();
    let heap = usize::try_from(allocator::live_bytes() - before).unwrap();
    assert_eq!(value.weigh(), size_of::<T>() + heap);
}

#[repr(align(64))]
struct Line {
    _byte: u8,
}

impl Weigh for Line {
    fn weigh(&self) -> usize {
        size_of::<Self>()
    }
}

fn text() -> String {
    let mut text = String::with_capacity(100);
    text.push_str("hello");
    text
}

#[test]
fn plain_values_weigh_their_size() {
    exact(|| 1_u8);
    exact(|| -1_i16);
    exact(|| 1_u32);
    exact(|| 1_i64);
    exact(|| 1_u128);
    exact(|| 1_usize);
    exact(|| 1.5_f32);
    exact(|| 1.5_f64);
    exact(|| true);
    exact(|| 'x');
    exact(|| ());
    exact(|| [1_u16; 7]);
    assert_eq!((7_u8.weigh(), ().weigh(), 'x'.weigh(), [1_u16; 7].weigh()), (1, 0, 4, 14));
}

#[test]
fn references_weigh_themselves() {
    exact(|| "hello");
    exact(|| b"hello".as_slice());
    exact(|| &7_u8);
    let long = "hello".repeat(1_000);
    assert_eq!(<&String>::weigh(&&long), size_of::<usize>());
    // What it leads to is a value, and weighs what it holds.
    assert_eq!((str::weigh(&long), <[u32]>::weigh(&[1, 2])), (5_000, 8));
}

#[test]
fn what_is_owned_counts_with_its_capacity() {
    exact(text);
    exact(String::new);
    exact(|| Vec::<u32>::with_capacity(10));
    exact(Vec::<u64>::new);
    exact(|| vec![(); 1_000]);
    exact(|| Box::new(7_u64));
    exact(|| Box::new(()));
    exact(|| Box::<str>::from("hello"));
    exact(|| Box::<[u16]>::from([1, 2, 3]));
    exact(|| Box::new(Line { _byte: 1 }));
}

#[test]
fn what_is_shared_counts_in_full() {
    exact(|| Arc::new(7_u64));
    exact(|| Arc::new(7_u8));
    exact(|| Arc::new(()));
    exact(|| Arc::new(Line { _byte: 1 }));
    exact(|| Arc::<str>::from("hello"));
    exact(|| Arc::<[u8]>::from([1_u8; 9]));
    exact(|| Arc::<[String]>::from([text(), text()]));
    exact(|| Arc::new(text()));
    let shared = Arc::<str>::from("hello");
    assert_eq!([shared.clone(), shared.clone()].weigh(), 2 * shared.weigh());
}

#[test]
fn parts_count_with_what_they_hold() {
    exact(|| vec![text(), String::new(), text()]);
    exact(|| {
        let mut texts = Vec::with_capacity(10);
        texts.push(Some(text()));
        texts.push(None);
        texts
    });
    exact(|| [text(), text()]);
    exact(|| Box::new((text(), vec![1_u16, 2, 3])));
    exact(|| (text(),));
    exact(|| (1_u8, text()));
    exact(|| (text(), 1_u8, Box::new(1_u64)));
    exact(|| (1_u8, text(), 1_u64, Arc::new(text())));
    exact(|| Some(text()));
    exact(|| None::<String>);
    exact(|| Some(Box::new(7_u8)));
    exact(|| Some(Some(true)));
    exact(|| Ok::<String, u128>(text()));
    exact(|| Err::<u8, _>(text()));
    exact(|| Ok::<u8, String>(1));
    exact(|| Cow::<str>::Owned(text()));
    exact(|| Cow::Borrowed("hello"));
    exact(|| Cow::<[u32]>::Owned(Vec::with_capacity(9)));
}

/// Whatever a type says of itself.
#[test]
fn no_sum_wraps() {
    struct Heavy;
    impl Weigh for Heavy {
        fn weigh(&self) -> usize {
            usize::MAX
        }
    }
    assert_eq!(vec![Heavy, Heavy].weigh(), usize::MAX);
    assert_eq!((Heavy, text(), Some(Heavy)).weigh(), usize::MAX);
    assert_eq!(Arc::new(Heavy).weigh(), usize::MAX);

    struct Light {
        _number: u64,
    }
    impl Weigh for Light {
        fn weigh(&self) -> usize {
            0
        }
    }
    let light = || Light { _number: 1 };
    assert_eq!((light().weigh(), Some(light()).weigh()), (0, size_of::<Option<Light>>()));
}

#[test]
fn a_buffer_is_bounded_by_it() {
    let builder = ReplayBuffer::<String>::builder().capacity(100);
    let buffer = builder.max_bytes(3 * text().weigh()).weigh(Weigh::weigh).build().unwrap();
    for _ in 0..10 {
        buffer.publish(text()).unwrap();
    }
    assert_eq!((buffer.stats().len, buffer.stats().bytes), (3, 3 * (100 + size_of::<String>())));
}
