//! A chart of a value over time, in characters.

use machine::Tick;

const WIDTH: usize = 64;
const HEIGHT: usize = 12;

/// Draws values that each hold until the next one; `None` where there is nothing to draw.
pub(crate) fn plot(points: &[(Tick, f64)], end: Tick) -> Option<String> {
    let finite: Vec<_> = points.iter().filter(|(_, value)| value.is_finite()).collect();
    let (first, last) = (finite.first()?.0, finite.last()?.0.max(end));
    let low = finite.iter().map(|point| point.1).fold(f64::INFINITY, f64::min);
    let high = finite.iter().map(|point| point.1).fold(f64::NEG_INFINITY, f64::max);

    let mut grid = vec![[' '; WIDTH]; HEIGHT];
    let mut before: Option<usize> = None;
    let mut index = 0;
    for column in 0..WIDTH {
        // The rows that the value passes within this column.
        let until = column_end(first, last, column);
        let mut rows = before.into_iter().collect::<Vec<_>>();
        while let Some((tick, value)) = finite.get(index).filter(|(tick, _)| place(*tick) <= until)
        {
            debug_assert!(*tick >= first, "points are in order");
            before = Some(row(*value, low, high));
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

    let labels = [short(high), short(low)];
    let margin = labels.iter().map(String::len).max().unwrap_or(0);
    let mut text = String::new();
    for (index, line) in grid.iter().enumerate() {
        let label = match index {
            0 => labels[0].as_str(),
            _ if index == HEIGHT - 1 => labels[1].as_str(),
            _ => "",
        };
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
    fn nothing_finite_is_nothing_to_draw() {
        assert_eq!(plot(&[], Tick::ZERO), None);
        assert_eq!(plot(&[(Tick::ZERO, f64::NAN)], Tick::ZERO), None);
        assert!(plot(&[(Tick::ZERO, f64::MAX), (Tick::at(1), f64::MIN)], Tick::at(1)).is_some());
        assert!(plot(&[(Tick::ZERO, 3.0)], Tick::ZERO).is_some());
    }
}
