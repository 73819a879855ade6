//! Instructions of the paths of one thread, and how many of them lock: see `callgrind.rs`.
//!
//! ```text
//! cargo run --release -p benches --bin instructions               tables
//! cargo run --release -p benches --bin instructions -- ROW PEER N does the work n times
//! ```
//!
//! For the tables it runs itself under callgrind.

use std::collections::BTreeMap;
use std::process::ExitCode;

use benches::callgrind::Locked;
use benches::instructions::{self, Each, Row};
use benches::table::Table;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).filter(|word| word != "--quick").collect();
    match &arguments[..] {
        [] => match tables() {
            Ok(()) => ExitCode::SUCCESS,
            Err(why) => {
                eprintln!("{why}");
                ExitCode::FAILURE
            }
        },
        [row, peer, n] => {
            let rows = instructions::groups().into_iter().flatten();
            let peers = rows.filter(|known| known.name == row).flat_map(|row| row.peers);
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

fn tables() -> Result<(), String> {
    let machine = std::env::consts::ARCH;
    println!("Instructions of one operation and its turn of the loop, {machine}.\n");
    let mut known = Locked::new();
    for rows in instructions::groups() {
        println!("{}", table(&rows, &mut known)?);
    }
    Ok(())
}

/// A row for each contestant; two columns for each work.
fn table(rows: &[Row], known: &mut Locked) -> Result<Table, String> {
    let program = std::env::current_exe().map_err(|why| why.to_string())?;
    let names: Vec<_> =
        rows.iter().flat_map(|row| [row.name.into(), format!("{}: locked", row.name)]).collect();
    let head: Vec<&str> = ["instructions"].into_iter().chain(names.iter().map(|n| &**n)).collect();
    let mut by_peer: Vec<(&str, BTreeMap<&str, Each>)> = vec![];
    for row in rows {
        for (peer, _) in &row.peers {
            let each = instructions::count(&program, row, peer, known)?;
            let at = by_peer.iter().position(|(name, _)| name == peer).unwrap_or_else(|| {
                by_peer.push((peer, BTreeMap::new()));
                by_peer.len() - 1
            });
            by_peer[at].1.insert(row.name, each);
        }
    }
    let mut table = Table::new(&head);
    for (peer, counts) in by_peer {
        let cells = rows.iter().flat_map(|row| {
            let each = counts.get(row.name);
            let locked = each.and_then(|each| each.locked);
            [
                each.map_or("–".into(), |each| format!("{:.1}", each.instructions)),
                locked.map_or("–".into(), |locked| format!("{locked:.2}")),
            ]
        });
        table.row([peer.to_string()].into_iter().chain(cells).collect());
    }
    Ok(table)
}
