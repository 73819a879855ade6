//! Adds up what `llvm-cov export` says of several programs.
//!
//! | what | one of it | covered |
//! |---|---|---|
//! | region | a code region, by its place in the file | if any instance of it ran |
//! | function | the place of a function's first region | if that region is |
//! | line | a line that a code region begins on | if all that begin there are |
//!
//! A generic function has as many instances as types it is used with; llvm-cov's own sums
//! take the best single one. Not counted are unit tests (`mod tests`) and documentation
//! tests, whose code has its place in the comment that it was written in.

use core::fmt::Write;
use std::collections::{BTreeMap, BTreeSet, btree_map::Entry};
use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

/// The part of llvm-cov's export that is used.
#[derive(Deserialize)]
struct Export {
    data: Vec<Data>,
}

#[derive(Deserialize)]
struct Data {
    functions: Vec<Function>,
}

#[derive(Deserialize)]
struct Function {
    name: String,
    filenames: Vec<String>,
    /// Line, column, end line, end column, executions, file, expanded file, kind.
    regions: Vec<[u64; 8]>,
}

/// Line, column, end line, end column.
type Place = [u64; 4];

#[derive(Default)]
struct File {
    /// Which lines are comments.
    comments: Vec<bool>,
    regions: BTreeMap<Place, bool>,
    functions: BTreeSet<Place>,
}

/// All programs.
#[derive(Default)]
pub(super) struct Merged(BTreeMap<String, File>);

#[derive(Clone, Copy, Default, Serialize)]
pub(super) struct Count {
    pub(super) all: usize,
    pub(super) covered: usize,
}

impl Count {
    pub(super) fn share(self) -> f64 {
        // Two places are enough, and none is rounded up to 100.
        (10_000.0 * self.covered as f64 / self.all.max(1) as f64).floor() / 100.0
    }

    fn of(items: impl Iterator<Item = bool>) -> Self {
        items.fold(Self::default(), |Self { all, covered }, item| Self {
            all: all + 1,
            covered: covered + usize::from(item),
        })
    }

    fn add(&mut self, other: Self) {
        self.all += other.all;
        self.covered += other.covered;
    }
}

#[derive(Serialize)]
struct Row {
    file: String,
    regions: Count,
    functions: Count,
    lines: Count,
}

pub(super) struct Summary {
    pub(super) regions: Count,
    pub(super) functions: Count,
    pub(super) lines: Count,
    pub(super) json: String,
    /// A line each: where it is.
    pub(super) uncovered: String,
}

impl Merged {
    /// Adds a program: what was exported of it, and the folder of the sources.
    pub(super) fn add(&mut self, export: &[u8], sources: &Path) -> Result<(), String> {
        let export: Export = serde_json::from_slice(export).map_err(|why| why.to_string())?;
        let functions = export.data.into_iter().flat_map(|data| data.functions);
        // `tests`, in a mangled name.
        for function in functions.filter(|function| !function.name.contains("5tests")) {
            let mut first = true;
            for [line, column, end, end_column, executions, file, _, kind] in function.regions {
                let path = &function.filenames[file as usize];
                let Ok(name) = Path::new(path).strip_prefix(sources) else { continue };
                const CODE: u64 = 0;
                if kind != CODE {
                    continue;
                }
                let file = self.file(name.display().to_string(), path)?;
                if file.comments.get(line as usize - 1) == Some(&true) {
                    continue;
                }
                let place = [line, column, end, end_column];
                *file.regions.entry(place).or_default() |= executions > 0;
                if core::mem::take(&mut first) {
                    file.functions.insert(place);
                }
            }
        }
        Ok(())
    }

    fn file(&mut self, name: String, path: &str) -> Result<&mut File, String> {
        match self.0.entry(name) {
            Entry::Occupied(known) => Ok(known.into_mut()),
            Entry::Vacant(new) => {
                let text = fs::read_to_string(path).map_err(|why| format!("{path}: {why}"))?;
                let comments = text.lines().map(|line| line.trim_start().starts_with("//"));
                Ok(new.insert(File { comments: comments.collect(), ..File::default() }))
            }
        }
    }

    pub(super) fn summary(&self) -> Summary {
        let (mut regions, mut functions, mut lines) =
            (Count::default(), Count::default(), Count::default());
        let (mut rows, mut uncovered) = (vec![], String::new());
        for (name, file) in &self.0 {
            let mut by_line = BTreeMap::new();
            for (&[line, column, end, end_column], &covered) in &file.regions {
                *by_line.entry(line).or_insert(true) &= covered;
                if !covered {
                    writeln!(uncovered, "src/{name}:{line}:{column} to {end}:{end_column}")
                        .expect("it is text");
                }
            }
            let row = Row {
                file: format!("src/{name}"),
                regions: Count::of(file.regions.values().copied()),
                functions: Count::of(file.functions.iter().map(|place| file.regions[place])),
                lines: Count::of(by_line.into_values()),
            };
            regions.add(row.regions);
            functions.add(row.functions);
            lines.add(row.lines);
            rows.push(row);
        }
        let json = serde_json::to_string_pretty(&rows).expect("it is numbers and names");
        Summary { regions, functions, lines, json, uncovered }
    }
}

#[test]
fn programs_add_up() {
    let sources = crate::machine::root().join("target/verify/merge-test");
    fs::create_dir_all(sources.join("a")).unwrap();
    fs::write(sources.join("a/b.rs"), "fn f() {\n  g();\n}\n/// g();\nfn h() {\n}\n").unwrap();
    let program = |executed: u64, name: &str| {
        format!(
            r#"{{"data": [{{"functions": [{{"name": "{name}",
            "filenames": ["/other/a.rs", "{}/a/b.rs"],
            "regions": [[1,2,3,4,1,1,0,0], [2,2,2,9,{executed},1,0,0], [2,2,2,9,0,1,0,3],
            [9,1,9,2,0,0,0,0], [4,5,4,9,0,1,0,0]]}}]}}]}}"#,
            sources.display()
        )
    };
    let mut merged = Merged::default();
    merged.add(program(0, "_R1f").as_bytes(), &sources).unwrap();
    let half = merged.summary();
    assert_eq!((half.regions.all, half.regions.covered, half.functions.covered), (2, 1, 1));
    assert_eq!((half.lines.all, half.lines.covered), (2, 1));
    assert_eq!(half.uncovered, "src/a/b.rs:2:2 to 2:9\n");
    assert_eq!(half.regions.share(), 50.0);
    // Another instance ran it.
    merged.add(program(7, "_R2f").as_bytes(), &sources).unwrap();
    assert_eq!(merged.summary().regions.covered, 2);
    // A test's own code does not count.
    let test = program(7, "_R5tests1f").replace("[1,2,3,4", "[5,2,6,4");
    merged.add(test.as_bytes(), &sources).unwrap();
    assert_eq!(merged.summary().regions.all, 2);
    assert!(merged.add(b"{}", &sources).is_err());
}
