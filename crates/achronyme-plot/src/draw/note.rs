//! Texts at places between the axes.

use super::Plot;
use super::layout::Sizes;
use crate::font::Font;
use crate::scene::{Anchor, Item, Rect};
use crate::{Align, Color, Note};

/// Between a place and the text beside it.
const DISTANCE: f64 = 8.0;

/// Draws a text over the data, wholly between the axes if it fits.
pub(super) fn draw(plot: &mut Plot<'_>, note: &Note, sizes: Sizes, font: &Font) {
    let rect = plot.rect;
    let [x, y] = [plot.x(note.x), plot.y(note.y)];
    if !rect.has([x, y]) {
        return;
    }
    let size = sizes.tick;
    let text = font.fitted(&note.text, size, rect.width() - 8.0);
    let width = font.width(&text, size);
    let (left, base) = match note.align {
        Align::Left => (x + DISTANCE, y + size * 0.36),
        Align::Center => (x - width / 2.0, y - DISTANCE),
        Align::Right => (x - DISTANCE - width, y + size * 0.36),
    };
    let left = left.min(rect.right - width - 4.0).max(rect.left + 4.0);
    let base = base.min(rect.bottom - size * 0.5).max(rect.top + size * 1.1);
    let behind = Rect {
        left: left - 2.0,
        top: base - size * 0.95,
        right: left + width + 2.0,
        bottom: base + size * 0.3,
    };
    if let Some(rect) = behind.common(rect) {
        plot.scene.items.push(Item::Area { rect, color: Color::WHITE, opacity: 0.7 });
        plot.cover(rect);
    }
    plot.scene.text(&text, [left, base], Anchor::Start, size);
}
