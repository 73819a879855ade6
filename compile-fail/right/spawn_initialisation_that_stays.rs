//! The same goes for what the initialisation keeps while it waits.

use std::future::ready;
use std::sync::Arc as Shared;

use bellwether::OnceCell;

static CELL: OnceCell<u32> = OnceCell::new();

fn main() {
    let init = || async {
        let kept = Shared::new(7);
        ready(()).await;
        *kept
    };
    compile_fail::spawn(CELL.get_or_init(init));
}
