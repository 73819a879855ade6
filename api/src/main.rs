//! Compares the library's public API with `docs/api.txt`:
//!
//! ```text
//! cargo run -p api              # fails, and shows what differs
//! cargo run -p api -- --update  # writes docs/api.txt anew
//! ```
//!
//! | file | what |
//! |---|---|
//! | `rustdoc.rs` | the library's features, and its JSON with some of them |
//! | `items.rs` | each public item as a line |
//! | `external.rs` | what the API names of other crates |
//! | `snapshot.rs` | all that as one text, feature by feature |
//! | `difference.rs` | what one text says and the other does not |

mod difference;
mod external;
mod items;
mod rustdoc;
mod snapshot;

use std::path::Path;
use std::process::ExitCode;
use std::{env, error, fs};

/// Whatever goes wrong ends the run.
type Result<T> = core::result::Result<T, Box<dyn error::Error>>;

const SNAPSHOT: &str = "docs/api.txt";

fn main() -> Result<ExitCode> {
    let update = match env::args().skip(1).collect::<Vec<_>>().as_slice() {
        [] => false,
        [update] if update == "--update" => true,
        other => return Err(format!("not understood: {other:?}").into()),
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("a workspace around it")?;
    let file = root.join(SNAPSHOT);
    let found = snapshot::take(&rustdoc::Library::new(root)?)?;
    println!("{}", found.figures());
    let found = found.to_string();

    if update {
        fs::write(&file, found)?;
        println!("{SNAPSHOT} is written");
        return Ok(ExitCode::SUCCESS);
    }
    let recorded = fs::read_to_string(&file).map_err(|e| format!("{SNAPSHOT}: {e}"))?;
    let difference = difference::between(&recorded, &found);
    println!("figure changed {} lines", difference.lines().count());
    if difference.is_empty() {
        println!("{SNAPSHOT} says the same");
        return Ok(ExitCode::SUCCESS);
    }
    println!("{SNAPSHOT} (-) and the library (+) differ:\n{difference}");
    println!("If that is meant: `cargo run -p api -- --update`, and a line in CHANGELOG.md.");
    Ok(ExitCode::FAILURE)
}
