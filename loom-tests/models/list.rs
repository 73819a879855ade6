//! All models, with the preemptions that plain `cargo test` explores and the
//! executions that it must find. The mutation run uses the same list.

pub(crate) mod crowds;
pub(crate) mod pairs;
pub(crate) mod support;

use support::Model;

macro_rules! models {
    (
        crowds { $($crowd:ident, $bound:expr, $floor:literal;)* }
        pairs { $($a:ident $b:ident, $pair_bound:expr, $pair_floor:literal;)* }
    ) => {
        /// Every model.
        pub(crate) const ALL: &[Model] = &[
            $(Model {
                name: stringify!($crowd), bound: $bound, floor: $floor, run: crowds::$crowd,
            },)*
            $(Model {
                name: concat!(stringify!($a), " beside ", stringify!($b)),
                bound: $pair_bound,
                floor: $pair_floor,
                run: || pairs::pair(pairs::$a, pairs::$b),
            },)*
        ];
    };
}

models! {
    crowds {
        failed_leader_two_candidates, Some(2), 1;
        failed_leader_candidate_newcomer, Some(2), 1;
        futurelock, Some(2), 1;
        failure_then_success_beside_observer, Some(2), 1;
        cancel_oldest_beside_publish, Some(2), 1;
        cancel_middle_beside_publish, Some(2), 1;
        cancel_newest_beside_publish, Some(2), 1;
        cancel_oldest_beside_takeover, Some(2), 1;
        cancel_newest_beside_takeover, Some(2), 1;
        cancel_oldest_beside_middle, Some(2), 1;
        cancel_middle_beside_newest, Some(2), 1;
        cancel_both_ends, Some(2), 1;
        cancel_newest_beside_push, Some(2), 1;
        two_cancels_beside_publish, Some(2), 1;
        cancel_beside_failure_beside_candidate, Some(2), 1;
        new_waker_beside_failure, Some(2), 1;
        new_waker_beside_publish, Some(2), 1;
        woken_candidate_waits_again, Some(2), 1;
        effects_of_failed_leaders, Some(2), 1;
        panicked_leader_beside_candidate_and_observer, Some(2), 1;
        thread_and_task_on_one_cell, Some(2), 1;
        blocked_thread_beside_set_and_cancel, Some(2), 1;
        two_observers_beside_set, Some(2), 1;
        three_initialise, Some(2), 1;
        guard_crosses_threads, Some(2), 1;
        dropped_with_and_without_value, Some(2), 1;
        released_and_dropped, Some(2), 1;
    }
    pairs {
        get get, None, 1;
        get set, None, 1;
        get init, None, 1;
        get fail, None, 1;
        get panic, None, 1;
        get cancel, None, 1;
        wait get, None, 1;
        get cancel_wait, None, 1;
        get lead, None, 1;
        get resign, None, 1;
        get try_lead, None, 1;
        get init_blocking, None, 1;
        get fail_blocking, None, 1;
        wait_blocking get, None, 1;
        set set, None, 1;
        set init, None, 1;
        set fail, None, 1;
        set panic, None, 1;
        set cancel, None, 1;
        wait set, None, 1;
        set cancel_wait, None, 1;
        set lead, None, 1;
        set resign, None, 1;
        set try_lead, None, 1;
        set init_blocking, None, 1;
        set fail_blocking, None, 1;
        wait_blocking set, None, 1;
        init init, None, 1;
        init fail, None, 1;
        init panic, None, 1;
        init cancel, None, 1;
        wait init, None, 1;
        init cancel_wait, None, 1;
        init lead, None, 1;
        init resign, None, 1;
        init try_lead, None, 1;
        init init_blocking, None, 1;
        init fail_blocking, None, 1;
        wait_blocking init, None, 1;
        fail fail, None, 1;
        fail panic, None, 1;
        fail cancel, None, 1;
        wait fail, None, 1;
        fail cancel_wait, None, 1;
        fail lead, None, 1;
        fail resign, None, 1;
        fail try_lead, None, 1;
        fail init_blocking, None, 1;
        fail fail_blocking, None, 1;
        wait_blocking fail, None, 1;
        panic panic, None, 1;
        panic cancel, None, 1;
        wait panic, None, 1;
        panic cancel_wait, None, 1;
        panic lead, None, 1;
        panic resign, None, 1;
        panic try_lead, None, 1;
        panic init_blocking, None, 1;
        panic fail_blocking, None, 1;
        wait_blocking panic, None, 1;
        cancel cancel, None, 1;
        wait cancel, None, 1;
        cancel cancel_wait, None, 1;
        cancel lead, None, 1;
        cancel resign, None, 1;
        cancel try_lead, None, 1;
        cancel init_blocking, None, 1;
        cancel fail_blocking, None, 1;
        wait_blocking cancel, None, 1;
        wait cancel_wait, None, 1;
        wait lead, None, 1;
        wait resign, None, 1;
        wait try_lead, None, 1;
        wait init_blocking, None, 1;
        wait fail_blocking, None, 1;
        cancel_wait cancel_wait, None, 1;
        cancel_wait lead, None, 1;
        cancel_wait resign, None, 1;
        cancel_wait try_lead, None, 1;
        cancel_wait init_blocking, None, 1;
        cancel_wait fail_blocking, None, 1;
        wait_blocking cancel_wait, None, 1;
        lead lead, None, 1;
        lead resign, None, 1;
        lead try_lead, None, 1;
        lead init_blocking, None, 1;
        lead fail_blocking, None, 1;
        wait_blocking lead, None, 1;
        resign resign, None, 1;
        resign try_lead, None, 1;
        resign init_blocking, None, 1;
        resign fail_blocking, None, 1;
        wait_blocking resign, None, 1;
        try_lead try_lead, None, 1;
        try_lead init_blocking, None, 1;
        try_lead fail_blocking, None, 1;
        wait_blocking try_lead, None, 1;
        init_blocking init_blocking, None, 1;
        init_blocking fail_blocking, None, 1;
        wait_blocking init_blocking, None, 1;
        fail_blocking fail_blocking, None, 1;
        wait_blocking fail_blocking, None, 1;
    }
}
