//! `cargo run --release -p benches --bin counts`: bytes, allocations, clones,
//! wakes and polls, as Markdown.

use benches::allocations::Counting;
use benches::counts::{self, Counts, WAITERS};
use benches::peer::AsyncPeer;
use benches::table::Table;
use benches::{each_async, prove};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn main() {
    prove::all();
    let mut names = vec!["count"];
    let mut all = Vec::new();
    each_async!(P => {
        names.push(<P as AsyncPeer>::NAME);
        all.push(counts::of::<P>());
    });
    let mut table = Table::new(&names);
    let mut row = |what: String, of: &dyn Fn(&Counts) -> Option<f64>| {
        let cells = all.iter().map(|c| of(c).map_or("–".to_string(), |count| count.to_string()));
        table.row(core::iter::once(what).chain(cells).collect());
    };
    let exact = |count: usize| Some(count as f64);
    let n = WAITERS;
    row("bytes of the cell of a `u64`".into(), &|c| exact(c.cell));
    row("bytes of the future of `wait`".into(), &|c| c.wait.and_then(exact));
    row("bytes of the future of `get_or_init`".into(), &|c| exact(c.get_or_init));
    row("allocations, new + init + drop".into(), &|c| c.allocations_alone.and_then(exact));
    row(format!("allocations, {n} waiters"), &|c| c.allocations_crowd.and_then(exact));
    row("waker clones per waiter, success".into(), &|c| Some(c.clones));
    row("wakes per waiter, success".into(), &|c| Some(c.wakes));
    row("polls per waiter, success".into(), &|c| Some(c.polls));
    row(format!("leader dropped, {n} wait: wakes at once"), &|c| exact(c.wakes_at_once));
    row("and until all are served".into(), &|c| exact(c.wakes_cancelled));
    row(format!("every initialiser fails, {n} wait: wakes"), &|c| exact(c.wakes_storm));
    row(format!("wakers kept for {n} cancelled waiters"), &|c| exact(c.retained));
    for (n, what) in ["new + init + drop", "park"].iter().enumerate() {
        let of = |name: &&str| counts::read_modify_writes(name).map(|counts| counts[n].to_string());
        let cells = names[1..].iter().map(|name| of(name).unwrap_or("–".to_string()));
        let what = format!("locked instructions, {what}");
        table.row(core::iter::once(what).chain(cells).collect());
    }
    print!("{table}");
}
