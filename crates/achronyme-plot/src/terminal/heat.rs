//! Matrices as shades, or as colours behind spaces.

use super::TextOptions;
use super::canvas::Canvas;
use super::chart::Chart;
use crate::frame::Frame;
use crate::number::{count, real};
use crate::{Heat, Panel};

const SHADES: [char; 5] = [' ', '░', '▒', '▓', '█'];
const ASCII_SHADES: [char; 10] = [' ', '.', ':', '-', '=', '+', '*', '#', '%', '@'];

pub(super) fn draw(panel: &Panel, heat: &Heat, options: &TextOptions) -> Canvas {
    let frame = Frame::of(panel);
    let size = (panel.xlim.is_none() && panel.ylim.is_none()).then(|| size(heat, options));
    let mut chart = Chart::new(panel, &frame, options, size);
    for row in 0..chart.height {
        for column in 0..chart.width {
            draw_cell(&mut chart, heat, row, column, options);
        }
    }
    if heat.colorbar {
        add_scale(&mut chart, heat, options);
    }
    chart.canvas
}

/// As many columns and rows for each cell as there is room for, about square; or all the room.
fn size(heat: &Heat, options: &TextOptions) -> [usize; 2] {
    let labels = heat.row_labels.iter().map(|label| super::canvas::width(label)).max();
    let room = options.width.saturating_sub(labels.unwrap_or(3).min(options.width / 3) + 6).max(8);
    let (columns, rows) = (heat.columns.max(1), heat.rows.max(1));
    let high = (options.height / rows).min(room / columns / 2).min(3);
    if high >= 1 {
        return [columns * high * 2, rows * high];
    }
    let width = if columns <= room { columns * (room / columns).min(2) } else { room };
    [width, rows.min(options.height)]
}

fn draw_cell(chart: &mut Chart<'_>, heat: &Heat, row: usize, column: usize, options: &TextOptions) {
    let value = value(chart, heat, row, column);
    if value.is_nan() {
        return;
    }
    let [min, max] = heat.span();
    let share = (value - min) / (max - min);
    if options.color {
        chart.canvas.fill(chart.top + row, chart.left + column, heat.colormap.color(share));
    } else {
        let letter = shade(share, options);
        chart.canvas.put(chart.top + row, chart.left + column, letter, None);
    }
}

/// The mean of the numbers at a place; NaN if there are none.
fn value(chart: &Chart<'_>, heat: &Heat, row: usize, column: usize) -> f64 {
    let [left, right, lower, upper] = heat.ends();
    let (x, y) = (&chart.frame.x, &chart.frame.y);
    let number = |axis: &crate::axis::Axis, share: f64| axis.from + (axis.to - axis.from) * share;
    // The cells between the two ends of this place, the one of the middle at least.
    let cells =
        |axis: &crate::axis::Axis, index: usize, of: usize, [from, to]: [f64; 2], all: usize| {
            let cell = |part: f64| {
                let share = (number(axis, (real(index) + part) / real(of)) - from) / (to - from);
                share * real(all)
            };
            let (start, end) = (cell(0.0).min(cell(1.0)), cell(0.0).max(cell(1.0)));
            let is_inside = end > 0.0 && start < real(all);
            let start = count((start + 0.5).floor().max(0.0)).min(all - 1);
            let end = count((end + 0.5).floor().max(0.0)).min(all);
            let middle = count(cell(0.5).max(0.0)).min(all - 1);
            is_inside.then_some(if start < end { start..end } else { middle..middle + 1 })
        };
    if heat.values.is_empty() {
        return f64::NAN;
    }
    let columns = cells(x, column, chart.width, [left, right], heat.columns);
    let rows = cells(y, chart.height - 1 - row, chart.height, [upper, lower], heat.rows);
    let (Some(columns), Some(rows)) = (columns, rows) else { return f64::NAN };
    let (mut sum, mut found) = (0.0, 0);
    for row in rows {
        for value in &heat.values[row * heat.columns..][columns.clone()] {
            if !value.is_nan() {
                sum += value;
                found += 1;
            }
        }
    }
    sum / real(found)
}

fn shade(share: f64, options: &TextOptions) -> char {
    let shades: &[char] = if options.ascii { &ASCII_SHADES } else { &SHADES };
    shades[count(share.clamp(0.0, 1.0) * real(shades.len())).min(shades.len() - 1)]
}

/// Adds a line with all shades and the numbers at its ends.
fn add_scale(chart: &mut Chart<'_>, heat: &Heat, options: &TextOptions) {
    let [min, max] = heat.span().map(|end| options.alphabet().short(end));
    let row = chart.canvas.add_lines(1);
    let mut column = chart.left;
    chart.canvas.write(row, column, &min);
    column += super::canvas::width(&min) + 1;
    for index in 0..20 {
        let share = (real(index) + 0.5) / 20.0;
        if options.color {
            chart.canvas.fill(row, column + index, heat.colormap.color(share));
        } else {
            chart.canvas.put(row, column + index, shade(share, options), None);
        }
    }
    chart.canvas.write(row, column + 21, &max);
}
