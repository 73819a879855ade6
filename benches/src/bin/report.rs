//! A run of everything, and a report of it:
//!
//! ```text
//! cargo run --release -p benches --bin report              into benches/results/<date>-<machine>/
//! cargo run --release -p benches --bin report -- --quick   into target/report/, in five minutes
//! cargo run --release -p benches --bin report -- --again FOLDER   the page and pictures of a run
//! ```
//!
//! Each part is a program of its own that can be run alone; what it prints is kept beside
//! the raw data.

use core::error::Error;
use core::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

use benches::report::better::Better;
use benches::report::data::Matrix;
use benches::report::{data, environment, plot, readme};
use benches::table::Table;

/// Programs, what they show, and whether they write raw data.
const PARTS: [(&str, &str, bool); 9] = [
    ("counts", "Counts", false),
    ("instructions", "Instructions", false),
    ("figures", "Figures of cells", false),
    ("histogram", "Figures of histograms", false),
    ("replay", "Figures of replay buffers", false),
    ("budget", "Figures of budgets", false),
    ("metrics", "What metrics cost", false),
    ("incident", "The incident, checked", true),
    ("matrix", "The matrix", true),
];

struct Options {
    quick: bool,
    again: Option<PathBuf>,
}

fn main() -> ExitCode {
    let mut options = Options { quick: false, again: None };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--quick" => options.quick = true,
            "--again" => match arguments.next() {
                Some(folder) => options.again = Some(folder.into()),
                None => {
                    eprintln!("--again what?");
                    return ExitCode::from(2);
                }
            },
            other => {
                eprintln!("what is {other}?");
                return ExitCode::from(2);
            }
        }
    }
    match go(&options) {
        Ok(folder) => {
            println!("{}", folder.display());
            ExitCode::SUCCESS
        }
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

fn go(options: &Options) -> Result<PathBuf, Box<dyn Error>> {
    let folder = match &options.again {
        Some(folder) => folder.clone(),
        None => run(options.quick)?,
    };
    let matrix = data::matrix(&data::read(&folder.join("matrix.csv"))?);
    let pictures = plot::all(&matrix, &folder)?;
    fs::write(folder.join("README.md"), page(&folder, &matrix, &pictures)?)?;
    if !options.quick {
        readme::write(&folder)?;
    }
    Ok(folder)
}

/// Runs all parts; the folder in which their output is.
fn run(quick: bool) -> Result<PathBuf, Box<dyn Error>> {
    let root = environment::root();
    let folder = if quick {
        root.join("target/report")
    } else {
        root.join(format!("benches/results/{}-{}", environment::date(), environment::machine()))
    };
    fs::create_dir_all(&folder)?;
    let lines: String =
        environment::describe().iter().map(|(name, value)| format!("{name}: {value}\n")).collect();
    fs::write(folder.join("env.txt"), lines)?;
    let start = Instant::now();
    for (n, (part, _, has_data)) in PARTS.iter().enumerate() {
        eprintln!("{:4} s  [{} of {}] {part}", start.elapsed().as_secs(), n + 1, PARTS.len());
        let mut command = Command::new("cargo");
        command.current_dir(&root).args(["run", "--release", "--quiet", "-p", "benches"]);
        command.args(["--bin", part, "--"]);
        if *has_data {
            command.arg("--out").arg(&folder);
        }
        if quick {
            command.arg("--quick");
        }
        let output = command.stderr(Stdio::inherit()).output()?;
        if !output.status.success() {
            return Err(format!("{part}: {}", output.status).into());
        }
        fs::write(folder.join(format!("{part}.md")), output.stdout)?;
    }
    // A tenth of the size; pictures and tables are made of `matrix.csv`.
    let mut gzip = Command::new("gzip");
    gzip.args(["--best", "--no-name", "--force"]).arg(folder.join("distributions.csv"));
    if !gzip.status()?.success() {
        return Err("gzip: the distributions could not be packed".into());
    }
    Ok(folder)
}

fn page(
    folder: &Path,
    matrix: &Matrix,
    pictures: &[(String, String)],
) -> Result<String, Box<dyn Error>> {
    let environment = fs::read_to_string(folder.join("env.txt"))?;
    let mut table = Table::new(&["", ""]);
    for (name, value) in environment.lines().filter_map(|line| line.split_once(": ")) {
        table.row(vec![name.into(), value.into()]);
    }
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    let mut page = format!(
        "# {name}\n\nWritten by `cargo run --release -p benches --bin report`. How it is measured, \
         and what is left out, is in\n[the benches' README](../../README.md). With more workers than \
         cores, it is behaviour under\npreemption that is measured, and not scaling.\n\n{table}\n"
    );
    for (part, title, has_data) in PARTS {
        let text = fs::read_to_string(folder.join(format!("{part}.md")))?;
        let _ = write!(page, "## {title}\n\n`cargo run --release -p benches --bin {part}`");
        if has_data {
            let _ = write!(page, "; raw: [{part}.csv]({part}.csv)");
        }
        page += "\n\n";
        if part == "matrix" {
            // The table is long; the pictures show it.
            for (workload, file) in pictures {
                let _ = write!(page, "![{workload}]({file})\n\n");
            }
            page += "All numbers: [matrix.md](matrix.md); all buckets: ";
            page += "[distributions.csv.gz](distributions.csv.gz).\n\n";
        } else {
            let _ = write!(page, "{}\n\n", text.trim());
        }
    }
    page += "## Who is better at what\n\nOf each peer, the rows in which it is better than the best \
             of ours: in the tables by more\nthan a tenth; in the matrix every round of one is also \
             better than every round of the\nother. A factor is how many times as much ours takes.\n\n";
    let mut better = Better::default();
    for (part, _, _) in PARTS.iter().filter(|(part, _, _)| *part != "matrix") {
        better.tables(&fs::read_to_string(folder.join(format!("{part}.md")))?);
    }
    better.matrix(matrix);
    page += &better.list();
    Ok(page)
}
