//! Pictures of the matrix: a file for each workload, a column for each metric, medians
//! above and 99.9th percentiles below.
//!
//! Both axes are logarithmic. A bar is from the least to the greatest round. Each peer has
//! a colour (those of Okabe and Ito, which everybody can tell apart) and a mark of its own,
//! the same in all pictures.

use core::error::Error;
use core::ops::Range;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use plotters::coord::Shift;
use plotters::prelude::*;

use super::data::{Matrix, Point, Spread};

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Failure = Box<dyn Error>;

const COLOURS: [RGBColor; 7] = [
    RGBColor(0, 0, 0),
    RGBColor(230, 159, 0),
    RGBColor(86, 180, 233),
    RGBColor(0, 158, 115),
    RGBColor(213, 94, 0),
    RGBColor(204, 121, 167),
    RGBColor(120, 120, 120),
];
/// Ours, in every picture.
const OURS: RGBColor = RGBColor(0, 114, 178);
const PANEL: (u32, u32) = (360, 260);
const LEGEND: u32 = 230;
const FONT: &str = "sans-serif";

/// How a peer is drawn.
#[derive(Clone, Copy)]
struct Style {
    colour: RGBColor,
    mark: usize,
    is_ours: bool,
}

/// By name, so that a peer looks the same wherever it is; those that are in one picture
/// differ.
fn styles(matrix: &Matrix) -> BTreeMap<&str, Style> {
    let mut pictures: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for ((workload, _), peers) in matrix {
        pictures.entry(workload).or_default().extend(peers.keys().map(|name| &**name));
    }
    let mut styles: BTreeMap<&str, Style> = BTreeMap::new();
    for names in pictures.values() {
        for name in names {
            let taken = |mark: &usize| {
                let others = names.iter().filter_map(|name| styles.get(name));
                others.filter(|style| !style.is_ours).any(|style| style.mark == *mark)
            };
            let style = if name.starts_with("bellwether") {
                Style { colour: OURS, mark: name.len() % 2, is_ours: true }
            } else {
                let mark = (0..).find(|mark| !taken(mark)).expect("there is no end of numbers");
                Style { colour: COLOURS[mark % COLOURS.len()], mark, is_ours: false }
            };
            styles.entry(name).or_insert(style);
        }
    }
    styles
}

/// Writes a file for each workload; their names.
///
/// # Errors
///
/// If one cannot be written.
pub fn all(matrix: &Matrix, folder: &Path) -> Result<Vec<(String, String)>, Failure> {
    let styles = styles(matrix);
    let mut by_workload: BTreeMap<&str, Vec<_>> = BTreeMap::new();
    for ((workload, metric), peers) in matrix {
        by_workload.entry(workload).or_default().push((&**metric, peers));
    }
    let mut files = vec![];
    for (workload, metrics) in by_workload {
        let name = format!("{}.svg", file_name(workload));
        workload_file(&folder.join(&name), workload, &metrics, &styles)?;
        files.push((workload.to_string(), name));
    }
    Ok(files)
}

fn file_name(workload: &str) -> String {
    workload.replace(", ", "-").replace(' ', "-")
}

type Peers = BTreeMap<String, BTreeMap<u32, Point>>;

fn workload_file(
    path: &Path,
    workload: &str,
    metrics: &[(&str, &Peers)],
    styles: &BTreeMap<&str, Style>,
) -> Result<(), Failure> {
    let size = (metrics.len() as u32 * PANEL.0 + LEGEND, 2 * PANEL.1 + 40);
    let root = SVGBackend::new(path, size).into_drawing_area();
    root.fill(&WHITE)?;
    let root = root.titled(workload, (FONT, 20))?;
    let (panels, legend) = root.split_horizontally(size.0 - LEGEND);
    let names: BTreeSet<&str> =
        metrics.iter().flat_map(|(_, peers)| peers.keys()).map(|name| &**name).collect();
    draw_legend(&legend, names.iter().map(|name| (*name, styles[name])))?;
    type Quantile = fn(&Point) -> Spread;
    let quantiles: [(&str, Quantile); 2] =
        [("p50", |point| point.p50), ("p99.9", |point| point.p999)];
    for (n, panel) in panels.split_evenly((2, metrics.len())).iter().enumerate() {
        let (metric, peers) = metrics[n % metrics.len()];
        let (quantile, of) = quantiles[n / metrics.len()];
        draw_panel(panel, &format!("{metric}, {quantile}"), peers, of, styles)?;
    }
    root.present()?;
    Ok(())
}

fn draw_legend<'a>(
    area: &Area<'_>,
    names: impl Iterator<Item = (&'a str, Style)>,
) -> Result<(), Failure> {
    for (row, (name, style)) in names.enumerate() {
        let y = 40 + row as i32 * 20;
        area.draw(&PathElement::new([(8, y), (36, y)], line(style)))?;
        draw_mark(area, (22, y), style)?;
        area.draw(&Text::new(name.to_string(), (42, y - 7), (FONT, 14)))?;
    }
    Ok(())
}

fn line(style: Style) -> ShapeStyle {
    style.colour.stroke_width(if style.is_ours { 3 } else { 1 })
}

/// In pixels, around a place.
fn draw_mark(area: &Area<'_>, at: (i32, i32), style: Style) -> Result<(), Failure> {
    let (filled, open) = (style.colour.filled(), style.colour.stroke_width(1));
    let (x, y) = at;
    match style.mark % 6 {
        0 => area.draw(&Circle::new(at, 4, filled))?,
        1 => area.draw(&TriangleMarker::new(at, 6, filled))?,
        2 => area.draw(&Cross::new(at, 4, open))?,
        3 => area.draw(&Rectangle::new([(x - 4, y - 4), (x + 4, y + 4)], open))?,
        4 => area.draw(&Circle::new(at, 4, open))?,
        _ => area.draw(&Polygon::new([(x, y - 5), (x + 5, y), (x, y + 5), (x - 5, y)], filled))?,
    }
    Ok(())
}

fn draw_panel(
    area: &Area<'_>,
    title: &str,
    peers: &Peers,
    of: fn(&Point) -> Spread,
    styles: &BTreeMap<&str, Style>,
) -> Result<(), Failure> {
    let workers: BTreeSet<u32> = peers.values().flat_map(BTreeMap::keys).copied().collect();
    let workers: Vec<u32> = workers.into_iter().collect();
    let spreads: Vec<Spread> = peers.values().flat_map(BTreeMap::values).map(of).collect();
    let least = spreads.iter().map(|spread| spread.low).fold(f64::MAX, f64::min).max(1.0);
    let most = spreads.iter().map(|spread| spread.high).fold(1.0, f64::max);
    let last = workers.len() as f64 - 1.0;
    let range = least / 1.3..most * 1.3;
    let ticks = ticks(&range);
    let mut chart = ChartBuilder::on(area)
        .caption(title, (FONT, 15))
        .margin(8)
        .x_label_area_size(34)
        .y_label_area_size(58)
        .build_cartesian_2d(-0.3..last + 0.3, range.log_scale().with_key_points(ticks))?;
    let name = |x: &f64| {
        let near = x.round();
        let worker = workers.get(near as usize).filter(|_| (x - near).abs() < 0.01);
        worker.map_or(String::new(), ToString::to_string)
    };
    chart
        .configure_mesh()
        .disable_x_mesh()
        .light_line_style(WHITE.mix(0.0))
        .x_labels(workers.len())
        .x_label_formatter(&name)
        .x_desc("workers")
        .y_desc("time")
        .y_labels(30)
        .y_label_formatter(&|nanos| duration(*nanos))
        .label_style((FONT, 12))
        .draw()?;
    for (peer, points) in peers {
        let style = styles[&**peer];
        let place = |worker: &u32| workers.iter().position(|w| w == worker).unwrap_or(0) as f64;
        let line_of = points.iter().map(|(worker, point)| (place(worker), of(point).middle));
        chart.draw_series(LineSeries::new(line_of.clone(), line(style)))?;
        for (worker, point) in points {
            let (x, Spread { low, high, .. }) = (place(worker), of(point));
            let bar = [(x, low.max(1.0)), (x, high.max(1.0))];
            chart.draw_series([PathElement::new(bar, style.colour.mix(0.5))])?;
        }
        for at in line_of.map(|at| chart.backend_coord(&at)).collect::<Vec<_>>() {
            let origin = area.get_base_pixel();
            draw_mark(area, (at.0 - origin.0, at.1 - origin.1), style)?;
        }
    }
    Ok(())
}

/// The ticks of a logarithmic axis: 1, 2, 5 and so on have room, and where these are few, all
/// digits have.
fn ticks(range: &Range<f64>) -> Vec<f64> {
    let of = |digits: &[u8]| -> Vec<f64> {
        let decades = range.start.log10().floor() as i32..=range.end.log10().ceil() as i32;
        let all = decades.flat_map(|decade| {
            digits.iter().map(move |digit| f64::from(*digit) * 10_f64.powi(decade))
        });
        all.filter(|tick| range.contains(tick)).collect()
    };
    let few = of(&[1, 2, 5]);
    if few.len() < 3 { of(&[1, 2, 3, 4, 5, 6, 7, 8, 9]) } else { few }
}

/// As short as it can be told.
fn duration(nanos: f64) -> String {
    let (value, unit) = match nanos {
        ..1e3 => (nanos, "ns"),
        ..1e6 => (nanos / 1e3, "µs"),
        ..1e9 => (nanos / 1e6, "ms"),
        _ => (nanos / 1e9, "s"),
    };
    if value.fract().abs() < 0.05 || value >= 10.0 {
        format!("{value:.0} {unit}")
    } else {
        format!("{value:.1} {unit}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::data::Spread;

    #[test]
    fn units_are_told() {
        assert_eq!([5.0, 2_500.0, 3e6, 1.5e9].map(duration), ["5 ns", "2.5 µs", "3 ms", "1.5 s"]);
    }

    #[test]
    fn there_is_a_tick_in_a_narrow_range() {
        assert_eq!(ticks(&(650.0..2_100.0)), [700.0, 800.0, 900.0, 1_000.0, 2_000.0]);
        assert_eq!(ticks(&(1.5..30.0)), [2.0, 5.0, 10.0, 20.0]);
    }

    #[test]
    fn who_is_in_one_picture_differs() {
        let spread = Spread { middle: 1.0, low: 1.0, high: 1.0 };
        let points = BTreeMap::from([(4, Point { p50: spread, p999: spread })]);
        let picture = |names: &[&str]| -> BTreeMap<String, _> {
            names.iter().map(|name| (name.to_string(), points.clone())).collect()
        };
        let matrix = Matrix::from([
            (("a".into(), "call".into()), picture(&["bellwether", "std", "tokio"])),
            (("b".into(), "call".into()), picture(&["async", "bellwether", "tokio", "zoo"])),
        ]);
        let styles = styles(&matrix);
        assert_eq!(styles.len(), 5);
        let marks =
            |names: &[&str]| names.iter().map(|name| styles[name].mark).collect::<BTreeSet<_>>();
        assert_eq!(
            (marks(&["std", "tokio"]).len(), marks(&["async", "tokio", "zoo"]).len()),
            (2, 3)
        );
    }
}
