//! The area between two lines.

use super::Plot;
use super::line::thinned;
use crate::number::{count, real};
use crate::scene::{Item, Point, Rect};
use crate::{Band, Color};

/// How much of what is behind an area it hides.
pub(super) const OPACITY: f64 = 0.25;

pub(super) fn draw(plot: &mut Plot<'_>, band: &Band, color: Color) {
    let mut edges = [Vec::new(), Vec::new()];
    for ((x, low), high) in band.x.iter().zip(&band.low).zip(&band.high) {
        let (x, low, high) = (plot.x(*x), plot.y(*low), plot.y(*high));
        if x.is_nan() || low.is_nan() || high.is_nan() {
            draw_run(plot, &mut edges, color);
            continue;
        }
        edges[0].push([x, low]);
        edges[1].push([x, high]);
    }
    draw_run(plot, &mut edges, color);
}

/// Draws the area between two edges without gaps, and empties them.
fn draw_run(plot: &mut Plot<'_>, edges: &mut [Vec<Point>; 2], color: Color) {
    let [low, high] = edges.each_mut().map(std::mem::take);
    cover(plot, &low, &high);
    let mut points = thinned(&low);
    points.extend(thinned(&high).into_iter().rev());
    let points = clipped(points, plot.rect);
    if points.len() > 2 {
        plot.scene.items.push(Item::Shape { points, color, opacity: OPACITY });
    }
}

/// Notes that what is between the edges is covered.
fn cover(plot: &mut Plot<'_>, low: &[Point], high: &[Point]) {
    // Of very many points, some will do.
    let stride = low.len() / 3000 + 1;
    for (low, high) in low.windows(2).zip(high.windows(2)).step_by(stride) {
        let steps = count(((low[1][0] - low[0][0]).abs() / 10.0).ceil()).clamp(1, 1000);
        for step in 0..=steps {
            let share = real(step) / real(steps);
            let at = |edge: &[Point], axis: usize| {
                edge[0][axis] + (edge[1][axis] - edge[0][axis]) * share
            };
            for part in 0..=4 {
                let (from, to) = (at(low, 1), at(high, 1));
                let point = [at(low, 0), from + (to - from) * real(part) / 4.0];
                plot.busy.extend(plot.rect.has(point).then_some(point));
            }
        }
    }
}

/// The part of an area within a rectangle (I. E. Sutherland and G. W. Hodgman, 1974).
fn clipped(mut points: Vec<Point>, rect: Rect) -> Vec<Point> {
    let sides: [(usize, f64, f64); 4] =
        [(0, rect.left, 1.0), (0, rect.right, -1.0), (1, rect.top, 1.0), (1, rect.bottom, -1.0)];
    for (axis, edge, sign) in sides {
        let inside = |point: &Point| (point[axis] - edge) * sign >= 0.0;
        let mut kept = Vec::with_capacity(points.len() + 4);
        for (index, point) in points.iter().enumerate() {
            let before = &points[(index + points.len() - 1) % points.len()];
            if inside(before) != inside(point) {
                let share = (edge - before[axis]) / (point[axis] - before[axis]);
                let other = 1 - axis;
                let mut cut = *point;
                cut[axis] = edge;
                cut[other] = before[other] + (point[other] - before[other]) * share;
                kept.push(cut);
            }
            if inside(point) {
                kept.push(*point);
            }
        }
        points = kept;
    }
    points
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECT: Rect = Rect { left: 0.0, top: 0.0, right: 10.0, bottom: 10.0 };

    #[test]
    fn areas_end_at_the_edges() {
        let inside = vec![[1.0, 1.0], [2.0, 1.0], [2.0, 5.0]];
        assert_eq!(clipped(inside.clone(), RECT), inside);
        let around = vec![[-1e9, -1e9], [1e9, -1e9], [1e9, 1e9], [-1e9, 1e9]];
        let cut = clipped(around, RECT);
        assert_eq!(cut.len(), 4);
        assert!(cut.iter().all(|point| RECT.has(*point)));
        assert!(clipped(vec![[11.0, 0.0], [12.0, 0.0], [12.0, 5.0]], RECT).is_empty());
    }
}
