//! The matrices are complete: each future and each callback that `scan.rs` finds in the
//! sources is here, with what stands for it in the programs, and nothing else is.

use std::collections::BTreeSet;

use super::scan::scan;

/// What stands for a callback.
pub(crate) enum By {
    /// These calls of `inject`, each of which panicked.
    Points(&'static [&'static str]),
    /// No code of a user's runs, or none that the crate calls.
    Nothing(&'static str),
}
use By::{Nothing, Points};

/// Each future, and the kinds of tasks that await it.
pub(crate) const FUTURES: &[(&str, &[&str])] = &[
    // Private: what the first three of a subscriber's futures wait with.
    ("Arrival", &["recv", "recv_many", "ready"]),
    ("EventStream", &["EventStream"]),
    ("GetOrInit", &["GetOrInit"]),
    ("GetOrTryInit", &["GetOrTryInit"]),
    ("LeadFuture", &["LeadFuture"]),
    ("Subscriber::ready", &["ready"]),
    ("Subscriber::recv", &["recv"]),
    ("Subscriber::recv_many", &["recv_many"]),
    ("Wait", &["Wait"]),
];

const CLONE: By = Points(&["value.clone"]);
const CALL: By = Points(&["closure.call", "closure.drop"]);
const INIT: By = Points(&["initialiser.poll", "initialiser.drop", "error.drop"]);
const ITERATOR: By =
    Points(&["iterator.into_iter", "iterator.next", "iterator.size_hint", "iterator.drop"]);
const READ: By = Nothing("implemented by the crate, called by a user's exporter");
const FIELD: By = Nothing("a field that goes with its owner: no code of the crate's is involved");
const HANDLE: By = Nothing("sealed: references and `Arc`s");
const COPY: By = Nothing("sealed, and `Copy`");

/// Each callback, and what stands for it.
pub(crate) const CALLBACKS: &[(&str, By)] = &[
    ("Builder::weigh: fn", Points(&["weigh"])),
    ("Clock for F: F: Fn", Points(&["Clock::now"])),
    ("Clock::now", Points(&["Clock::now"])),
    ("Clone for OnceCell: H: Clone", Points(&["hooks.clone"])),
    ("Clone for OnceCell: T: Clone", CLONE),
    ("Clone for Subscriber: B: Clone", HANDLE),
    ("Debug for OnceCell: T: Debug", Points(&["value.fmt"])),
    ("Default for OnceCell: H: Default", Points(&["Default::default"])),
    ("Default for ReplayArray: H: Default", Points(&["Default::default"])),
    ("Default for ShardedHistogram: K: Default", Points(&["Default::default"])),
    ("Deserialize for Snapshot::deserialize: D: Deserializer", Points(&["Deserializer"])),
    ("Distribution for Snapshot::each_bucket: dyn: FnMut", Points(&["each_bucket"])),
    ("Distribution::count", READ),
    ("Distribution::each_bucket", READ),
    ("Distribution::each_bucket: dyn: FnMut", Points(&["each_bucket"])),
    ("Distribution::max", READ),
    ("Distribution::min", READ),
    ("Distribution::overflow", READ),
    ("Distribution::scale", READ),
    ("Distribution::sum", READ),
    ("Distribution::underflow", READ),
    ("Eq for OnceCell: T: Eq", Nothing("has no method")),
    ("Exporter::counter", Points(&["Exporter::counter"])),
    ("Exporter::gauge", Points(&["Exporter::gauge"])),
    ("Exporter::histogram", Points(&["Exporter::histogram"])),
    ("Formatter", Points(&["fmt::Write"])),
    ("FusedStream for EventStream: B::Event: Clone", CLONE),
    ("Future for GetOrInit: F: FnOnce", CALL),
    ("Future for GetOrInit: Fut: Future", INIT),
    ("Future for GetOrTryInit: F: FnOnce", CALL),
    ("Future for GetOrTryInit: Fut: Future", INIT),
    ("Metrics::export", Nothing("called by users only")),
    ("Metrics::name", Nothing("called by users only")),
    ("OnceCell::get_or_init: F: FnOnce", CALL),
    ("OnceCell::get_or_init: Fut: Future", INIT),
    ("OnceCell::get_or_init_blocking: F: FnOnce", CALL),
    ("OnceCell::get_or_try_init: F: FnOnce", CALL),
    ("OnceCell::get_or_try_init: Fut: Future", INIT),
    ("OnceCell::get_or_try_init_blocking: F: FnOnce", CALL),
    ("OnceHooks for OnInitEnd: F: Fn", Points(&["OnInitEnd"])),
    ("OnceHooks for OnWaitEnd: F: Fn", Points(&["OnWaitEnd"])),
    ("OnceHooks::init_begin", Points(&["OnceHooks::init_begin"])),
    ("OnceHooks::init_end", Points(&["OnceHooks::init_end"])),
    ("OnceHooks::wait_begin", Points(&["OnceHooks::wait_begin"])),
    ("OnceHooks::wait_end", Points(&["OnceHooks::wait_end"])),
    ("PartialEq for OnceCell: T: PartialEq", Points(&["value.eq"])),
    ("Plain::from_words", Points(&["Plain::from_words"])),
    ("Plain::to_words", Points(&["Plain::to_words"])),
    ("Producer::publish_all: I: IntoIterator", ITERATOR),
    ("Replay::publish_all: I: IntoIterator", ITERATOR),
    ("ReplayArray::weigh: fn", Points(&["weigh"])),
    ("ReplayHooks for OnEvicted: F: Fn", Points(&["OnEvicted"])),
    ("ReplayHooks for OnMissed: F: Fn", Points(&["OnMissed"])),
    ("ReplayHooks::delivered", Points(&["ReplayHooks::delivered"])),
    ("ReplayHooks::evicted", Points(&["ReplayHooks::evicted"])),
    ("ReplayHooks::missed", Points(&["ReplayHooks::missed"])),
    ("ReplayHooks::published", Points(&["ReplayHooks::published"])),
    ("ReplayHooks::wait_begin", Points(&["ReplayHooks::wait_begin"])),
    ("ReplayHooks::wait_end", Points(&["ReplayHooks::wait_end"])),
    ("Serialize for Snapshot::serialize: S: Serializer", Points(&["Serializer"])),
    ("ShardKey::shard", Points(&["ShardKey::shard"])),
    ("Stream for EventStream: B::Event: Clone", CLONE),
    ("Subscriber::for_each_ready: F: FnMut", Points(&["for_each_ready"])),
    ("Subscriber::into_stream: B::Event: Clone", CLONE),
    ("Subscriber::recv: B::Event: Clone", CLONE),
    ("Subscriber::recv_blocking: B::Event: Clone", CLONE),
    ("Subscriber::recv_many: B::Event: Clone", CLONE),
    ("Subscriber::recv_many_blocking: B::Event: Clone", CLONE),
    ("Subscriber::try_recv: B::Event: Clone", CLONE),
    ("Subscriber::try_recv_many: B::Event: Clone", CLONE),
    // Of the private visitor that reads a unit; the error is the deserialiser's.
    ("Visitor for Unit::visit_str: E: Error", Points(&["Deserializer"])),
    ("Waker", Points(&["waker.clone", "waker.wake", "waker.wake_by_ref", "waker.drop"])),
    ("Weigh::weigh", Points(&["Weigh::weigh"])),
    // The last subscriber drops the buffer.
    ("drop of B", Points(&["value.drop"])),
    ("drop of C", FIELD),
    ("drop of F", Points(&["closure.drop", "hooks.drop"])),
    ("drop of Fut", Points(&["initialiser.drop"])),
    ("drop of G", Nothing("a grid has no values")),
    ("drop of H", Points(&["hooks.drop"])),
    ("drop of K", FIELD),
    ("drop of OnceHooks::Site", COPY),
    ("drop of OnceHooks::Span", Points(&["span.drop"])),
    ("drop of P", FIELD),
    ("drop of Plain::Words", COPY),
    ("drop of ReplayHooks::Site", COPY),
    ("drop of ReplayHooks::Span", Points(&["span.drop"])),
    ("drop of S", FIELD),
    ("drop of T", Points(&["value.drop"])),
];

/// Whether the features are there that it needs.
fn is_here(name: &str) -> bool {
    let lacks = |has: bool, names: &[&str]| !has && names.contains(&name);
    !lacks(cfg!(feature = "futures-core"), &["EventStream"])
        && !lacks(cfg!(feature = "serde"), &["Serializer", "Deserializer"])
}

/// All points of the table that this build has.
pub(crate) fn points() -> impl Iterator<Item = &'static str> {
    let points = |(_, by): &(_, By)| match by {
        Points(points) => *points,
        Nothing(_) => &[],
    };
    CALLBACKS.iter().flat_map(points).copied().filter(|name| is_here(name))
}

/// All kinds of the table that this build has.
pub(crate) fn kinds() -> impl Iterator<Item = &'static str> {
    FUTURES.iter().flat_map(|(_, kinds)| *kinds).copied().filter(|name| is_here(name))
}

fn compare(what: &str, found: &BTreeSet<String>, listed: BTreeSet<&str>) {
    let found: BTreeSet<&str> = found.iter().map(String::as_str).collect();
    let lacking: Vec<_> = found.difference(&listed).collect();
    let gone: Vec<_> = listed.difference(&found).collect();
    assert!(
        lacking.is_empty() && gone.is_empty(),
        "{what}: in the sources, but not in the matrix: {lacking:#?}\n\
         in the matrix, but not in the sources: {gone:#?}\n\
         Put it into a program of the matrix, and into the table of `complete.rs`."
    );
}

#[test]
fn each_future_and_each_callback_of_the_api_is_in_the_matrix() {
    let api = scan();
    compare("futures", &api.futures, FUTURES.iter().map(|(name, _)| *name).collect());
    compare("callbacks", &api.callbacks, CALLBACKS.iter().map(|(name, _)| *name).collect());
    assert!(CALLBACKS.iter().all(|(_, by)| !matches!(by, Nothing(""))));
    println!();
    println!("figure matrix-futures {}", api.futures.len());
    println!("figure matrix-callbacks {}", api.callbacks.len());
}
