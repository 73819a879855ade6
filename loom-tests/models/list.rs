//! All models: the preemptions that plain `cargo test` explores, and the
//! executions that it must find, half of those found when the model was written
//! or last changed. The mutation run uses the same list.

#![allow(non_upper_case_globals, reason = "a model is named as its test")]

pub(crate) mod array;
pub(crate) mod budget;
pub(crate) mod budget_buffers;
pub(crate) mod cancellations;
pub(crate) mod counter;
pub(crate) mod exact;
pub(crate) mod grenades;
pub(crate) mod histogram;
pub(crate) mod hooks;
pub(crate) mod metrics;
pub(crate) mod pairs;
pub(crate) mod parked;
pub(crate) mod plain;
pub(crate) mod replay;
pub(crate) mod shards;
pub(crate) mod single;
pub(crate) mod support;
pub(crate) mod takeovers;

pub(crate) use pairs::PAIRS;
use replay::{closing, joining, lending, publishing, resuming, waiting};
use support::Model;

macro_rules! models {
    ($($file:ident { $($crowd:ident, $bound:literal, $floor:literal;)* })*) => {
        $($(pub(crate) const $crowd: Model = Model {
            name: stringify!($crowd),
            bound: Some($bound),
            floor: $floor,
            run: $file::$crowd,
        };)*)*

        /// Models that were written one by one.
        pub(crate) const CROWDS: &[Model] = &[$($($crowd),*),*];

        #[cfg(test)]
        mod each {
            $($(#[test]
            fn $crowd() {
                super::$crowd.test();
            })*)*
        }
    };
}

#[rustfmt::skip]
models! {
    takeovers {
        failed_leader_two_candidates, 2, 30000;
        failed_leader_candidate_newcomer, 1, 8000;
        futurelock, 2, 20;
        failure_then_success_beside_observer, 2, 10000;
        woken_candidate_waits_again, 2, 1000;
        effects_of_failed_leaders, 2, 200;
        panicked_leader_beside_candidate_and_observer, 1, 10000;
        thread_and_task_on_one_cell, 2, 20000;
        blocked_thread_beside_set_and_cancel, 2, 9000;
        two_observers_beside_set, 2, 1000;
        three_initialise, 1, 800;
        guard_crosses_threads, 2, 70;
        status_beside_end, 3, 2;
    }
    cancellations {
        cancel_oldest_beside_publish, 2, 6000;
        cancel_middle_beside_publish, 2, 5000;
        cancel_newest_beside_publish, 2, 5000;
        cancel_oldest_beside_takeover, 2, 9000;
        cancel_newest_beside_takeover, 2, 5000;
        cancel_oldest_beside_middle, 2, 20;
        cancel_middle_beside_newest, 2, 60;
        cancel_both_ends, 2, 60;
        cancel_newest_beside_push, 2, 500;
        cancel_beside_publish_and_cancel, 2, 1;
        cancel_beside_failure_beside_candidate, 1, 3000;
        new_waker_beside_failure, 2, 100;
        new_waker_beside_publish, 2, 300;
        dropped_with_and_without_value, 2, 60;
        released_and_dropped, 2, 300;
    }
    histogram {
        record_beside_record_and_snapshot, 2, 200;
        smaller_record_beside_snapshot, 2, 100;
        two_records_beside_snapshot, 2, 1000;
        two_records_beside_exact_snapshot, 2, 2000;
    }
    shards {
        records_on_two_shards_beside_snapshots, 2, 100;
        two_shards_beside_reader, 2, 1000;
        one_shard_of_two_beside_reader, 2, 2000;
        leases_at_once, 3, 400;
        leases_that_come_and_go, 2, 30;
        the_last_lease, 3, 3;
        recorder_beside_snapshots, 3, 40;
        two_recorders_beside_snapshot, 2, 300;
        recorder_handed_on, 3, 4;
        recorders_take_turns, 2, 40;
        claim_beside_claim, 3, 2;
    }
    counter {
        carry_beside_reads, 3, 100;
        second_carry_beside_reads, 3, 100;
        carries_beside_reads, 3, 7000;
        carry_beside_addition_and_reads, 2, 700;
        addition_beside_its_reader, 3, 20;
    }
    hooks {
        told_of_cancelled_leader_beside_takeover, 3, 300;
        told_of_panicked_leader_beside_two_waiters, 1, 1000;
        told_of_failed_leader_beside_cancel, 1, 900;
        told_of_value_beside_cancel, 2, 3000;
        told_of_init_beside_cancel, 3, 100;
        metrics_beside_takeover, 2, 500;
    }
    metrics {
        begin_beside_begin_and_read, 2, 100;
        begin_and_end_beside_read, 3, 20;
        begin_beside_end_and_end, 1, 500;
        total_beside_end, 3, 80;
        total_beside_end_and_time, 3, 10;
        total_beside_total_and_end, 2, 1000;
        worst_beside_two_ends, 1, 2000;
        objective_beside_two_ends, 2, 100;
    }
    replay {
        publish_beside_read_of_one, 3, 3035;
        publish_beside_read_of_two, 3, 623;
        publish_beside_read_of_four, 2, 1762;
        reuse_beside_read, 3, 2031;
        in_place_beside_read, 2, 856;
        publish_beside_two_reads, 2, 2296;
        receipt_beside_publish, 3, 1675;
        stats_beside_evict, 3, 2020;
    }
    lending {
        entry_beside_read, 3, 237;
        lend_beside_evict, 3, 167;
        two_inside_beside_evict, 3, 877;
        panic_inside_beside_evict, 3, 155;
        left_behind_is_dropped, 3, 89;
    }
    publishing {
        publish_beside_publish, 3, 50;
        two_evict_beside_read, 2, 409;
        two_publish_beside_read, 2, 243;
        batch_beside_read, 3, 14;
        two_orders_are_one, 3, 797;
        batch_beside_single, 3, 50;
        batch_beside_batch, 3, 74;
        batch_evicts_beside_read, 3, 95;
        bytes_beside_read, 3, 306;
        reason_beside_evict, 3, 945;
        reasons_beside_evict, 3, 3003;
    }
    joining {
        join_beside_publish, 3, 360;
        join_live_beside_publish, 3, 119;
        join_oldest_beside_evict, 3, 3529;
        join_latest_beside_evict, 2, 1218;
        join_after_beside_evict, 3, 337;
        join_after_beside_publish, 3, 119;
        join_beside_leave, 3, 15;
        leave_beside_evict, 3, 600;
    }
    resuming {
        resume_beside_publish, 3, 337;
        resume_beside_evict, 3, 3846;
        resume_ahead_beside_publish, 3, 3;
        wrong_epoch_beside_evict, 3, 4589;
        token_handed_on_beside_evict, 3, 828;
        resume_beside_close, 3, 1016;
    }
    closing {
        wait_beside_close, 3, 634;
        read_beside_close, 3, 66;
        publish_beside_close, 3, 15;
        batch_beside_close, 3, 220;
        close_beside_close, 3, 6;
        park_beside_close, 3, 55;
        recv_blocking_beside_close, 3, 93;
        cancel_beside_close, 3, 297;
        join_beside_close, 3, 3;
        refused_publish_evicts_nothing, 3, 20;
    }
    waiting {
        wait_beside_in_place, 3, 55;
        wait_beside_publish, 3, 92;
        two_wait_beside_publish, 1, 184;
        cancel_beside_publish, 3, 490;
        new_waker_beside_event, 3, 161;
        recv_blocking_beside_publish, 3, 135;
        recv_many_beside_batch, 3, 92;
        wait_beside_evict, 3, 935;
        cancel_first_beside_park_and_publish, 1, 32;
        cancel_any_beside_park_and_publish, 1, 41;
        cancel_beside_cancel_around_one, 3, 15;
        give_up_beside_publish, 3, 168;
    }
    single {
        single_beside_read_of_one, 2, 240;
        single_beside_read_of_four, 2, 2000;
        single_beside_wait, 3, 160;
        single_beside_cancel, 3, 2000;
        single_close_beside_wait, 3, 600;
        single_handed_over, 3, 350;
        single_beside_join, 1, 50;
    }
    budget {
        two_publish_under_one_cap, 2, 76;
        give_beside_gather, 5, 26;
        gather_beside_gather, 5, 6;
        reclaim_beside_drop_of_the_victim, 5, 10;
        reclaim_beside_publish_of_the_victim, 3, 780;
        growing_beside_search, 5, 23;
        the_heavier_grows_beside_search, 5, 78;
        join_beside_leave_and_search, 3, 1000;
        three_publish_under_one_cap, 1, 77;
    }
    array {
        array_beside_read_of_one, 2, 154;
        array_beside_read_of_two, 2, 84;
        array_in_place_beside_read, 2, 134;
        array_entry_beside_read, 2, 83;
        array_beside_two_reads, 2, 1300;
        array_two_published_inside_beside_read, 2, 690;
        array_busy_beside_read, 2, 17;
        array_spare_again_beside_read, 2, 71;
        wait_beside_array, 2, 22;
    }
    plain {
        lapped_in_one_slot, 2, 3000;
        lapped_in_two_slots, 2, 7900;
        lapped_in_four_slots, 2, 12000;
        lapped_in_an_array, 2, 500;
        lapped_by_the_only_producer, 2, 3000;
        lapped_beside_batch_read, 2, 1300;
        batch_over_batch, 2, 470;
        lapped_beside_two_reads, 2, 3600;
        two_lap_beside_read, 2, 2500;
        join_plain_beside_publish, 2, 96;
        wait_beside_laps, 2, 227;
    }
    budget_buffers {
        publish_into_two_buffers, 2, 72;
        evict_elsewhere_beside_read, 3, 239;
        evict_elsewhere_beside_two_reads, 3, 148;
        evict_elsewhere_beside_last_drop, 3, 7;
        evict_elsewhere_beside_resume, 3, 74;
        evict_elsewhere_beside_subscribe, 3, 581;
        evict_elsewhere_beside_wait, 3, 292;
        evict_one_victim_twice, 3, 1378;
    }
    grenades {
        grenades_beside_publish, 2, 180;
        grenade_beside_takeover, 2, 20;
        grenade_beside_event, 2, 40;
        grenade_beside_only_producer, 2, 70;
    }
    exact {
        additions_to_a_pair, 3, 11;
        leases_beyond, 3, 2;
        inits_at_once, 1, 70;
        waits_at_once, 1, 6;
        take_beside_worse, 3, 3;
        take_beside_take, 3, 2;
        give_up_and_wait_beside_only_producer, 3, 5900;
        stats_beside_only_producer, 3, 160;
        what_it_owned_beside_takeover, 3, 140;
        push_beside_releases, 2, 1;
        claim_beside_claim_of_a_producer, 3, 6;
        buffers_told_at_once, 2, 9;
        reversals_at_once, 2, 28;
    }
}
