//! Instructions of the paths of one thread, and how many of them lock: see `callgrind.rs`.
//!
//! ```text
//! cargo run --release -p benches --bin instructions               a table
//! cargo run --release -p benches --bin instructions -- ROW PEER N does the work n times
//! ```
//!
//! It runs itself under callgrind with n and with 2 n: the difference, by n, is what one
//! operation takes, with its turn of the loop, and without whatever comes before and after.

use std::process::ExitCode;

use benches::callgrind::{self, Cost, Locked};
use benches::peer::{AsyncPeer, SyncPeer};
use benches::recording::{Recording, work::record};
use benches::replaying::{Replaying, work::alone};
use benches::table::Table;
use benches::wakers::Wakers;
use benches::{crowd, each_async, each_of, each_recording, each_replaying, work};

/// A contestant, and what does the work n times.
type Peer = (&'static str, fn(u64));

/// A row's name, how often it is done, and who does it.
struct Row {
    name: &'static str,
    n: u64,
    peers: Vec<Peer>,
}

fn rows() -> Vec<Row> {
    let mut all = vec![];
    let mut peers: Vec<Peer> = vec![];
    let mut end = |name, n, peers: &mut Vec<_>| {
        all.push(Row { name, n, peers: core::mem::take(peers) });
    };
    each_of!(P => peers.push((<P as SyncPeer>::NAME, |n| { work::get::<P>(n); })),
        std::sync::OnceLock<u64>, once_cell::sync::OnceCell<u64>);
    each_async!(P => peers.push((<P as AsyncPeer>::NAME, |n| { work::get_async::<P>(n); })));
    end("`get`, ready", 1_600, &mut peers);
    each_async!(P => peers.push((<P as AsyncPeer>::NAME, |n| { work::ready_await::<P>(n); })));
    end("`get_or_init(..).await`, ready", 1_600, &mut peers);
    each_of!(P => peers.push((<P as SyncPeer>::NAME, |n| { work::fresh_sync::<P>(n); })),
        std::sync::OnceLock<u64>, once_cell::sync::OnceCell<u64>);
    each_async!(P => peers.push((<P as AsyncPeer>::NAME, |n| { work::fresh::<P>(n); })));
    end("new + init + drop", 1_000, &mut peers);
    each_async!(P => peers.push((<P as AsyncPeer>::NAME, |n| {
        crowd::park_and_wake::<P>(n as usize, &Wakers::distinct(n as usize));
    })));
    end("park and wake, per waiter", 1_000, &mut peers);
    each_replaying!(P of u64 => peers.push((<P as Replaying<u64>>::NAME, |n| {
        alone::<P, u64>(n);
    })));
    end("publish + try_recv, `u64`", 2_048, &mut peers);
    each_recording!(P => peers.push((<P as Recording>::NAME, |n| { record::<P>(n, 1); })));
    end("record a duration", 1_000, &mut peers);
    all
}

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).filter(|word| word != "--quick").collect();
    let rows = rows();
    match &arguments[..] {
        [] => match table(&rows) {
            Ok(()) => ExitCode::SUCCESS,
            Err(why) => {
                eprintln!("{why}");
                ExitCode::FAILURE
            }
        },
        [row, peer, n] => {
            let peers = rows.iter().filter(|known| known.name == row).flat_map(|row| &row.peers);
            let found = peers.into_iter().find(|(name, _)| name == peer);
            let (Some((_, work)), Ok(n)) = (found, n.parse()) else {
                eprintln!("no {peer} does {row}");
                return ExitCode::from(2);
            };
            work(n);
            ExitCode::SUCCESS
        }
        _ => {
            eprintln!("usage: instructions [ROW PEER N]");
            ExitCode::from(2)
        }
    }
}

fn table(rows: &[Row]) -> Result<(), String> {
    println!("Instructions of one operation, {}.\n", std::env::consts::ARCH);
    let mut known = Locked::new();
    for row in rows {
        let mut table = Table::new(&[row.name, "instructions", "of them locked"]);
        for (peer, _) in &row.peers {
            let [once, twice] = [row.n, 2 * row.n].map(|n| count(row.name, peer, n, &mut known));
            let (once, twice) = (once?, twice?);
            let each = |once: u64, twice: u64| (twice as f64 - once as f64) / row.n as f64;
            let locked = once.locked.zip(twice.locked).map(|(once, twice)| each(once, twice));
            table.row(vec![
                (*peer).to_string(),
                format!("{:.1}", each(once.instructions, twice.instructions)),
                locked.map_or("–".into(), |locked| format!("{locked:.2}")),
            ]);
        }
        println!("{table}");
    }
    Ok(())
}

/// Of the whole program.
fn count(row: &str, peer: &str, n: u64, known: &mut Locked) -> Result<Cost, String> {
    let program = std::env::current_exe().map_err(|why| why.to_string())?;
    callgrind::run(&program, &[row, peer, &n.to_string()], known)
}
