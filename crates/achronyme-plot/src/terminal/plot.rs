//! Lines, points, histograms and whatever stands between numeric axes, as text.

use super::TextOptions;
use super::canvas::Canvas;
use super::chart::Chart;
use super::spans;
use crate::boxes::Spread;
use crate::frame::{self, Frame};
use crate::number::{count, real};
use crate::{Band, Bars, Boxes, Color, Histogram, Line, Mark, Panel};

/// What points of a series are where dots cannot be told apart.
const SYMBOLS: [char; 8] = ['•', '×', '○', '+', '◆', '△', '■', '▽'];
const ASCII_SYMBOLS: [char; 8] = ['*', 'x', 'o', '+', '#', '@', '%', '&'];
/// So many points without a line are shown as symbols.
const FEW: usize = 60;
/// What bars end with: an eighth of a letter up to all of it.
const EIGHTHS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

pub(super) fn draw(panel: &Panel, options: &TextOptions) -> Canvas {
    let frame = Frame::of(panel);
    let mut chart = Chart::new(panel, &frame, options, None);
    draw_references(&mut chart, panel, options);
    let lines = panel.series.iter().filter(|series| matches!(series.mark, Mark::Line(_))).count();
    // Dots of several series can only be told apart by their colours, and single ones hardly seen.
    let are_few = |mark: &Mark| matches!(mark, Mark::Line(line) if (line.line_width <= 0.0 || line.x.len() == 1) && line.x.len() <= FEW);
    let is_any_few = panel.series.iter().any(|series| are_few(&series.mark));
    let is_dotted = !options.ascii && !is_any_few && (options.color || lines <= 1);
    let symbol = |index: usize| match (&panel.series[index].mark, options.ascii) {
        (Mark::Line(_), false) if is_dotted => '⣿',
        (Mark::Line(_), false) => SYMBOLS[index % SYMBOLS.len()],
        (Mark::Line(_), true) => ASCII_SYMBOLS[index % ASCII_SYMBOLS.len()],
        (Mark::Band(_), ascii) => {
            if ascii {
                ':'
            } else {
                '░'
            }
        }
        (Mark::Spans(_), _) => spans::letter(panel, index, options),
        (_, ascii) => {
            if ascii {
                '#'
            } else {
                '█'
            }
        }
    };
    for (index, series) in panel.series.iter().enumerate() {
        let color = panel.color(index);
        match &series.mark {
            Mark::Line(line) if is_dotted => draw_dots(&mut chart, line, color),
            Mark::Line(line) => draw_symbols(&mut chart, line, symbol(index), color),
            Mark::Histogram(data) => draw_histogram(&mut chart, data, color, options),
            Mark::Bars(data) => draw_bars(&mut chart, data, color, options),
            Mark::Boxes(data) => draw_boxes(&mut chart, data, color, options),
            Mark::Band(band) => fill(&mut chart, band, color, options),
            Mark::Spans(data) => spans::draw_spans(&mut chart, data, symbol(index), color),
            Mark::Heat(_) => {}
        }
    }
    chart.add_notes(panel);
    chart.add_legend(panel, symbol);
    chart.canvas
}

fn draw_references(chart: &mut Chart<'_>, panel: &Panel, options: &TextOptions) {
    let color = Color::new(0x88, 0x88, 0x88);
    for number in &panel.hlines {
        let Some(row) = chart.row(*number, 1) else { continue };
        (0..chart.width).for_each(|column| chart.put(row, column, options.letter('╌', '-'), color));
    }
    for number in &panel.vlines {
        let Some(column) = chart.column(*number, 1) else { continue };
        (0..chart.height).for_each(|row| chart.put(row, column, options.letter('╎', '|'), color));
    }
}

/// Calls with the row and column of all parts that points and the lines between them touch.
fn trace(chart: &Chart<'_>, line: &Line, parts: [usize; 2], mut touch: impl FnMut(usize, usize)) {
    let (width, height) = (real(chart.width * parts[0]), real(chart.height * parts[1]));
    let places =
        line.x.iter().zip(&line.y).map(|(x, y)| {
            [chart.frame.x.place(*x) * width, (1.0 - chart.frame.y.place(*y)) * height]
        });
    let mut touch_if_inside = |[x, y]: [f64; 2]| {
        let is_inside = x >= -1e-6 && y >= -1e-6 && x <= width + 1e-6 && y <= height + 1e-6;
        if is_inside {
            touch(count(y.min(height - 0.5)), count(x.min(width - 0.5)));
        }
    };
    let mut before: Option<[f64; 2]> = None;
    for place in places {
        if place[0].is_nan() || place[1].is_nan() {
            before = None;
            continue;
        }
        touch_if_inside(place);
        if let Some(from) = before.filter(|_| line.line_width > 0.0) {
            let rect = crate::scene::Rect { left: 0.0, top: 0.0, right: width, bottom: height };
            if let Some((from, to)) = crate::draw::clipped(from, place, rect) {
                let steps = (to[0] - from[0]).abs().max((to[1] - from[1]).abs()).ceil();
                for step in 1..count(steps) {
                    let share = real(step) / steps;
                    let at = |axis: usize| from[axis] + (to[axis] - from[axis]) * share;
                    touch_if_inside([at(0), at(1)]);
                }
            }
        }
        before = Some(place);
    }
}

/// Draws with dots, eight in each letter.
fn draw_dots(chart: &mut Chart<'_>, line: &Line, color: Color) {
    const BITS: [[u32; 2]; 4] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]];
    let mut letters = vec![0; chart.width * chart.height];
    let width = chart.width;
    trace(chart, line, [2, 4], |row, column| {
        if let Some(letter) = letters.get_mut(row / 4 * width + column / 2) {
            *letter |= BITS[row % 4][column % 2];
        }
    });
    for (index, bits) in letters.into_iter().enumerate().filter(|(_, bits)| *bits > 0) {
        let letter = char::from_u32(0x2800 + bits).unwrap_or('?');
        chart.put(index / width, index % width, letter, color);
    }
}

/// Fills the area between two lines.
fn fill(chart: &mut Chart<'_>, band: &Band, color: Color, options: &TextOptions) {
    let (x, y) = (&chart.frame.x, &chart.frame.y);
    let points: Vec<[f64; 3]> = band
        .x
        .iter()
        .zip(&band.low)
        .zip(&band.high)
        .map(|((at, low), high)| [x.place(*at), y.place(*low), y.place(*high)])
        .collect();
    let rows = real(chart.height);
    for column in 0..chart.width {
        let share = (real(column) + 0.5) / real(chart.width);
        for pair in points.windows(2) {
            let [from, to] = [pair[0][0], pair[1][0]];
            if !(from.min(to) <= share && share < from.max(to)) {
                continue;
            }
            let part = (share - from) / (to - from);
            let at = |end: usize| pair[0][end] + (pair[1][end] - pair[0][end]) * part;
            let (low, high) = (at(1).min(at(2)).max(0.0), at(1).max(at(2)).min(1.0));
            let above = count(((1.0 - high) * rows).round());
            let below = count(((1.0 - low) * rows).round());
            if !low.is_nan() && !high.is_nan() && low < high {
                let letter = options.letter('░', ':');
                (above..below).for_each(|row| chart.put(row, column, letter, color));
            }
        }
    }
}

/// Draws with one letter.
fn draw_symbols(chart: &mut Chart<'_>, line: &Line, symbol: char, color: Color) {
    let mut places = std::collections::BTreeSet::new();
    trace(chart, line, [1, 1], |row, column| {
        places.insert((row, column));
    });
    for (row, column) in places {
        chart.put(row, column, symbol, color);
    }
}

fn draw_histogram(chart: &mut Chart<'_>, data: &Histogram, color: Color, options: &TextOptions) {
    let bins: Vec<_> = data.edges.windows(2).zip(&data.counts).collect();
    let axis = &chart.frame.x;
    for column in 0..chart.width {
        let share = (real(column) + 0.5) / real(chart.width);
        let inside = bins.iter().find(|(edges, _)| {
            let [from, to] = [axis.place(edges[0]), axis.place(edges[1])];
            from.min(to) <= share && share < from.max(to)
        });
        if let Some((_, value)) = inside {
            draw_column(chart, column, **value, color, options);
        }
    }
}

/// Draws bars that stand upright, as they have a line with them.
fn draw_bars(chart: &mut Chart<'_>, data: &Bars, color: Color, options: &TextOptions) {
    for (place, value) in frame::places(&chart.frame.x, &data.labels).iter().zip(&data.values) {
        let [from, to] = [place - 0.3, place + 0.3].map(|end| chart.column(end, 1));
        if let (Some(from), Some(to)) = (from, to) {
            for column in from..=to {
                draw_column(chart, column, *value, color, options);
            }
        }
    }
}

/// Draws one column of a bar, from the base to a number.
fn draw_column(
    chart: &mut Chart<'_>,
    column: usize,
    value: f64,
    color: Color,
    options: &TextOptions,
) {
    let eighths =
        |number: f64| chart.frame.y.place(number).clamp(0.0, 1.0) * real(chart.height * 8);
    let (base, end) = (eighths(chart.frame.y.base()), eighths(value));
    if base.is_nan() || end.is_nan() {
        return;
    }
    let (low, high) = (count(base.min(end).round()), count(base.max(end).round()));
    for row in low / 8..high.div_ceil(8) {
        let filled = high.min(row * 8 + 8) - row * 8;
        let letter = if options.ascii {
            if filled >= 4 { '#' } else { '.' }
        } else if low > row * 8 {
            // There are no letters that are filled from above, but the upper half.
            if low - row * 8 <= 4 { '▀' } else { continue }
        } else {
            EIGHTHS[filled.clamp(1, 8) - 1]
        };
        chart.put(chart.height - 1 - row, column, letter, color);
    }
}

/// Draws boxes that stand upright, as they have a line with them.
fn draw_boxes(chart: &mut Chart<'_>, data: &Boxes, color: Color, options: &TextOptions) {
    for (place, group) in frame::places(&chart.frame.x, &data.labels).iter().zip(&data.groups) {
        let Some(spread) = Spread::of(group, chart.frame.y.is_log()) else { continue };
        let Some(middle) = chart.column(*place, 1) else { continue };
        let clamped = |number: f64| {
            let share = chart.frame.y.place(number).clamp(0.0, 1.0);
            count((1.0 - share) * real(chart.height - 1) + 0.5)
        };
        let [low, high] = spread.whiskers.map(clamped);
        let [lower, upper] = spread.quartiles.map(clamped);
        let median = clamped(spread.median);
        (high..=low).for_each(|row| chart.put(row, middle, options.letter('│', '|'), color));
        for column in middle.saturating_sub(1)..=middle + 1 {
            (upper..=lower).for_each(|row| chart.put(row, column, options.letter('▒', '#'), color));
            chart.put(median, column, options.letter('━', '='), color);
        }
        for outlier in &spread.outliers {
            if let Some(row) = chart.row(*outlier, 1) {
                chart.put(row, middle, options.letter('∘', 'o'), color);
            }
        }
    }
}
