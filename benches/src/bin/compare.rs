//! Two runs side by side, ours against ours:
//!
//! ```text
//! cargo run --release -p benches --bin compare -- BEFORE AFTER
//! ```
//!
//! Both are folders that `report`, or `matrix -- --out`, has written. It never fails because
//! of a time: what counts must be is asserted by `cargo test -p benches`.

use core::error::Error;
use std::path::Path;
use std::process::ExitCode;

use benches::report::{compare, data};

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [before, after] = &arguments[..] else {
        eprintln!("usage: compare BEFORE AFTER");
        return ExitCode::from(2);
    };
    match show(before, after) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

fn show(before: &str, after: &str) -> Result<(), Box<dyn Error>> {
    let read = |folder| data::read(&Path::new(folder).join("matrix.csv"));
    let [before, after] = [read(before)?, read(after)?].map(|lines| data::matrix(&lines));
    println!("Microseconds: the middle round, and from the least to the greatest.\n");
    print!("{}", compare::runs(&before, &after));
    Ok(())
}
