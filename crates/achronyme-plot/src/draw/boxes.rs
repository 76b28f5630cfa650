//! Boxes with whiskers.

use super::Plot;
use crate::boxes::Spread;
use crate::frame;
use crate::scene::{Item, Rect, Stroke};
use crate::{Boxes, Color, Marker};

pub(super) fn draw(plot: &mut Plot<'_>, boxes: &Boxes, color: Color) {
    let places = frame::places(&plot.frame.x, &boxes.labels);
    for (place, group) in places.iter().zip(&boxes.groups) {
        if let Some(spread) = Spread::of(group, plot.frame.y.is_log()) {
            draw_box(plot, *place, &spread, color);
        }
    }
}

fn draw_box(plot: &mut Plot<'_>, place: f64, spread: &Spread, color: Color) {
    let [left, right] = [place - 0.25, place + 0.25].map(|x| plot.x(x).round());
    let [cap_left, cap_right, middle] = [place - 0.12, place + 0.12, place].map(|x| plot.x(x));
    if !(left <= plot.rect.right && right >= plot.rect.left) {
        return;
    }
    let rect = plot.rect;
    let clamp = |y: f64| y.clamp(rect.top, rect.bottom);
    let [low, high] = spread.whiskers.map(|number| plot.y(number));
    let [lower, upper] = spread.quartiles.map(|number| plot.y(number));
    let stroke = Stroke::solid(color.toward(Color::BLACK, 0.25), 1.4);
    for (end, side) in [(low, lower), (high, upper)] {
        plot.scene.line([middle, clamp(side)], [middle, clamp(end)], stroke);
        if (rect.top..=rect.bottom).contains(&end) {
            plot.scene.line([cap_left, end], [cap_right, end], stroke);
        }
    }
    let whole = Rect::across([left, clamp(lower)], [right, clamp(upper)]);
    let fill = color.toward(Color::WHITE, 0.6);
    plot.scene.items.push(Item::Area { rect: whole, color: fill, opacity: 1.0 });
    plot.scene.items.push(Item::Box { rect: whole, stroke });
    let median = plot.y(spread.median);
    if (rect.top..=rect.bottom).contains(&median) {
        let stroke = Stroke::solid(color.toward(Color::BLACK, 0.55), 2.4);
        plot.scene.line([left + 1.0, median], [right - 1.0, median], stroke);
    }
    let outliers = spread.outliers.iter().map(|number| [middle, plot.y(*number)]);
    let at: Vec<_> = outliers.filter(|point| rect.has(*point)).collect();
    plot.cover(Rect::across([left, clamp(low)], [right, clamp(high)]));
    plot.busy.extend(&at);
    if !at.is_empty() {
        plot.scene.items.push(Item::Markers { marker: Marker::Circle, size: 5.0, color, at });
    }
}
