//! The public API as one text: without features, then what each feature alone makes of
//! it, then what only all together do, and last what it names of other crates.

use std::collections::BTreeSet;
use std::fmt;

use crate::rustdoc::{Features, Library};
use crate::{Result, external, items};

const HEAD: &str = "\
# The public API of bellwether. Written by `cargo run -p api -- --update`, and compared
# with the library in CI. A feature's part is what it adds to the API without features
# and to that of the features that it switches on.
";

pub(crate) struct Snapshot {
    sections: Vec<Section>,
}

struct Section {
    title: String,
    lines: Vec<String>,
}

/// Builds the library once for each feature.
pub(crate) fn take(library: &Library) -> Result<Snapshot> {
    let describe = |features| -> Result<_> { items::lines(&library.describe(features)?) };
    let none = describe(Features::None)?;
    let base: BTreeSet<String> = none.iter().cloned().collect();
    let mut sections = vec![Section { title: "without features".into(), lines: none }];

    let mut alone = Vec::new();
    for name in library.features.keys() {
        alone.push((name, describe(Features::Only(name))?));
    }
    let mut union = base.clone();
    for (name, lines) in &alone {
        let mut below = base.clone();
        for (other, lines) in &alone {
            if library.features[*name].contains(*other) {
                below.extend(lines.iter().cloned());
            }
        }
        compare(&mut sections, name, &below, lines);
        union.extend(lines.iter().cloned());
    }

    let json = library.describe(Features::All)?;
    compare(&mut sections, "all features", &union, &items::lines(&json)?);
    let lines = external::names(&json)?.into_iter().collect();
    sections.push(Section { title: "named of other crates, with all features".into(), lines });
    Ok(Snapshot { sections })
}

/// Adds what the lines have beyond those below, and what they lack of them.
fn compare(sections: &mut Vec<Section>, title: &str, below: &BTreeSet<String>, lines: &[String]) {
    let have: BTreeSet<&String> = lines.iter().collect();
    let more = lines.iter().filter(|line| !below.contains(*line)).cloned().collect();
    let less: Vec<_> = below.iter().filter(|line| !have.contains(line)).cloned().collect();
    sections.push(Section { title: format!("{title}: more"), lines: more });
    if !less.is_empty() {
        sections.push(Section { title: format!("{title}: less"), lines: less });
    }
}

impl Snapshot {
    /// How much there is.
    pub(crate) fn figures(&self) -> String {
        let lines = self.sections.iter().map(|section| section.lines.len()).sum::<usize>();
        let external = self.sections.last().map_or(0, |section| section.lines.len());
        format!("figure lines {lines} of public API\nfigure external {external} names")
    }
}

impl fmt::Display for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HEAD)?;
        for section in &self.sections {
            writeln!(f, "\n# {}\n", section.title)?;
            section.lines.iter().try_for_each(|line| writeln!(f, "{line}"))?;
        }
        Ok(())
    }
}
