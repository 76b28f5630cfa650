//! Bars that lie, from one number to another.

use super::Plot;
use crate::scene::{Item, Rect};
use crate::{Color, Spans, frame};

/// How much of the room between two labels a bar takes.
const SHARE: f64 = 0.62;

pub(super) fn draw(plot: &mut Plot<'_>, spans: &Spans, color: Color) {
    let places = frame::places(&plot.frame.y, &spans.labels);
    for ((place, from), to) in places.iter().zip(&spans.from).zip(&spans.to) {
        let (top, bottom) = (plot.y(place - SHARE / 2.0), plot.y(place + SHARE / 2.0));
        let (left, right) = (plot.x(*from), plot.x(*to));
        if [top, bottom, left, right].iter().any(|edge| edge.is_nan()) {
            continue;
        }
        let full = Rect::across([left.round(), top.round()], [right.round(), bottom.round()]);
        let Some(rect) = full.common(plot.rect) else { continue };
        plot.scene.items.push(Item::Area { rect, color, opacity: 1.0 });
        plot.cover(rect);
    }
}
