//! Legends: which series is which, where they cover no data.

use super::layout::{Layout, Sizes};
use crate::font::Font;
use crate::number::{count, real};
use crate::scene::{Anchor, Item, Point, Rect, Scene, Stroke};
use crate::{Color, Dash, Line, Mark, Panel};

/// What a legend says of one series.
pub(super) struct Entry<'a> {
    label: String,
    color: Color,
    dash: Dash,
    /// The line that is shown, or nothing for an area.
    line: Option<&'a Line>,
    /// How much the area hides.
    opacity: f64,
}

/// The series of a panel that are named, if they are to be.
pub(super) fn entries(panel: &Panel) -> Vec<Entry<'_>> {
    if !panel.legend {
        return Vec::new();
    }
    let all = panel.series.iter().enumerate();
    let named = all.filter(|(_, series)| !series.label.is_empty());
    named
        .filter_map(|(index, series)| {
            let line = match &series.mark {
                Mark::Line(line) => Some(line),
                Mark::Bars(_) | Mark::Histogram(_) | Mark::Boxes(_) => None,
                Mark::Band(_) | Mark::Spans(_) => None,
                Mark::Heat(_) => return None,
            };
            let is_band = matches!(series.mark, Mark::Band(_));
            let opacity = if is_band { super::band::OPACITY } else { 1.0 };
            let dash = line.map_or(Dash::Solid, |line| panel.dash(index, line.dash));
            let (label, color) = (series.label.clone(), panel.color(index));
            Some(Entry { label, color, dash, line, opacity })
        })
        .collect()
}

/// A legend and its size.
pub(super) struct Legend<'a> {
    entries: Vec<Entry<'a>>,
    sizes: Sizes,
    /// How many entries stand in one column.
    rows: usize,
    column_width: f64,
    pub(super) width: f64,
    height: f64,
}

/// Around and between entries.
const PAD: f64 = 7.0;
/// The length of a line that is shown.
const SAMPLE: f64 = 26.0;
/// Between a legend and the axes.
const MARGIN: f64 = 9.0;

impl<'a> Legend<'a> {
    pub(super) fn of(mut entries: Vec<Entry<'a>>, layout: &Layout, font: &Font) -> Self {
        let sizes = layout.sizes;
        let room = (layout.area.width() * 0.35).max(40.0);
        for entry in &mut entries {
            entry.label = font.fitted(&entry.label, sizes.tick, room);
        }
        let widths = entries.iter().map(|entry| font.width(&entry.label, sizes.tick));
        let column_width = PAD + SAMPLE + PAD + widths.fold(0.0, f64::max);
        let line = sizes.tick * 1.5;
        let rows_max = count((layout.inner.height() - 2.0 * PAD) / line).max(1);
        let columns = entries.len().div_ceil(rows_max);
        let rows = entries.len().div_ceil(columns);
        Self {
            width: column_width * real(columns) + PAD,
            height: line * real(rows) + PAD,
            entries,
            sizes,
            rows,
            column_width,
        }
    }

    /// The upper left corner of a place within the axes that covers none of the busy places, or
    /// hardly any if a place outside would take too much from the axes.
    pub(super) fn free_place(&self, inner: Rect, busy: &[Point]) -> Option<Point> {
        let [left, right] = [inner.left + MARGIN, inner.right - MARGIN - self.width];
        let [top, bottom] = [inner.top + MARGIN, inner.bottom - MARGIN - self.height];
        let (middle, center) = (f64::midpoint(left, right), f64::midpoint(top, bottom));
        let is_fitting = right >= left && bottom >= top;
        let candidates = [
            [right, top],
            [left, top],
            [right, bottom],
            [left, bottom],
            [right, center],
            [left, center],
            [middle, top],
            [middle, bottom],
        ];
        let covered = |[x, y]: Point| {
            let rect = Rect { left: x, top: y, right: x + self.width, bottom: y + self.height };
            let rect = rect.grown(4.0);
            busy.iter().filter(|point| rect.has(**point)).count()
        };
        let best = candidates.into_iter().map(|at| (covered(at), at));
        let (hidden, at) = best.min_by_key(|(hidden, _)| *hidden)?;
        let is_outside_possible = self.width < inner.width() * 0.3;
        let is_free = hidden == 0 && is_fitting;
        (is_free || !is_outside_possible).then_some(at)
    }

    pub(super) fn draw(&self, scene: &mut Scene, [left, top]: Point) {
        let rect = Rect {
            left: left.round() + 0.5,
            top: top.round() + 0.5,
            right: (left + self.width).round() + 0.5,
            bottom: (top + self.height).round() + 0.5,
        };
        scene.items.push(Item::Area { rect, color: Color::WHITE, opacity: 0.85 });
        let stroke = Stroke::solid(Color::new(0xcc, 0xcc, 0xcc), 1.0);
        scene.items.push(Item::Box { rect, stroke });
        let size = self.sizes.tick;
        for (index, entry) in self.entries.iter().enumerate() {
            let (row, column) = (index % self.rows, index / self.rows);
            let x = rect.left + PAD + self.column_width * real(column);
            let y = rect.top + PAD / 2.0 + size * 1.5 * (real(row) + 0.5);
            draw_sample(scene, entry, [x, y], size);
            scene.text(&entry.label, [x + SAMPLE + PAD, y + size * 0.36], Anchor::Start, size);
        }
    }
}

fn draw_sample(scene: &mut Scene, entry: &Entry<'_>, [x, y]: Point, size: f64) {
    let color = entry.color;
    let Some(line) = entry.line else {
        let rect = Rect {
            left: x.round(),
            right: (x + SAMPLE).round(),
            top: (y - size * 0.38).round(),
            bottom: (y + size * 0.38).round(),
        };
        scene.items.push(Item::Area { rect, color, opacity: entry.opacity });
        return;
    };
    if line.line_width > 0.0 {
        let width = line.line_width.min(size * 0.6);
        let stroke = Stroke { color, width, dash: entry.dash };
        scene.line([x, y], [x + SAMPLE, y], stroke);
    }
    if let Some(marker) = line.marker {
        let size = line.marker_size.min(size);
        let at = vec![[x + SAMPLE / 2.0, y]];
        scene.items.push(Item::Markers { marker, size, color, at });
    }
}
