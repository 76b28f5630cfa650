//! Bars of categories and of histograms.

use super::{Plot, line};
use crate::frame;
use crate::number::real;
use crate::scene::{Item, Rect, Stroke};
use crate::{Bars, Color, Histogram};

/// How much of the room between two categories bars take.
const SHARE: f64 = 0.8;

/// Draws the bars of one of several series that stand side by side.
pub(super) fn draw(plot: &mut Plot<'_>, bars: &Bars, color: Color, group: usize, groups: usize) {
    let places = frame::places(&plot.frame.x, &bars.labels);
    let width = SHARE / real(groups.max(1));
    let base = plot.frame.y.base();
    for (index, (place, value)) in places.iter().zip(&bars.values).enumerate() {
        let left = place - SHARE / 2.0 + width * real(group);
        draw_bar(plot, [left, left + width], base, *value, color, 1.0);
        if let Some(reach) = bars.yerr.get(index) {
            line::draw_error(plot, left + width / 2.0, *value, *reach, Color::INK, 4.0);
        }
    }
    draw_base(plot, base);
}

/// Draws the bars of one of several histograms, through which the others are seen.
pub(super) fn draw_histogram(plot: &mut Plot<'_>, data: &Histogram, color: Color, of: usize) {
    let base = plot.frame.y.base();
    let opacity = if of > 1 { 0.55 } else { 1.0 };
    let mut edges = Vec::new();
    for (edge, count) in data.edges.windows(2).zip(&data.counts) {
        if let Some(rect) = draw_bar(plot, [edge[0], edge[1]], base, *count, color, opacity) {
            edges.push(rect.grown(-0.25));
        }
    }
    // Thin light edges, if that leaves something of the bars.
    if edges.iter().all(|rect| rect.width() > 5.0) {
        for rect in edges {
            let stroke = Stroke::solid(color.toward(Color::WHITE, 0.75), 0.8);
            plot.scene.items.push(Item::Box { rect, stroke });
        }
    }
    draw_base(plot, base);
}

/// Draws a bar, if it is to be seen.
fn draw_bar(
    plot: &mut Plot<'_>,
    [left, right]: [f64; 2],
    base: f64,
    value: f64,
    color: Color,
    opacity: f64,
) -> Option<Rect> {
    let ends = [plot.x(left), plot.x(right), plot.y(base), plot.y(value)];
    if ends.iter().any(|end| end.is_nan()) {
        return None;
    }
    let full = Rect::across([ends[0], ends[2]], [ends[1], ends[3]]);
    let mut rect = full.common(plot.rect)?;
    (rect.left, rect.right) = (rect.left.round(), rect.right.round());
    if rect.width() < 1.0 {
        (rect.left, rect.right) = (full.left.max(plot.rect.left), full.right.min(plot.rect.right));
    }
    plot.scene.items.push(Item::Area { rect, color, opacity });
    plot.cover(rect);
    Some(rect)
}

/// Draws the line on which bars stand, if it is not the axis.
fn draw_base(plot: &mut Plot<'_>, base: f64) {
    let y = plot.y(base).floor() + 0.5;
    if y > plot.rect.top + 1.0 && y < plot.rect.bottom - 1.0 {
        let (left, right) = (plot.rect.left, plot.rect.right);
        plot.scene.line([left, y], [right - 1.0, y], Stroke::solid(Color::INK, 1.0));
    }
}
