//! Lines, points and error bars, no more of them than can be seen.

use super::Plot;
use crate::number::{count, real, whole};
use crate::scene::{Item, Point, Rect, Stroke};
use crate::{Color, Dash, Line};

/// Above so many points, those that fall together are left out.
const POINTS_MAX: usize = 3000;

pub(super) fn draw(plot: &mut Plot<'_>, line: &Line, color: Color, dash: Dash) {
    draw_errors(plot, line, color);
    if line.line_width > 0.0 {
        let stroke = Stroke { color, width: line.line_width, dash };
        draw_path(plot, line, stroke);
    }
    if let Some(marker) = line.marker {
        let points = line.x.iter().zip(&line.y).map(|(x, y)| [plot.x(*x), plot.y(*y)]);
        let mut at: Vec<Point> = points.filter(|point| plot.rect.grown(0.5).has(*point)).collect();
        if at.len() > POINTS_MAX {
            at = apart(&at, plot.rect);
        }
        plot.busy.extend(&at);
        if !at.is_empty() {
            plot.scene.items.push(Item::Markers { marker, size: line.marker_size, color, at });
        }
    }
}

/// One point of those within the same pixel.
fn apart(points: &[Point], rect: Rect) -> Vec<Point> {
    let columns = count(rect.width()) + 2;
    let mut taken = vec![false; columns * (count(rect.height()) + 2)];
    let is_first = |point: &&Point| {
        let cell = count(point[0] - rect.left + 0.5) + columns * count(point[1] - rect.top + 0.5);
        taken.get_mut(cell).is_some_and(|taken| !std::mem::replace(taken, true))
    };
    points.iter().filter(is_first).copied().collect()
}

fn draw_path(plot: &mut Plot<'_>, line: &Line, stroke: Stroke) {
    let mut lines = Vec::new();
    let mut run = Vec::new();
    for (x, y) in line.x.iter().zip(&line.y) {
        let point = [plot.x(*x), plot.y(*y)];
        if point[0].is_nan() || point[1].is_nan() {
            add_run(&mut lines, std::mem::take(&mut run), plot.rect);
        } else {
            run.push(point);
        }
    }
    add_run(&mut lines, run, plot.rect);
    for line in &lines {
        for pair in line.windows(2) {
            let length = (pair[1][0] - pair[0][0]).abs().max((pair[1][1] - pair[0][1]).abs());
            let steps = count((length / 8.0).ceil()).max(1);
            plot.busy.extend(
                (0..=steps).map(|step| between(pair[0], pair[1], real(step) / real(steps))),
            );
        }
    }
    if !lines.is_empty() {
        plot.scene.items.push(Item::Lines { lines, stroke });
    }
}

fn between(from: Point, to: Point, share: f64) -> Point {
    [from[0] + (to[0] - from[0]) * share, from[1] + (to[1] - from[1]) * share]
}

/// Adds the parts of a line that are within a rectangle.
fn add_run(lines: &mut Vec<Vec<Point>>, run: Vec<Point>, rect: Rect) {
    // One point between gaps is a dot as long as the line is wide.
    if let [point] = run[..]
        && rect.has(point)
    {
        lines.push(vec![point, point]);
        return;
    }
    let run = thinned(&run);
    let mut current: Vec<Point> = Vec::new();
    for pair in run.windows(2) {
        let Some((from, to)) = clipped(pair[0], pair[1], rect) else { continue };
        if current.last() != Some(&from) {
            lines.extend((current.len() > 1).then(|| std::mem::take(&mut current)));
            current = vec![from];
        }
        current.push(to);
    }
    lines.extend((current.len() > 1).then_some(current));
}

/// The first, lowest, highest and last of neighbours in the same column of pixels, in their order.
pub(super) fn thinned(run: &[Point]) -> Vec<Point> {
    if run.len() <= POINTS_MAX {
        return run.to_vec();
    }
    let column = |point: &Point| whole(point[0].floor());
    let mut thin = Vec::new();
    for part in run.chunk_by(|before, after| column(before) == column(after)) {
        if part.len() <= 4 {
            thin.extend_from_slice(part);
            continue;
        }
        let least = (0..part.len())
            .fold(0, |least, at| if part[at][1] < part[least][1] { at } else { least });
        let most =
            (0..part.len()).fold(0, |most, at| if part[at][1] > part[most][1] { at } else { most });
        let mut kept = [0, least.min(most), least.max(most), part.len() - 1].to_vec();
        kept.dedup();
        thin.extend(kept.into_iter().map(|at| part[at]));
    }
    thin
}

/// The part of a straight line within a rectangle (Y.-D. Liang and B. A. Barsky, 1984).
pub(crate) fn clipped(from: Point, to: Point, rect: Rect) -> Option<(Point, Point)> {
    let (dx, dy) = (to[0] - from[0], to[1] - from[1]);
    let (mut start, mut end) = (0.0_f64, 1.0_f64);
    for (speed, room) in [
        (-dx, from[0] - rect.left),
        (dx, rect.right - from[0]),
        (-dy, from[1] - rect.top),
        (dy, rect.bottom - from[1]),
    ] {
        if speed < 0.0 {
            start = start.max(room / speed);
        } else if speed > 0.0 {
            end = end.min(room / speed);
        } else if room < 0.0 {
            return None;
        }
    }
    if start > end {
        return None;
    }
    // What was rounded may lie a little outside, or far, if the ends are very far away.
    let inside = |[x, y]: Point| [x.clamp(rect.left, rect.right), y.clamp(rect.top, rect.bottom)];
    let at = |share: f64| inside(between(from, to, share));
    Some((
        if start > 0.0 { at(start) } else { inside(from) },
        if end < 1.0 { at(end) } else { inside(to) },
    ))
}

/// Draws the error bars of points.
fn draw_errors(plot: &mut Plot<'_>, line: &Line, color: Color) {
    for ((x, y), reach) in line.x.iter().zip(&line.y).zip(&line.yerr) {
        draw_error(plot, *x, *y, *reach, color, 4.0);
    }
}

/// Draws an error bar around a number, with caps that reach so far.
pub(super) fn draw_error(plot: &mut Plot<'_>, x: f64, y: f64, reach: f64, color: Color, cap: f64) {
    let rect = plot.rect;
    let at = plot.x(x);
    let ends = [y - reach, y + reach].map(|end| plot.y(end));
    // On a logarithmic axis, the lower end may be nowhere.
    let ends = if ends[0].is_nan() { [rect.bottom + 1.0, ends[1]] } else { ends };
    if !(rect.left..=rect.right).contains(&at) || ends[1].is_nan() {
        return;
    }
    let mut lines = Vec::new();
    if let Some((from, to)) = clipped([at, ends[0]], [at, ends[1]], rect) {
        lines.push(vec![from, to]);
        plot.busy.extend([from, to]);
    }
    for end in ends {
        if (rect.top..=rect.bottom).contains(&end) {
            lines.push(vec![[at - cap, end], [at + cap, end]]);
        }
    }
    if !lines.is_empty() {
        plot.scene.items.push(Item::Lines { lines, stroke: Stroke::solid(color, 1.4) });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECT: Rect = Rect { left: 0.0, top: 0.0, right: 10.0, bottom: 10.0 };

    #[test]
    fn lines_end_at_the_edges() {
        assert_eq!(clipped([-5.0, 5.0], [5.0, 5.0], RECT), Some(([0.0, 5.0], [5.0, 5.0])));
        assert_eq!(clipped([-5.0, 5.0], [-1.0, 5.0], RECT), None);
        let (from, to) = clipped([-1e300, -1e300], [1e300, 1e300], RECT).unwrap();
        assert!(RECT.has(from) && RECT.has(to));
    }

    #[test]
    fn a_million_points_become_a_few_for_each_column() {
        let run: Vec<Point> =
            (0..1_000_000).map(|index| [real(index) / 1e5, real(index * 7919 % 1000)]).collect();
        let thin = thinned(&run);
        assert!(thin.len() <= 44);
        assert!(
            thin.iter().any(|point| point[1] < 1.0) && thin.iter().any(|point| point[1] > 998.0)
        );
    }
}
