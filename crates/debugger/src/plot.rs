//! A chart of a value over time, in characters.

use machine::Tick;

const WIDTH: usize = 64;
const HEIGHT: usize = 12;

/// Letters of a value that stands beside its line.
const LABEL_CHARS_MAX: usize = 20;

/// Different values that are no numbers and have a line each.
const KINDS_MAX: usize = HEIGHT;

/// Draws values that each hold until the next one; `None` where there is nothing to draw.
pub(crate) fn plot(points: &[(Tick, f64)], end: Tick) -> Option<String> {
    let finite: Vec<_> = points.iter().filter(|(_, value)| value.is_finite()).collect();
    let low = finite.iter().map(|point| point.1).fold(f64::INFINITY, f64::min);
    let high = finite.iter().map(|point| point.1).fold(f64::NEG_INFINITY, f64::max);
    let rows: Vec<_> = finite.iter().map(|(tick, value)| (*tick, row(*value, low, high))).collect();
    let mut labels = vec![String::new(); HEIGHT];
    (labels[0], labels[HEIGHT - 1]) = (short(high), short(low));
    draw(&rows, &labels, end)
}

/// Draws values that are no numbers, each different one on a line of its own, the first lowest; `None`
/// where there are none, or too many different ones.
pub(crate) fn plot_kinds(points: &[(Tick, String)], end: Tick) -> Option<String> {
    let mut kinds: Vec<&str> = Vec::new();
    for (_, text) in points {
        if !kinds.contains(&text.as_str()) {
            kinds.push(text);
        }
        if kinds.len() > KINDS_MAX {
            return None;
        }
    }
    let row = |text: &String| kinds.iter().rev().position(|kind| kind == text).unwrap_or(0);
    let rows: Vec<_> = points.iter().map(|(tick, text)| (*tick, row(text))).collect();
    let labels: Vec<String> = kinds.iter().rev().map(|kind| cut(kind)).collect();
    draw(&rows, &labels, end)
}

/// Draws which row holds from when on, under the labels of all rows.
fn draw(points: &[(Tick, usize)], labels: &[String], end: Tick) -> Option<String> {
    let (first, last) = (points.first()?.0, points.last()?.0.max(end));
    let mut grid = vec![[' '; WIDTH]; labels.len()];
    let mut before: Option<usize> = None;
    let mut index = 0;
    for column in 0..WIDTH {
        // The rows that the value passes within this column.
        let until = column_end(first, last, column);
        let mut rows = before.into_iter().collect::<Vec<_>>();
        while let Some((tick, row)) = points.get(index).filter(|(tick, _)| place(*tick) <= until) {
            debug_assert!(*tick >= first, "points are in order");
            before = Some(*row);
            rows.extend(before);
            index += 1;
        }
        let (Some(&top), Some(&bottom)) = (rows.iter().min(), rows.iter().max()) else { continue };
        for line in &mut grid[top..=bottom] {
            line[column] = if top == bottom { '─' } else { '│' };
        }
        if let Some(row) = before {
            grid[row][column] = if top == bottom { '─' } else { '•' };
        }
    }
    let width = |label: &String| label.chars().count();
    let margin = labels.iter().map(width).max().unwrap_or(0);
    let mut text = String::new();
    for (label, line) in labels.iter().zip(&grid) {
        let line: String = line.iter().collect();
        text.push_str(format!("{label:>margin$} ┤{line}").trim_end());
        text.push('\n');
    }
    let (from, to) = (format!("tick {first}"), last.to_string());
    let gap = WIDTH.saturating_sub(from.len() + to.len());
    text.push_str(&format!("{:margin$} └{}\n", "", "─".repeat(WIDTH)));
    text.push_str(&format!("{:margin$}  {from}{:gap$}{to}\n", "", ""));
    Some(text)
}

/// A value as a label.
fn cut(text: &str) -> String {
    match text.char_indices().nth(LABEL_CHARS_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// A tick on one scale: steps are small against safepoints.
fn place(tick: Tick) -> u128 {
    (u128::from(tick.safepoints) << 32) + u128::from(tick.steps)
}

fn column_end(first: Tick, last: Tick, column: usize) -> u128 {
    let length = place(last) - place(first);
    place(first) + length * (column as u128 + 1) / WIDTH as u128
}

/// The row of a value: 0 is the highest.
fn row(value: f64, low: f64, high: f64) -> usize {
    if high <= low {
        return HEIGHT / 2;
    }
    // Halves keep the difference of two large numbers finite.
    let share = (high / 2.0 - value / 2.0) / (high / 2.0 - low / 2.0);
    #[expect(clippy::cast_possible_truncation, reason = "between 0 and HEIGHT")]
    #[expect(clippy::cast_sign_loss, reason = "between 0 and HEIGHT")]
    let row = (share * (HEIGHT - 1) as f64).round() as usize;
    row.min(HEIGHT - 1)
}

fn short(value: f64) -> String {
    if value.abs() < 1e12 && value.fract().abs() < f64::EPSILON {
        format!("{value:.0}")
    } else if (1e-3..1e9).contains(&value.abs()) {
        format!("{value:.3}")
    } else {
        format!("{value:.3e}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chart_spans_the_values_and_the_ticks() {
        let points: Vec<_> =
            (0..8_u32).map(|n| (Tick::at(u64::from(n) * 10), f64::from(n * n))).collect();
        insta::assert_snapshot!(plot(&points, Tick::at(80)).unwrap(), @r"
        49 ┤                                                       •────────
           ┤                                                       │
           ┤                                                       │
           ┤                                               •───────│
           ┤                                               │
           ┤                                       •───────│
           ┤                                       │
           ┤                               •───────│
           ┤                               │
           ┤                       •───────│
           ┤               •───────│
         0 ┤───────────────│
           └────────────────────────────────────────────────────────────────
            tick 0                                                        80
        ");
    }

    #[test]
    fn values_that_are_no_numbers_have_a_line_each() {
        let words = ["idle", "busy", "idle", "a word that is much too long"];
        let points: Vec<_> = (0..4_u32)
            .map(|n| (Tick::at(u64::from(n) * 10), words[n as usize].to_owned()))
            .collect();
        insta::assert_snapshot!(plot_kinds(&points, Tick::at(40)).unwrap(), @r"
        a word that is much … ┤                                               •────────────────
                         busy ┤               •───────────────│               │
                         idle ┤───────────────│               •───────────────│
                              └────────────────────────────────────────────────────────────────
                               tick 0                                                        40
        ");
        let many: Vec<_> = (0..13).map(|n| (Tick::ZERO, n.to_string())).collect();
        assert_eq!(plot_kinds(&many, Tick::ZERO), None);
        assert_eq!(plot_kinds(&[], Tick::ZERO), None);
    }

    #[test]
    fn nothing_finite_is_nothing_to_draw() {
        assert_eq!(plot(&[], Tick::ZERO), None);
        assert_eq!(plot(&[(Tick::ZERO, f64::NAN)], Tick::ZERO), None);
        assert!(plot(&[(Tick::ZERO, f64::MAX), (Tick::at(1), f64::MIN)], Tick::at(1)).is_some());
        assert!(plot(&[(Tick::ZERO, 3.0)], Tick::ZERO).is_some());
    }
}
