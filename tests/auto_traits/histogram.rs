//! Histograms and what is read of them: none holds a value of somebody else's, but a
//! sharded one its key.

use bellwether as b;

crate::answers::table! {
    //   all   !Sync !Send neither !Unpin torn
    Histogram {
        "SYPUR" b::Histogram<b::Nanos>;
    }
    ShardedHistogram {
        "SYPUR S-PU- -YPUR --PUR SY-UR SYP-R" b::ShardedHistogram<b::Nanos, X, 2>;
    }
    SingleWriter {
        "SYPUR" b::SingleWriter<b::Nanos>;
    }
    Recorder {
        "SYPUR" b::Recorder<'static, b::Nanos>;
    }
    ExactHistogram {
        "SYPUR" b::ExactHistogram<b::Nanos>;
    }
    Snapshot {
        "SYPUR" b::Snapshot<b::Nanos>;
    }
    Plot {
        "SYPUR" b::Plot<'static, b::Nanos>;
    }
    Buckets {
        "SYPUR" b::Buckets<'static, b::Nanos>;
    }
    Bucket {
        "SYPUR" b::Bucket;
    }
    Nanos {
        "SYPUR" b::Nanos;
    }
    Plain {
        "SYPUR" b::Plain;
    }
    Consistency {
        "SYPUR" b::Consistency;
    }
    DeltaError {
        "SYPUR" b::DeltaError;
    }
    QuantileError {
        "SYPUR" b::QuantileError;
    }
    #[cfg(feature = "std")]
    ThreadShard {
        "SYPUR" b::ThreadShard;
    }
}
