//! Boxes with whiskers as text: one line for each, over an axis.

use super::TextOptions;
use super::canvas::Canvas;
use super::chart::Chart;
use crate::axis::Axis;
use crate::boxes::Spread;
use crate::frame::{self, Frame};
use crate::{Boxes, Color, Mark, Panel};

pub(super) fn draw(panel: &Panel, options: &TextOptions) -> Canvas {
    let upright = Frame::of(panel);
    let categories = upright.x.categories.clone().unwrap_or_default();
    let rows = categories.len().max(1);
    // Lying: the numbers go to the right, and the first group is above.
    let mut groups = Axis::of(categories);
    (groups.from, groups.to) = (groups.to, groups.from);
    let lying = Frame { x: upright.y.clone(), y: groups };
    let turned =
        Panel { xlabel: panel.ylabel.clone(), ylabel: panel.xlabel.clone(), ..panel.clone() };
    let mut chart = Chart::new(&turned, &lying, options, Some([options.width, rows * 2 - 1]));
    for (index, series) in panel.series.iter().enumerate() {
        if let Mark::Boxes(boxes) = &series.mark {
            draw_boxes(&mut chart, &upright, boxes, panel.color(index), options);
        }
    }
    chart.add_legend(panel, |_| options.letter('▒', '#'));
    chart.canvas
}

fn draw_boxes(
    chart: &mut Chart<'_>,
    upright: &Frame,
    boxes: &Boxes,
    color: Color,
    options: &TextOptions,
) {
    for (place, group) in frame::places(&upright.x, &boxes.labels).iter().zip(&boxes.groups) {
        let Some(row) = chart.row(*place, 1) else { continue };
        let Some(spread) = Spread::of(group, upright.y.is_log()) else { continue };
        let column = |number: f64| {
            let (from, to) = (chart.frame.x.from, chart.frame.x.to);
            chart.column(number.clamp(from.min(to), from.max(to)), 1).unwrap_or(0)
        };
        let span = |[from, to]: [f64; 2]| {
            let (from, to) = (column(from), column(to));
            (from.min(to), from.max(to))
        };
        let whiskers = span(spread.whiskers);
        let quartiles = span(spread.quartiles);
        let median = column(spread.median);
        let outliers: Vec<_> =
            spread.outliers.iter().filter_map(|number| chart.column(*number, 1)).collect();
        for at in whiskers.0..=whiskers.1 {
            chart.put(row, at, options.letter('─', '-'), color);
        }
        chart.put(row, whiskers.0, options.letter('├', '|'), color);
        chart.put(row, whiskers.1, options.letter('┤', '|'), color);
        for at in quartiles.0..=quartiles.1 {
            chart.put(row, at, options.letter('▒', '#'), color);
        }
        chart.put(row, median, options.letter('┃', ':'), color);
        for at in outliers {
            chart.put(row, at, options.letter('∘', 'o'), color);
        }
    }
}
