//! `cargo run --release -p benches --bin counts`: bytes, allocations, clones,
//! wakes and polls, as Markdown.

use benches::allocations::Counting;
use benches::counts::{self, Counts, WAITERS};
use benches::peer::AsyncPeer;
use benches::replaying::{self, Replaying};
use benches::table::Table;
use benches::{each_async, each_replaying, prove};

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
    println!("{table}");
    print!("{}", buffers());
}

fn buffers() -> Table {
    replaying::prove::prove_all();
    let mut names = vec!["count"];
    let mut all = Vec::new();
    each_replaying!(P of u64 => {
        names.push(<P as Replaying<u64>>::NAME);
        all.push(replaying::counts::of::<P>());
    });
    let mut table = Table::new(&names);
    let mut row = |what: String, of: &dyn Fn(&replaying::counts::Counts) -> Option<f64>| {
        let cells = all.iter().map(|c| of(c).map_or("–".to_string(), |count| count.to_string()));
        table.row(core::iter::once(what).chain(cells).collect());
    };
    let exact = |count: usize| Some(count as f64);
    let n = replaying::counts::WAITERS;
    row("bytes of a subscriber".into(), &|c| exact(c.subscriber));
    row("bytes of the future of `recv`".into(), &|c| exact(c.recv));
    row("allocations to subscribe".into(), &|c| c.subscribing.and_then(exact));
    row("allocations of 1,024 events, once as many were evicted".into(), &|c| {
        c.allocations.and_then(exact)
    });
    row(format!("allocations, {n} wait for an event"), &|c| c.allocations_crowd.and_then(exact));
    row("waker clones per waiter".into(), &|c| Some(c.clones));
    row("wakes per waiter".into(), &|c| Some(c.wakes));
    row("polls per waiter".into(), &|c| Some(c.polls));
    row(format!("wakers kept for {n} cancelled waiters"), &|c| exact(c.retained));
    table
}
