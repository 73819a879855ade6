//! A struct, which may have padding, says itself which words it is.

use bellwether::{PlainArray, replay::Plain};

#[derive(Clone, Copy)]
struct Padded {
    small: u8,
    large: u64,
}

#[cfg(all())]
impl Plain for Padded {
    type Words = <(u8, u64) as Plain>::Words;
    fn to_words(self) -> Self::Words {
        (self.small, self.large).to_words()
    }
    fn from_words(words: Self::Words) -> Self {
        let (small, large) = Plain::from_words(words);
        Self { small, large }
    }
}

static BUFFER: PlainArray<Padded, 2> = PlainArray::new();

fn main() {
    assert!(BUFFER.publish(Padded { small: 1, large: 2 }).is_ok());
}
