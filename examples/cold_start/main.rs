//! A cold start, watched live.
//!
//! A service starts while its backend is ill: the first attempt to load the
//! configuration fails, the second hangs until its caller gives up, the third is
//! slow and works. Meanwhile requests come in, and all of them need it. The
//! terminal shows what the cell's metrics know at each moment: while everybody
//! still waits, and afterwards.
//!
//! ```text
//! cargo run --release --example cold_start -- [--plain] [--page] [REQUESTS]
//! ```
//!
//! With `--plain`, or if the output is no terminal, it prints a line now and then
//! instead of redrawing. With `--page`, it ends with all metrics in the text format
//! of Prometheus. It exits with 3 if the numbers do not balance.

mod page;
mod service;
mod view;

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bellwether::{InitOutcome, Metrics, OnceMetrics};
use service::Service;
use view::View;

static CONFIG: OnceMetrics = OnceMetrics::new("config")
    .init_within(Duration::from_millis(500))
    .wait_within(Duration::from_millis(1_000));

/// All there is to export.
static ALL: &[&dyn Metrics] = &[&CONFIG];

const USAGE: &str = "usage: cold_start [--plain] [--page] [REQUESTS]";

struct Options {
    plain: bool,
    page: bool,
    requests: usize,
}

fn options(arguments: impl Iterator<Item = String>) -> Result<Options, String> {
    let plain = !io::stdout().is_terminal();
    let mut options = Options { plain, page: false, requests: 5_000 };
    for argument in arguments {
        match argument.as_str() {
            "--plain" => options.plain = true,
            "--page" => options.page = true,
            number => match number.parse() {
                Ok(requests @ 1..=1_000_000) => options.requests = requests,
                _ => return Err(format!("{number:?} is not a number from 1 to 1000000\n{USAGE}")),
            },
        }
    }
    Ok(options)
}

fn main() -> ExitCode {
    if std::env::args().skip(1).any(|argument| argument == "--help") {
        println!("{USAGE}");
        return ExitCode::SUCCESS;
    }
    let options = match options(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(complaint) => {
            eprintln!("{complaint}");
            return ExitCode::from(2);
        }
    };
    match play(&options) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(3),
        // Who reads no further wants no more.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("cold_start: {error}");
            ExitCode::FAILURE
        }
    }
}

fn play(options: &Options) -> io::Result<bool> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_time().build()?;
    let service = Arc::new(Service::new(&CONFIG));
    let start = Instant::now();
    let requests = runtime.spawn(service::storm(service.clone(), options.requests));
    let mut view = View::new(options.plain, start);
    while !requests.is_finished() {
        view.frame(&service, &CONFIG)?;
        std::thread::sleep(Duration::from_millis(50));
    }
    view.frame(&service, &CONFIG)?;
    drop(runtime);

    let mut out = io::stdout().lock();
    writeln!(out, "\nHow long requests waited:\n\n{}", CONFIG.waits().times().snapshot().plot())?;
    if options.page {
        writeln!(out, "\n{}", page::Page(ALL))?;
    }
    let balanced = [
        ("every request was served", service.served() == options.requests as u64),
        ("one attempt succeeded", CONFIG.init(InitOutcome::Ok).snapshot().count() == 1),
        ("one failed", CONFIG.init(InitOutcome::Failed).snapshot().count() == 1),
        ("one was cancelled", CONFIG.init(InitOutcome::Cancelled).snapshot().count() == 1),
        ("nobody waits, or leads", CONFIG.waits().in_progress().count == 0),
        (
            "every wait has ended",
            CONFIG.waits().times().snapshot().count() == CONFIG.waits().contentions(),
        ),
    ];
    writeln!(out)?;
    for (what, holds) in balanced {
        writeln!(out, "{} {what}", if holds { "yes:" } else { "NO: " })?;
    }
    Ok(balanced.iter().all(|(_, holds)| *holds))
}
