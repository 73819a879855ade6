//! The bench suite: peers behind adapters that first prove that the work is done.
