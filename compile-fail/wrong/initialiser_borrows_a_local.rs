//! A future that leaves its function takes along what its initialiser needs.

use bellwether::OnceCell;

static CELL: OnceCell<usize> = OnceCell::new();

fn length(text: String) -> impl Future {
    CELL.get_or_init(|| async { text.len() })
}

fn main() {
    drop(length(String::from("four")));
}
