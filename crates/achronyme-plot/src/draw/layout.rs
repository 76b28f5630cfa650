//! How much room the texts around a panel take, and what is left for the data.

use crate::axis::Axis;
use crate::draw::colorbar;
use crate::font::Font;
use crate::frame::Frame;
use crate::number::{count, real};
use crate::scene::Rect;
use crate::ticks::{Alphabet, Ticks};
use crate::{Heat, Panel};

/// The sizes of letters, in pixels.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sizes {
    pub(super) title: f64,
    pub(super) label: f64,
    pub(super) tick: f64,
}

/// Between a tick and its text, and between texts.
pub(super) const GAP: f64 = 5.0;
/// The length of a tick.
pub(super) const TICK: f64 = 4.5;
/// At the edges of a panel.
const EDGE: f64 = 10.0;

/// Where everything of a panel is.
#[derive(Debug)]
pub(super) struct Layout {
    pub(super) area: Rect,
    /// Between the axes.
    pub(super) inner: Rect,
    pub(super) sizes: Sizes,
    pub(super) xticks: Ticks,
    pub(super) yticks: Ticks,
    /// Whether the texts below the horizontal axis are aslant.
    pub(super) is_turned: bool,
    /// How far the texts beside the vertical axis reach.
    pub(super) beside: f64,
    /// How far the texts below the horizontal axis reach.
    pub(super) below: f64,
}

impl Layout {
    /// Makes room for a panel, with so much of it kept free at the right.
    pub(super) fn of(panel: &Panel, frame: &Frame, area: Rect, font: &Font, right: f64) -> Self {
        let factor = (area.width() / 520.0).min(area.height() / 340.0).clamp(0.8, 1.0);
        let sizes = Sizes { title: 15.0 * factor, label: 13.0 * factor, tick: 11.5 * factor };
        let heat = panel.matrix();
        let right = right + heat.map_or(0.0, |heat| colorbar::room(heat, font, sizes));
        let mut layout = Self {
            area,
            inner: area.grown(-40.0),
            sizes,
            xticks: Ticks::default(),
            yticks: Ticks::default(),
            is_turned: false,
            beside: 0.0,
            below: 0.0,
        };
        // What the texts need depends on the room that is left, and the other way round.
        for _ in 0..3 {
            layout.place_y_ticks(&frame.y, font);
            layout.place_x_ticks(&frame.x, font);
            layout.set_inner(panel, frame, font, right);
            if let Some(heat) = heat {
                layout.make_square(heat);
            }
        }
        layout
    }

    fn place_y_ticks(&mut self, axis: &Axis, font: &Font) {
        let height = self.inner.height();
        self.yticks =
            axis.ticks(count(height / (self.sizes.tick * 3.4)).clamp(2, 12), Alphabet::Unicode);
        if axis.categories.is_some() {
            let room = self.area.width() * 0.3;
            for (_, text) in &mut self.yticks.major {
                *text = font.fitted(text, self.sizes.tick, room);
            }
            let stride = stride(self.yticks.major.len(), height, self.sizes.tick * 1.2);
            thin(&mut self.yticks, stride);
        }
        let texts = self.yticks.major.iter().map(|(_, text)| font.width(text, self.sizes.tick));
        self.beside = texts.fold(0.0, f64::max) + TICK + GAP;
    }

    fn place_x_ticks(&mut self, axis: &Axis, font: &Font) {
        let size = self.sizes.tick;
        let width = |text: &str| font.width(text, size);
        self.is_turned = false;
        if axis.categories.is_some() {
            self.place_categories(axis, font);
            return;
        }
        let is_roomy = |ticks: &Ticks| {
            ticks.major.windows(2).all(|pair| {
                let distance = (axis.place(pair[1].0) - axis.place(pair[0].0)).abs();
                let needed = f64::midpoint(width(&pair[0].1), width(&pair[1].1)) + size * 0.9;
                distance * self.inner.width() >= needed
            })
        };
        let most = count(self.inner.width() / (size * 4.0)).clamp(2, 12);
        let mut choices = (2..=most).rev().map(|most| axis.ticks(most, Alphabet::Unicode));
        self.xticks = choices.find(is_roomy).unwrap_or_else(|| axis.ticks(2, Alphabet::Unicode));
        self.below = TICK + size * 1.3;
    }

    /// Texts stand upright if all fit; else aslant, shortened, and if they are very many, not all.
    fn place_categories(&mut self, axis: &Axis, font: &Font) {
        let size = self.sizes.tick;
        self.xticks = axis.ticks(0, Alphabet::Unicode);
        let places = (axis.to - axis.from).abs().max(1.0);
        let slot = self.inner.width() / places;
        let widths = self.xticks.major.iter().map(|(_, text)| font.width(text, size));
        let widest = widths.fold(0.0, f64::max);
        self.below = TICK + size * 1.3;
        if widest + size * 0.6 <= slot {
            return;
        }
        if widest <= size * 3.5 && slot < size * 2.0 {
            let stride = count(((widest + size) / slot).ceil());
            thin(&mut self.xticks, stride.max(1));
            return;
        }
        self.is_turned = true;
        let room = self.area.height() * 0.4;
        for (_, text) in &mut self.xticks.major {
            *text = font.fitted(text, size, room);
        }
        thin(&mut self.xticks, count((size * 1.7 / slot).ceil()).max(1));
        let widths = self.xticks.major.iter().map(|(_, text)| font.width(text, size));
        self.below = TICK + GAP + (widths.fold(0.0, f64::max) + size * 0.7) * SLANT;
    }

    fn set_inner(&mut self, panel: &Panel, frame: &Frame, font: &Font, right: f64) {
        let Sizes { title, label, tick } = self.sizes;
        let mut inner = self.area;
        inner.top += EDGE;
        if !panel.title.is_empty() {
            inner.top += title * 1.45;
        }
        if !self.yticks.note.is_empty() {
            inner.top += tick * 1.2;
        }
        inner.bottom -= EDGE * 0.8 + self.below;
        if !panel.xlabel.is_empty() {
            inner.bottom -= label * 1.45;
        } else if !self.xticks.note.is_empty() {
            inner.bottom -= tick * 1.3;
        }
        inner.left += EDGE + self.beside;
        if !panel.ylabel.is_empty() {
            inner.left += label * 1.5;
        }
        inner.right -= EDGE + 4.0 + right;
        // The outermost texts below the axis may reach beyond it.
        for (number, text) in &self.xticks.major {
            let half = font.width(text, tick) / 2.0;
            let at = frame.x.place(*number) * inner.width();
            if self.is_turned {
                let reach = half * 2.0 * SLANT + EDGE;
                inner.left =
                    inner.left.max(self.area.left + (reach - at).min(self.area.width() / 3.0));
            } else if right <= 0.0 {
                let over = at + half - inner.width() - EDGE;
                inner.right = inner.right.min(self.area.right - EDGE - 4.0 - over);
            }
        }
        // However little room there is, something is drawn.
        inner.right = inner.right.max(inner.left + 8.0);
        inner.bottom = inner.bottom.max(inner.top + 8.0);
        self.inner = Rect {
            left: inner.left.round(),
            top: inner.top.round(),
            right: inner.right.round(),
            bottom: inner.bottom.round(),
        };
    }

    /// Gives a matrix that is about square cells that are.
    fn make_square(&mut self, heat: &Heat) {
        let (rows, columns) = (real(heat.rows.max(1)), real(heat.columns.max(1)));
        if heat.extent.is_some() || rows > 4.0 * columns || columns > 4.0 * rows {
            return;
        }
        let cell = (self.inner.width() / columns).min(self.inner.height() / rows);
        let (spare_width, spare_height) =
            (self.inner.width() - cell * columns, self.inner.height() - cell * rows);
        self.inner = Rect {
            left: (self.inner.left + spare_width / 2.0).round(),
            right: (self.inner.right - spare_width / 2.0).round(),
            top: (self.inner.top + spare_height / 2.0).round(),
            bottom: (self.inner.bottom - spare_height / 2.0).round(),
        };
    }
}

/// The sine and cosine of the angle of slanted texts.
const SLANT: f64 = std::f64::consts::FRAC_1_SQRT_2;

/// Every how many-th text there is room for.
fn stride(texts: usize, room: f64, each: f64) -> usize {
    count((real(texts) * each / room.max(1.0)).ceil()).max(1)
}

fn thin(ticks: &mut Ticks, stride: usize) {
    let mut index = 0;
    ticks.major.retain(|_| {
        index += 1;
        (index - 1) % stride == 0
    });
}
