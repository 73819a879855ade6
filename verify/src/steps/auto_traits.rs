//! `tests/auto_traits/`: a table of what the compiler must say of each type of
//! `docs/api.txt`, with and without features.

use crate::run::{Goal::AtLeast, Run};

pub(crate) fn run(run: &mut Run) -> Result<(), String> {
    let test = ["test", "--locked", "-p", "bellwether", "--test", "auto_traits"];
    let arguments = |features| test.into_iter().chain([features, "--", "--nocapture"]);
    run.execute(&mut run.cargo(arguments("--no-default-features")))?;
    run.execute(&mut run.cargo(arguments("--all-features")))?;
    run.goal("answers", AtLeast(2_000.0));
    Ok(())
}
