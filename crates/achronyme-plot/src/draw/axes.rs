//! The lines, marks and texts around the data of a panel.

use super::layout::{GAP, Layout, TICK};
use crate::font::Font;
use crate::frame::Frame;
use crate::scene::{Anchor, Point, Rect, Scene, Stroke};
use crate::{Color, Panel};

/// The middle of the pixel at a place, on which thin lines are sharp.
fn sharp(place: f64) -> f64 {
    place.floor() + 0.5
}

/// Where the marked numbers are.
struct Places {
    x: Vec<f64>,
    y: Vec<f64>,
}

impl Places {
    fn of<'a>(
        frame: &Frame,
        inner: Rect,
        x: impl Iterator<Item = &'a f64>,
        y: impl Iterator<Item = &'a f64>,
    ) -> Self {
        let x = x.map(|number| sharp(inner.left + frame.x.place(*number) * inner.width() - 0.01));
        let y =
            y.map(|number| sharp(inner.bottom - frame.y.place(*number) * inner.height() - 0.01));
        Self { x: x.collect(), y: y.collect() }
    }

    fn major(frame: &Frame, layout: &Layout) -> Self {
        let (x, y) = (&layout.xticks.major, &layout.yticks.major);
        Self::of(frame, layout.inner, x.iter().map(|(x, _)| x), y.iter().map(|(y, _)| y))
    }
}

/// Draws the lines behind the data.
pub(super) fn grid(scene: &mut Scene, frame: &Frame, layout: &Layout) {
    let inner = layout.inner;
    let places = Places::major(frame, layout);
    let stroke = Stroke::solid(Color::GRID, 1.0);
    if frame.x.categories.is_none() {
        for x in places.x {
            scene.line([x, inner.top], [x, inner.bottom], stroke);
        }
    }
    if frame.y.categories.is_none() {
        for y in places.y {
            scene.line([inner.left, y], [inner.right, y], stroke);
        }
    }
}

/// Draws the axes and their marks, over the data.
pub(super) fn frame(scene: &mut Scene, frame: &Frame, layout: &Layout) {
    let inner = layout.inner;
    let [left, right, top, bottom] =
        [inner.left, inner.right, inner.top, inner.bottom].map(|edge| sharp(edge - 0.5));
    let stroke = Stroke::solid(Color::INK, 1.0);
    scene.items.push(crate::scene::Item::Box { rect: Rect { left, top, right, bottom }, stroke });
    let minor = Places::of(frame, inner, layout.xticks.minor.iter(), layout.yticks.minor.iter());
    for (places, length) in [(Places::major(frame, layout), TICK), (minor, TICK * 0.55)] {
        for x in places.x {
            scene.line([x, bottom + 0.5], [x, bottom + length], stroke);
        }
        for y in places.y {
            scene.line([left - 0.5, y], [left - length, y], stroke);
        }
    }
}

/// Draws the texts at the marks and around the panel.
pub(super) fn texts(scene: &mut Scene, panel: &Panel, frame: &Frame, layout: &Layout, font: &Font) {
    tick_texts(scene, frame, layout);
    let (inner, sizes, area) = (layout.inner, layout.sizes, layout.area);
    let middle: Point =
        [f64::midpoint(inner.left, inner.right), f64::midpoint(inner.top, inner.bottom)];
    let mut top = inner.top - sizes.tick * 0.6;
    if !layout.yticks.note.is_empty() {
        scene.text(&layout.yticks.note, [inner.left, top], Anchor::Start, sizes.tick);
        top -= sizes.tick * 1.2;
    }
    if !panel.title.is_empty() {
        let title = font.fitted(&panel.title, sizes.title, area.width() - 12.0);
        let half = font.width(&title, sizes.title) / 2.0;
        let x = middle[0].min(area.right - 6.0 - half).max(area.left + 6.0 + half);
        scene.text(&title, [x, top], Anchor::Middle, sizes.title);
    }
    let mut bottom = inner.bottom + layout.below;
    if !panel.xlabel.is_empty() {
        let label = font.fitted(&panel.xlabel, sizes.label, area.width() - 12.0);
        let half = font.width(&label, sizes.label) / 2.0;
        let x = middle[0].min(area.right - 6.0 - half).max(area.left + 6.0 + half);
        scene.text(&label, [x, bottom + sizes.label * 1.15], Anchor::Middle, sizes.label);
    }
    if !layout.xticks.note.is_empty() {
        bottom += sizes.tick * 1.05;
        scene.text(&layout.xticks.note, [inner.right, bottom], Anchor::End, sizes.tick);
    }
    if !panel.ylabel.is_empty() {
        // Below the title, above the lower edge.
        let room = area.bottom - 6.0 - inner.top;
        let label = font.fitted(&panel.ylabel, sizes.label, room);
        let half = font.width(&label, sizes.label) / 2.0;
        let x = inner.left - layout.beside - sizes.label * 0.55;
        let y = middle[1].max(inner.top + half).min(area.bottom - 4.0 - half);
        scene.turned_text(&label, [x, y], Anchor::Middle, sizes.label, -90.0);
    }
}

fn tick_texts(scene: &mut Scene, frame: &Frame, layout: &Layout) {
    let (inner, size) = (layout.inner, layout.sizes.tick);
    for (number, text) in &layout.xticks.major {
        let x = inner.left + frame.x.place(*number) * inner.width();
        let y = inner.bottom + TICK + size * 1.1;
        if layout.is_turned {
            let at = [x + size * 0.3, inner.bottom + TICK + size * 0.75];
            scene.turned_text(text, at, Anchor::End, size, -45.0);
        } else {
            scene.text(text, [x, y], Anchor::Middle, size);
        }
    }
    for (number, text) in &layout.yticks.major {
        let y = inner.bottom - frame.y.place(*number) * inner.height();
        // Digits are about 0.73 of the size high.
        scene.text(text, [inner.left - TICK - GAP * 0.8, y + size * 0.36], Anchor::End, size);
    }
}
