//! A snapshot drawn in text, with integers only and without an allocator.
//!
//! It is drawn twice: first to find out how wide the columns are and which row is
//! the longest, then for the reader.

use core::fmt::{self, Write as _};
use core::marker::PhantomData;
use core::ops::Range;

use super::{Bucket, Grid, Nanos, Snapshot};

/// Bars by eighths of a column.
const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

impl<G: Grid> Snapshot<G> {
    /// A picture for a terminal: shown by its `Display`.
    ///
    /// The rows go from the first bucket that is not empty to the last, so many
    /// buckets to a row (a power of two) that there are at most
    /// [`rows`](Plot::rows). A row has its least and greatest value, a bar and a
    /// count; one that is not empty has at least a sliver of a bar. What was
    /// too small or too great for the grid has a row of its own.
    ///
    /// ```
    /// use bellwether::Histogram;
    ///
    /// let latency: Histogram = Histogram::new();
    /// for (micros, n) in [(150, 90), (200, 610), (300, 204), (600, 31), (900, 2)] {
    ///     latency.record_n(micros * 1_000, n);
    /// }
    /// assert_eq!(
    ///     latency.snapshot().plot().rows(8).to_string(),
    ///     "\
    /// 122 µs – 173 µs  █████▉                                     90
    /// 173 µs – 244 µs  ████████████████████████████████████████  610
    /// 244 µs – 345 µs  █████████████▍                            204
    /// 345 µs – 488 µs                                              0
    /// 488 µs – 691 µs  ██                                         31
    /// 691 µs – 977 µs  ▏                                           2"
    /// );
    /// ```
    pub fn plot(&self) -> Plot<'_, G> {
        Plot { snapshot: self, rows: 20, width: 40 }
    }
}

/// A snapshot as a picture. Made by [`Snapshot::plot`].
///
/// ```
/// use bellwether::{Plain, Snapshot};
///
/// let nothing = Snapshot::<Plain>::new();
/// assert_eq!(nothing.plot().to_string(), "no records");
/// ```
#[derive(Debug, Clone, Copy)]
#[must_use = "it is shown when it is formatted"]
pub struct Plot<'a, G: Grid = Nanos> {
    snapshot: &'a Snapshot<G>,
    rows: usize,
    width: usize,
}

/// The values from `low` to `high`.
struct Row<G> {
    low: u64,
    high: u64,
    count: u64,
    grid: PhantomData<G>,
}

impl<G: Grid> Row<G> {
    fn is_overflow(&self) -> bool {
        self.high == u64::MAX
    }

    fn value(&self, value: u64) -> Value<G> {
        Value(value, PhantomData)
    }
}

/// A value with its unit.
struct Value<G>(u64, PhantomData<G>);

impl<G: Grid> fmt::Display for Value<G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        G::write(self.0, f)
    }
}

impl<G: Grid> Plot<'_, G> {
    /// At most so many rows, and at least two; without underflow and overflow. 20
    /// if not called.
    ///
    /// ```
    /// use bellwether::{Histogram, Plain};
    ///
    /// let sizes: Histogram<Plain> = Histogram::new();
    /// (1..=100).for_each(|size| sizes.record(size));
    /// // 1, 2 to 16, 17 to 256.
    /// assert_eq!(sizes.snapshot().plot().rows(4).to_string().lines().count(), 3);
    /// ```
    pub fn rows(self, rows: usize) -> Self {
        Self { rows: rows.max(2), ..self }
    }

    /// The longest bar has so many columns: 1 to 1000, to which other numbers are
    /// brought. 40 if not called.
    ///
    /// ```
    /// use bellwether::{Histogram, Plain};
    ///
    /// let sizes: Histogram<Plain> = Histogram::new();
    /// sizes.record(0);
    /// assert_eq!(sizes.snapshot().plot().width(3).to_string(), "0  ███  1");
    /// ```
    pub fn width(self, columns: usize) -> Self {
        Self { width: columns.clamp(1, 1_000), ..self }
    }

    /// The rows from the top, for so many buckets (as a logarithm) a row.
    fn each(&self, by: u32) -> impl Iterator<Item = Row<G>> {
        let row = move |first, last| Row {
            low: G::lower(first),
            high: G::upper(last),
            count: self.count(first..last + 1),
            grid: PhantomData,
        };
        let outside = move |slot| Some(row(slot, slot)).filter(|row| row.count > 0);
        let groups = self.groups(by).map(move |group| {
            let last = (group << by) - G::FIRST_KEY + 1;
            let first = last - (1 << by) + 1;
            row(first.max(1) as usize, last.min(G::BUCKETS as i32) as usize)
        });
        // Narrow buckets of small values hold no integer.
        let groups = groups.filter(|row| row.low <= row.high);
        outside(0).into_iter().chain(groups).chain(outside(G::BUCKETS + 1))
    }

    fn count(&self, slots: Range<usize>) -> u64 {
        self.snapshot.slots()[slots].iter().fold(0, |sum, &count| count.saturating_add(sum))
    }

    /// The numbers of the rows that are not underflow or overflow.
    fn groups(&self, by: u32) -> Range<i32> {
        // Upper bounds are inclusive: the key is rounded up.
        let group = |bucket: Bucket| (bucket.key + (1 << by) - 1) >> by;
        let mut filled = self.snapshot.buckets().filter(|bucket| bucket.count > 0).map(group);
        match filled.next() {
            Some(first) => first..filled.next_back().unwrap_or(first) + 1,
            None => 0..0,
        }
    }
}

impl<G: Grid> fmt::Display for Plot<'_, G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.each(0).next().is_none() {
            return f.write_str("no records");
        }
        // All buckets make two rows: those up to key 0, and the others.
        let all = G::BUCKETS.ilog2() + 1;
        let by = (0..all).find(|&by| self.groups(by).len() <= self.rows).unwrap_or(all);
        // Three digits do not tell rows apart whose bounds differ by a hundredth.
        let digits = if u32::from(G::SCALE) >= by + 5 { 4 } else { 3 };

        let (mut most, mut lows, mut highs, mut counts) = (0, 0, 0, 0);
        for row in self.each(by) {
            most = most.max(row.count);
            lows = lows.max(columns(format_args!("{}", Low(&row, digits))));
            highs = highs.max(columns(format_args!("{}", High(&row, digits))));
            counts = counts.max(columns(format_args!("{}", row.count)));
        }
        let mut end = "";
        for row in self.each(by) {
            let (low, high) = (Low(&row, digits), High(&row, digits));
            f.write_str(end)?;
            right(f, lows, format_args!("{low}"))?;
            right(f, highs, format_args!("{high}"))?;
            f.write_str("  ")?;
            bar(f, row.count, most, self.width)?;
            write!(f, "  {:counts$}", row.count)?;
            end = "\n";
        }
        Ok(())
    }
}

/// The least value and a dash, or nothing if that is the only one.
struct Low<'a, G: Grid>(&'a Row<G>, usize);

impl<G: Grid> fmt::Display for Low<'_, G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(row, digits) = *self;
        if row.is_overflow() || row.low == row.high {
            return Ok(());
        }
        write!(f, "{:.digits$} – ", row.value(row.low))
    }
}

/// The greatest value; of overflow, what all are above.
struct High<'a, G: Grid>(&'a Row<G>, usize);

impl<G: Grid> fmt::Display for High<'_, G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(row, digits) = *self;
        if row.is_overflow() {
            return write!(f, "> {:.digits$}", row.value(row.low - 1));
        }
        write!(f, "{:.digits$}", row.value(row.high))
    }
}

/// How many columns a text takes.
fn columns(text: fmt::Arguments<'_>) -> usize {
    struct Columns(usize);

    impl fmt::Write for Columns {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            self.0 += text.chars().count();
            Ok(())
        }
    }

    let mut columns = Columns(0);
    // It never fails.
    let _ = columns.write_fmt(text);
    columns.0
}

/// Aligned to the right.
fn right(f: &mut fmt::Formatter<'_>, width: usize, text: fmt::Arguments<'_>) -> fmt::Result {
    write!(f, "{:1$}", "", width - columns(text))?;
    f.write_fmt(text)
}

/// A bar in eighths of columns, and the space that it leaves.
fn bar(f: &mut fmt::Formatter<'_>, count: u64, most: u64, width: usize) -> fmt::Result {
    let eighths = u128::from(count) * (8 * width as u128) / u128::from(most);
    // Not nothing, if there is something.
    let eighths = eighths.max(u128::from(count > 0)) as usize;
    let (whole, part) = (eighths / 8, EIGHTHS[eighths % 8]);
    (0..whole).try_for_each(|_| f.write_char('█'))?;
    write!(f, "{part}{:1$}", "", width - whole - usize::from(!part.is_empty()))
}
