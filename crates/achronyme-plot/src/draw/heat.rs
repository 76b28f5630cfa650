//! Matrices as colours.

use super::Plot;
use super::layout::Sizes;
use crate::number::{count, real};
use crate::scene::{Anchor, Item, Rect, Text};
use crate::ticks::Alphabet;
use crate::{Color, Heat};

pub(super) fn draw(plot: &mut Plot<'_>, heat: &Heat, sizes: Sizes) {
    let [left, right, lower, upper] = heat.ends();
    let rect = Rect::across([plot.x(left), plot.y(lower)], [plot.x(right), plot.y(upper)]);
    plot.cover(plot.rect);
    if heat.values.is_empty() {
        return;
    }
    let columns = Cut::of(heat.columns, [rect.left, rect.right], [plot.rect.left, plot.rect.right]);
    let rows = Cut::of(heat.rows, [rect.top, rect.bottom], [plot.rect.top, plot.rect.bottom]);
    let (Some(columns), Some(rows)) = (columns, rows) else { return };
    let is_turned = [plot.x(left) > plot.x(right), plot.y(lower) < plot.y(upper)];
    let [min, max] = heat.span();
    let mut cells = Vec::new();
    for row in 0..rows.shown {
        for column in 0..columns.shown {
            let value = mean(
                heat,
                rows.covered(row, heat.rows, is_turned[1]),
                columns.covered(column, heat.columns, is_turned[0]),
            );
            let share = (value - min) / (max - min);
            cells.push((!value.is_nan()).then(|| heat.colormap.color(share)));
        }
    }
    let shown = Rect { left: columns.from, right: columns.to, top: rows.from, bottom: rows.to };
    plot.scene.items.push(Item::Cells { rect: shown, columns: columns.shown, cells });
    if heat.annotate && heat.values.len() <= 2500 {
        annotate(plot, heat, sizes);
    }
}

/// The cells of one direction that are to be seen, as many as there are pixels at most.
struct Cut {
    /// The first cell, counted from the left or above.
    first: usize,
    /// How many cells are seen in part at least.
    cells: usize,
    /// How many are drawn, each of them the mean of several, if there are too many.
    shown: usize,
    from: f64,
    to: f64,
}

impl Cut {
    fn of(count_all: usize, [from, to]: [f64; 2], [edge_from, edge_to]: [f64; 2]) -> Option<Self> {
        let size = (to - from) / real(count_all);
        if !(size > 0.0 && size.is_finite()) {
            return None;
        }
        let first = count(((edge_from - from) / size + 1e-6).floor().max(0.0));
        let last = count(((edge_to - from) / size - 1e-6).ceil().max(0.0)).min(count_all);
        let cells = last.checked_sub(first).filter(|cells| *cells > 0)?;
        Some(Self {
            first,
            cells,
            shown: cells.min(count(edge_to - edge_from).max(1)),
            from: (from + size * real(first)).max(edge_from),
            to: (from + size * real(last)).min(edge_to),
        })
    }

    /// The cells of the matrix that are drawn as one.
    fn covered(&self, index: usize, all: usize, is_turned: bool) -> std::ops::Range<usize> {
        let start = self.first + index * self.cells / self.shown;
        let end = self.first + ((index + 1) * self.cells).div_ceil(self.shown);
        if is_turned { all - end..all - start } else { start..end }
    }
}

/// The mean of the numbers of some cells, NaN if there are none.
fn mean(heat: &Heat, rows: std::ops::Range<usize>, columns: std::ops::Range<usize>) -> f64 {
    let (mut sum, mut found) = (0.0, 0);
    for row in rows {
        let cells = &heat.values[row * heat.columns..(row + 1) * heat.columns];
        for value in cells[columns.clone()].iter().filter(|value| !value.is_nan()) {
            sum += value;
            found += 1;
        }
    }
    sum / real(found)
}

/// Writes the number of each cell into it, if it is large enough.
fn annotate(plot: &mut Plot<'_>, heat: &Heat, sizes: Sizes) {
    let [left, right, lower, upper] = heat.ends();
    let (cell_width, cell_height) =
        ((right - left) / real(heat.columns), (upper - lower) / real(heat.rows));
    let [min, max] = heat.span();
    let pixels = (plot.x(left + cell_width) - plot.x(left)).abs();
    let size = sizes.tick.min(pixels / 3.2);
    if size < 5.0 {
        return;
    }
    for (index, value) in heat.values.iter().enumerate() {
        let (row, column) = (index / heat.columns, index % heat.columns);
        let x = plot.x(left + cell_width * (real(column) + 0.5));
        let y = plot.y(upper - cell_height * (real(row) + 0.5));
        if value.is_nan() || !plot.rect.has([x, y]) {
            continue;
        }
        let below = heat.colormap.color((value - min) / (max - min));
        let color = if below.lightness() > 0.55 { Color::INK } else { Color::WHITE };
        let text = Alphabet::Unicode.short(format!("{value:.2e}").parse().unwrap_or(*value));
        let at = [x, y + size * 0.36];
        let anchor = Anchor::Middle;
        plot.scene.items.push(Item::Text(Text { at, anchor, size, angle: 0.0, color, text }));
    }
}
