//! The incident, checked: does the initialiser of a `OnceLock` run twice under one Tokio
//! and one Rust, and what does a cell that blocks cost others?
//!
//! ```text
//! cargo run --release -p benches --bin incident                  1,000 trials each
//! cargo run --release -p benches --bin incident -- --trials 20000
//! cargo run --release -p benches --bin incident -- --quick       5 trials, the pinned Rust only
//! cargo run --release -p benches --bin incident -- --out FOLDER  and as CSV
//! ```
//!
//! Builds `incident/` with each Tokio by each Rust, and runs the scenario that an article
//! describes: 32 workers, 10,000 tasks, one cell, an initialiser that takes 2 ms. Rust
//! 1.84.1, of which the article also tells, is not among them: it could not be had.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use benches::table::{Table, number};

const TOKIOS: [&str; 3] = ["1.39.3", "1.40.0", "1.54.1"];
/// What the program calls them, and what the table does.
const CELLS: [(&str, &str); 3] = [
    ("OnceLock", "`OnceLock`"),
    ("guarded", "`OnceLock` beside a tokio `Mutex`"),
    ("bellwether", "`bellwether::OnceCell`"),
];
const OLD: &str = "1.85.0";
const WORKERS: u32 = 32;
const CALLERS: u32 = 10_000;
const INIT_MILLIS: u32 = 2;

struct Options {
    trials: u32,
    quick: bool,
    out: Option<PathBuf>,
}

fn options() -> Result<Options, String> {
    let mut options = Options { trials: 1_000, quick: false, out: None };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or(format!("{argument} what?"));
        match argument.as_str() {
            "--quick" => (options.trials, options.quick) = (5, true),
            "--trials" => {
                options.trials = value()?.parse().map_err(|_| "how many trials?")?;
            }
            "--out" => options.out = Some(value()?.into()),
            other => return Err(format!("what is {other}?")),
        }
    }
    if options.trials == 0 {
        return Err("no trials: nothing would be shown".into());
    }
    Ok(options)
}

fn main() -> ExitCode {
    match options().and_then(|options| go(&options)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").into()
}

fn go(options: &Options) -> Result<(), String> {
    let mut compilers = vec![];
    if !options.quick {
        // The last line that it prints is the path of a rustc.
        let text = output(Command::new(root().join(".ci/toolchain")).arg(OLD))?;
        compilers.push((OLD, Some(text.lines().last().unwrap_or_default().to_string())));
    }
    compilers.push(("pinned", None));

    let mut csv = format!("rust,tokio,cell,trials,double,{}\n", benches::matrix::measured::HEAD);
    let mut table = Table::new(&[
        "Rust, Tokio, cell",
        "trials with two runs",
        "at most (95 %)",
        "call p50",
        "call p99",
        "call max",
        "bystander p50",
        "bystander p99",
        "bystander max",
    ]);
    for (name, rustc) in &compilers {
        for tokio in TOKIOS {
            let program = build(name, rustc.as_deref(), tokio)?;
            let rust = version(rustc.as_deref())?;
            for (cell, shown) in CELLS {
                eprintln!("Rust {rust}, Tokio {tokio}, {cell}: {} trials", options.trials);
                let found = Found::parse(&output(Command::new(&program).args([
                    cell.to_string(),
                    WORKERS.to_string(),
                    CALLERS.to_string(),
                    INIT_MILLIS.to_string(),
                    options.trials.to_string(),
                ]))?)?;
                let Found { trials, double, .. } = found;
                found.rows.iter().for_each(|row| {
                    csv += &format!("{rust},{tokio},{cell},{trials},{double},{row}\n");
                });
                table.row(found.cells(format!("{rust}, {tokio}, {shown}")));
            }
        }
    }
    println!(
        "{} trials each: {CALLERS} tasks on {WORKERS} workers call one cell, whose initialiser \
         takes {INIT_MILLIS} ms. Times in milliseconds.\n\n{table}",
        options.trials
    );
    if let Some(folder) = &options.out {
        fs::create_dir_all(folder).map_err(|why| why.to_string())?;
        fs::write(folder.join("incident.csv"), csv).map_err(|why| why.to_string())?;
    }
    Ok(())
}

fn output(command: &mut Command) -> Result<String, String> {
    let output = command.output().map_err(|why| format!("{command:?}: {why}"))?;
    if !output.status.success() {
        return Err(format!("{command:?}: {}", String::from_utf8_lossy(&output.stderr)));
    }
    String::from_utf8(output.stdout).map_err(|why| why.to_string())
}

fn version(rustc: Option<&str>) -> Result<String, String> {
    let text = output(Command::new(rustc.unwrap_or("rustc")).arg("--version"))?;
    text.split_whitespace().nth(1).map(str::to_string).ok_or(format!("what is {text:?}?"))
}

fn build(name: &str, rustc: Option<&str>, tokio: &str) -> Result<PathBuf, String> {
    let folder = root().join("incident").join(format!("tokio-{tokio}"));
    let target = std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into());
    let target = root().join(target).join("incident").join(name).join(tokio);
    let mut cargo = Command::new("cargo");
    cargo.current_dir(folder).args(["build", "--release", "--locked", "--quiet"]);
    cargo.env("CARGO_TARGET_DIR", &target);
    if let Some(rustc) = rustc {
        cargo.env("RUSTC", rustc);
    }
    output(&mut cargo)?;
    Ok(target.join("release/incident"))
}

/// What one program printed.
struct Found {
    trials: u64,
    double: u64,
    rows: Vec<String>,
}

impl Found {
    fn parse(text: &str) -> Result<Self, String> {
        let mut lines = text.lines();
        let first = lines.next().unwrap_or_default();
        let numbers: Vec<u64> = first.split(',').filter_map(|n| n.parse().ok()).collect();
        let [trials, double, _inits] = numbers[..] else { return Err(format!("what is {first}?")) };
        Ok(Self { trials, double, rows: lines.skip(1).map(str::to_string).collect() })
    }

    fn cells(&self, name: String) -> Vec<String> {
        let by_metric: BTreeMap<&str, Vec<&str>> = self
            .rows
            .iter()
            .filter_map(|row| row.split_once(','))
            .map(|(metric, rest)| (metric, rest.split(',').collect()))
            .collect();
        // unit, count, min, p50, p90, p99, p99.9, max
        let millis = |metric, column: usize| {
            let cell = by_metric.get(metric).and_then(|cells| cells[column].parse::<f64>().ok());
            number(cell.map(|nanos| nanos / 1e6))
        };
        let mut cells = vec![name, format!("{} of {}", self.double, self.trials)];
        cells.push(bound(self.double, self.trials));
        for metric in ["call", "bystander"] {
            cells.extend([3, 5, 7].map(|column| millis(metric, column)));
        }
        cells
    }
}

/// What the share of trials with two runs may be, if none was seen: the rule of three.
fn bound(double: u64, trials: u64) -> String {
    if double > 0 {
        return "–".into();
    }
    format!("{:.2} %", (300.0 / trials as f64).min(100.0))
}

#[test]
fn what_is_printed_is_read() {
    let text = "1000,0,1000\nmetric,unit,...\ncall,ns,50,1,2000000,3,4000000,5,6000000\n";
    let found = Found::parse(text).unwrap();
    assert_eq!((found.trials, found.double, found.rows.len()), (1000, 0, 1));
    let cells = found.cells("x".into());
    assert_eq!(cells[1..6], ["0 of 1000", "0.30 %", "2.00", "4.00", "6.00"]);
}
