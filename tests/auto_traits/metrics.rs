//! Hooks that come with the library, and metrics: as their closure, their clock and their
//! key are.

use bellwether as b;

type ByClock<C> = b::ReplayMetrics<C, (), b::Nanos, 1>;
type ByKey<K> = b::ReplayMetrics<fn() -> u64, K, b::Nanos, 1>;

crate::answers::table! {
    //   all   !Sync !Send neither !Unpin torn
    hooks::OnInitEnd {
        "SYPUR S-PU- -YPUR --PUR SY-UR SYP-R" b::hooks::OnInitEnd<X>;
    }
    hooks::OnWaitEnd {
        "SYPUR S-PU- -YPUR --PUR SY-UR SYP-R" b::hooks::OnWaitEnd<X>;
    }
    hooks::OnEvicted {
        "SYPUR S-PU- -YPUR --PUR SY-UR SYP-R" b::hooks::OnEvicted<X>;
    }
    hooks::OnMissed {
        "SYPUR S-PU- -YPUR --PUR SY-UR SYP-R" b::hooks::OnMissed<X>;
    }
    EvictReason {
        "SYPUR" b::EvictReason;
    }
    InitOutcome {
        "SYPUR" b::InitOutcome;
    }
    WaitOutcome {
        "SYPUR" b::WaitOutcome;
    }
    #[cfg(feature = "std")]
    InstantClock {
        "SYPUR" b::InstantClock;
    }
    OnceMetrics {
        "SYPUR S-PU- -YPUR --PUR SY-UR SYP-R" b::OnceMetrics<X, b::Nanos>;
    }
    ReplayMetrics {
        "SYPUR S-PU- -YPUR --PUR SY-UR SYP-R" ByClock<X>;
        "SYPUR S-PU- -YPUR --PUR SY-UR SYP-R" ByKey<X>;
    }
    metrics::Waits {
        "SYPUR S-PU- -YPUR --PUR SY-UR SYP-R" b::metrics::Waits<X, b::Nanos>;
    }
    metrics::Span {
        "SYPUR" b::metrics::Span;
    }
    metrics::InProgress {
        "SYPUR" b::metrics::InProgress;
    }
    metrics::Worst {
        "SYPUR" b::metrics::Worst;
    }
    metrics::Attained {
        "SYPUR" b::metrics::Attained;
    }
    metrics::Metric {
        "SYPUR" b::metrics::Metric;
    }
    metrics::Unit {
        "SYPUR" b::metrics::Unit;
    }
}
