//! The bar that says which colour of a matrix is which number.

use super::layout::{GAP, Layout, Sizes, TICK};
use crate::axis::Axis;
use crate::font::Font;
use crate::number::real;
use crate::scene::{Anchor, Item, Rect, Scene, Stroke};
use crate::ticks::{Alphabet, Ticks};
use crate::{Color, Heat, Scale};

/// Between the matrix and the bar.
const DISTANCE: f64 = 14.0;
const WIDTH: f64 = 16.0;
/// How many colours the bar has.
const COLORS: usize = 128;

fn ticks(heat: &Heat, height: f64, sizes: Sizes) -> (Axis, Ticks) {
    let axis = Axis::between(heat.span(), Scale::Linear);
    let most = crate::number::count(height / (sizes.tick * 3.4)).clamp(2, 10);
    let ticks = axis.ticks(most, Alphabet::Unicode);
    (axis, ticks)
}

/// How much room it takes beside the matrix.
pub(super) fn room(heat: &Heat, font: &Font, sizes: Sizes) -> f64 {
    if !heat.colorbar {
        return 0.0;
    }
    // The more ticks, the longer their texts; more than these are never drawn.
    let (_, ticks) = ticks(heat, 1000.0, sizes);
    let widths = ticks.major.iter().map(|(_, text)| font.width(text, sizes.tick));
    let note = font.width(&ticks.note, sizes.tick) - WIDTH;
    let label = if heat.colorbar_label.is_empty() { 0.0 } else { sizes.label * 1.5 };
    DISTANCE + WIDTH + TICK + GAP + widths.fold(0.0, f64::max).max(note) + label
}

/// Draws it beside the matrix.
pub(super) fn draw(scene: &mut Scene, heat: &Heat, layout: &Layout, font: &Font) {
    if !heat.colorbar {
        return;
    }
    let Rect { top, bottom, right, .. } = layout.inner;
    let rect = Rect { left: right + DISTANCE, top, right: right + DISTANCE + WIDTH, bottom };
    let cells = (0..COLORS).rev();
    let cells = cells.map(|index| Some(heat.colormap.color((real(index) + 0.5) / real(COLORS))));
    scene.items.push(Item::Cells { rect, columns: 1, cells: cells.collect() });
    let stroke = Stroke::solid(Color::INK, 1.0);
    scene.items.push(Item::Box { rect: rect.grown(0.5), stroke });
    let size = layout.sizes.tick;
    let (axis, ticks) = ticks(heat, rect.height(), layout.sizes);
    for (number, text) in &ticks.major {
        let y = rect.bottom - axis.place(*number) * rect.height();
        let sharp = y.floor().min(rect.bottom - 1.0) + 0.5;
        scene.line([rect.right + 1.0, sharp], [rect.right + TICK, sharp], stroke);
        scene.text(text, [rect.right + TICK + GAP * 0.8, y + size * 0.36], Anchor::Start, size);
    }
    if !heat.colorbar_label.is_empty() {
        let size = layout.sizes.label;
        let widths = ticks.major.iter().map(|(_, text)| font.width(text, layout.sizes.tick));
        let x = rect.right + TICK + GAP + widths.fold(0.0, f64::max) + size * 1.2;
        let label = font.fitted(&heat.colorbar_label, size, rect.height());
        let at = [x, f64::midpoint(rect.top, rect.bottom)];
        scene.turned_text(&label, at, Anchor::Middle, size, -90.0);
    }
    if !ticks.note.is_empty() {
        scene.text(&ticks.note, [rect.left, rect.top - size * 0.6], Anchor::Start, size);
    }
}
