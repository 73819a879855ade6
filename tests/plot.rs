//! Snapshots as pictures, to the letter.

use bellwether::{Grid, Histogram, Nanos, Plain, Snapshot};

fn taken<G: Grid>(values: impl IntoIterator<Item = (u64, u64)>) -> Snapshot<G> {
    let histogram = Histogram::<G>::new();
    values.into_iter().for_each(|(value, n)| histogram.record_n(value, n));
    histogram.snapshot()
}

/// Compares line by line, so that a difference can be seen.
#[track_caller]
fn shows<G: Grid>(snapshot: &Snapshot<G>, expected: &[&str]) {
    let shown = snapshot.plot().width(10).to_string();
    let lines: Vec<_> = shown.split('\n').collect();
    assert_eq!(lines, expected, "\n{shown}");
}

#[test]
fn nothing() {
    shows(&taken::<Nanos>([]), &["no records"]);
    shows(&taken::<Plain<7>>([]), &["no records"]);
}

#[test]
fn one_value() {
    shows(&taken::<Nanos>([(1_200_000, 7)]), &["1.16 ms – 1.27 ms  ██████████  7"]);
    shows(&taken::<Nanos<0>>([(1, 1)]), &["1 ns  ██████████  1"]);
    shows(&taken::<Plain>([(1 << 42, 1)]), &["4033026432885 – 4398046511104  ██████████  1"]);
}

#[test]
fn outside_of_the_grid() {
    shows(&taken::<Nanos>([(0, 3)]), &["0 ns  ██████████  3"]);
    shows(&taken::<Nanos>([(u64::MAX, 3)]), &["> 4096 s  ██████████  3"]);
    shows(
        &taken::<Plain>([(0, 3), (1, 12), ((1 << 42) + 1, 6)]),
        &[
            "              0  ██▌          3",
            "              1  ██████████  12",
            "> 4398046511104  █████        6",
        ],
    );
}

#[test]
fn narrow_rows_have_a_digit_more() {
    shows(
        &taken::<Nanos<7>>([(1_201_000, 5), (1_209_000, 10)]),
        &["1.200 ms – 1.206 ms  █████        5", "1.206 ms – 1.213 ms  ██████████  10"],
    );
}

#[test]
fn two_humps() {
    shows(
        &taken::<Nanos>([(200_000, 40), (300_000, 80), (45_000_000, 3), (70_000_000, 1)]),
        &[
            " 173 µs –  244 µs  █████       40",
            " 244 µs –  345 µs  ██████████  80",
            " 345 µs –  488 µs               0",
            " 488 µs –  691 µs               0",
            " 691 µs –  977 µs               0",
            " 977 µs – 1.38 ms               0",
            "1.38 ms – 1.95 ms               0",
            "1.95 ms – 2.76 ms               0",
            "2.76 ms – 3.91 ms               0",
            "3.91 ms – 5.52 ms               0",
            "5.52 ms – 7.81 ms               0",
            "7.81 ms – 11.0 ms               0",
            "11.0 ms – 15.6 ms               0",
            "15.6 ms – 22.1 ms               0",
            "22.1 ms – 31.3 ms               0",
            "31.3 ms – 44.2 ms               0",
            "44.2 ms – 62.5 ms  ▍            3",
            "62.5 ms – 88.4 ms  ▏            1",
        ],
    );
}

#[test]
fn the_whole_range() {
    shows(
        &taken::<Nanos>((0..64).map(|exponent| (1 << exponent, 64 - exponent)).chain([(0, 3)])),
        &[
            "              0 ns  ▏             3",
            "   1 ns –     3 ns  █████       127",
            "   4 ns –    59 ns  █████████▌  242",
            "  60 ns –   953 ns  ████████▉   226",
            " 954 ns –  15.3 µs  ████████▎   210",
            "15.3 µs –   244 µs  ███████▋    194",
            " 244 µs –  3.91 ms  ███████     178",
            "3.91 ms –  62.5 ms  ██████▍     162",
            "62.5 ms –   1.00 s  █████▊      146",
            " 1.00 s –   16.0 s  █████▏      130",
            " 16.0 s –    256 s  ████▌       114",
            "  256 s –   4096 s  ███▊         98",
            "          > 4096 s  ██████████  253",
        ],
    );
}

/// Half octaves, where some hold one integer and some none.
#[test]
fn small_counts() {
    shows(
        &taken::<Plain>((0..40).map(|value| (value, 40 - value))),
        &[
            "      0  ███          40",
            "      1  ███          39",
            "      2  ██▉          38",
            " 3 –  4  █████▌       73",
            "      5  ██▋          35",
            " 6 –  8  ███████▌     99",
            " 9 – 11  ██████▉      90",
            "12 – 16  ██████████  130",
            "17 – 22  █████████▍  123",
            "23 – 32  █████████▌  125",
            "33 – 45  ██▏          28",
        ],
    );
}

/// One in 2⁶² is a sliver, and nothing is nothing.
#[test]
fn slivers() {
    shows(
        &taken::<Plain<0>>([(1, 1), (4, 1 << 62)]),
        &[
            "    1  ▏                             1",
            "    2                                0",
            "3 – 4  ██████████  4611686018427387904",
        ],
    );
}

/// Every row is counted once, whatever the number of rows; there are never more
/// than were asked for, and two, underflow and overflow.
#[test]
fn any_number_of_rows() {
    fn check<G: Grid>() {
        let snapshot = taken::<G>((0..64).map(|exponent| (3 << exponent >> 1, 1 + exponent)));
        let snapshot = [snapshot, taken((0..400).map(|value| (value, value)))];
        for snapshot in snapshot {
            for rows in (0..30).chain([500, 10_000, usize::MAX]) {
                let text = snapshot.plot().rows(rows).to_string();
                assert!(text.lines().count() <= rows.max(2).saturating_add(2));
                let count = |line: &str| line.rsplit(' ').next().unwrap().parse::<u64>().unwrap();
                assert_eq!(text.lines().map(count).sum::<u64>(), snapshot.count());
                let columns = text.lines().map(|line| line.chars().count());
                assert!(columns.clone().min() == columns.max(), "aligned:\n{text}");
            }
        }
    }
    check::<Nanos<0>>();
    check::<Nanos<3>>();
    check::<Nanos<7>>();
    check::<Plain<0>>();
    check::<Plain<3>>();
    check::<Plain<7>>();
}

#[test]
fn any_width() {
    let snapshot = taken::<Plain<0>>([(1, 1), (2, 2)]);
    let plot = |columns| snapshot.plot().width(columns).to_string();
    assert_eq!(plot(0), "1  ▌  1\n2  █  2");
    assert_eq!(plot(1), plot(0));
    assert_eq!(plot(3), "1  █▌   1\n2  ███  2");
    assert_eq!(plot(usize::MAX), plot(1_000));
}
