//! Axes of letters around a rectangle for data, with title, labels and legend.

use super::TextOptions;
use super::canvas::{Canvas, fitted, width};
use crate::frame::Frame;
use crate::number::{count, real};
use crate::ticks::Ticks;
use crate::{Align, Color, Mark, Panel};

/// A canvas with axes, and the rectangle between them.
pub(super) struct Chart<'a> {
    pub(super) canvas: Canvas,
    pub(super) frame: &'a Frame,
    /// The first column and row between the axes.
    pub(super) left: usize,
    pub(super) top: usize,
    /// The size of what is between the axes.
    pub(super) width: usize,
    pub(super) height: usize,
}

impl<'a> Chart<'a> {
    /// Axes around a rectangle of some size, or of as much as there is room for.
    pub(super) fn new(
        panel: &Panel,
        frame: &'a Frame,
        options: &TextOptions,
        size: Option<[usize; 2]>,
    ) -> Self {
        let has_title = !panel.title.is_empty();
        let height = size.map_or_else(
            || {
                let others = 2 + usize::from(has_title) + usize::from(!panel.xlabel.is_empty());
                options.height.saturating_sub(others).max(4)
            },
            |size| size[1],
        );
        let yticks = y_ticks(frame, height, options);
        let labels = yticks.major.iter().map(|(_, text)| width(text)).max().unwrap_or(0);
        let left = labels.min(options.width / 3) + 2;
        let room = options.width.saturating_sub(left + 1).max(8);
        let width = size.map_or(room, |size| size[0].min(room));
        let mut canvas = Canvas::new(options.width, 0);
        if has_title {
            canvas.add_lines(1);
            canvas.write_centered(0, 0..(left + width).min(options.width), &panel.title);
        }
        let above = [panel.ylabel.as_str(), yticks.note.as_str()];
        let above: Vec<_> = above.into_iter().filter(|text| !text.is_empty()).collect();
        if !above.is_empty() {
            let row = canvas.add_lines(1);
            canvas.write(row, left.saturating_sub(2), &above.join("  "));
        }
        let top = canvas.add_lines(height);
        let mut chart = Self { canvas, frame, left, top, width, height };
        chart.draw_y_axis(&yticks, options);
        chart.draw_x_axis(panel, options);
        chart
    }

    /// The column of a number, if it is between the axes; `parts` columns for each letter.
    pub(super) fn column(&self, number: f64, parts: usize) -> Option<usize> {
        place(self.frame.x.place(number), self.width * parts)
    }

    /// The row of a number, counted from above.
    pub(super) fn row(&self, number: f64, parts: usize) -> Option<usize> {
        let row = place(self.frame.y.place(number), self.height * parts)?;
        Some(self.height * parts - 1 - row)
    }

    /// Puts a letter at a place between the axes.
    pub(super) fn put(&mut self, row: usize, column: usize, letter: char, color: Color) {
        if row < self.height && column < self.width {
            self.canvas.put(self.top + row, self.left + column, letter, Some(color));
        }
    }

    fn draw_y_axis(&mut self, ticks: &Ticks, options: &TextOptions) {
        let axis = self.left - 1;
        for row in self.top..self.top + self.height {
            self.canvas.put(row, axis, options.letter('│', '|'), None);
        }
        for (number, text) in &ticks.major {
            let Some(row) = self.row(*number, 1) else { continue };
            let text = fitted(text, axis.saturating_sub(1));
            self.canvas.write(self.top + row, axis - 1 - width(&text), &text);
            self.canvas.put(self.top + row, axis, options.letter('┤', '+'), None);
        }
    }

    fn draw_x_axis(&mut self, panel: &Panel, options: &TextOptions) {
        let row = self.canvas.add_lines(2);
        self.canvas.put(row, self.left - 1, options.letter('└', '+'), None);
        for column in 0..self.width {
            self.canvas.put(row, self.left + column, options.letter('─', '-'), None);
        }
        let ticks = self.x_ticks(options);
        let slots = (self.frame.x.to - self.frame.x.from).abs().max(1.0);
        let slot = count(real(self.width) / slots).max(5);
        let mut free = 0;
        for (number, text) in &ticks.major {
            let is_category = self.frame.x.categories.is_some();
            let text = &if is_category { fitted(text, slot - 1) } else { text.clone() };
            let Some(column) = self.column(*number, 1) else { continue };
            self.canvas.put(row, self.left + column, options.letter('┬', '+'), None);
            let middle = self.left + column;
            let start = middle.saturating_sub(width(text) / 2);
            let start = start.min(self.canvas.width.saturating_sub(width(text)));
            // There may be more categories than there is room for.
            if start >= free {
                self.canvas.write(row + 1, start, text);
                free = start + width(text) + 1;
            }
        }
        let below = [panel.xlabel.as_str(), ticks.note.as_str()];
        let below: Vec<_> = below.into_iter().filter(|text| !text.is_empty()).collect();
        if !below.is_empty() {
            let row = self.canvas.add_lines(1);
            let end = (self.left + self.width).min(self.canvas.width);
            self.canvas.write_centered(row, self.left..end, &below.join("  "));
        }
    }

    /// The most ticks whose texts do not touch.
    fn x_ticks(&self, options: &TextOptions) -> Ticks {
        let axis = &self.frame.x;
        let is_roomy = |ticks: &Ticks| {
            ticks.major.windows(2).all(|pair| {
                let distance = (axis.place(pair[1].0) - axis.place(pair[0].0)).abs();
                let needed = (width(&pair[0].1) + width(&pair[1].1)).div_ceil(2) + 2;
                distance * real(self.width) >= real(needed)
            })
        };
        let mut choices = (2..=10).rev().map(|most| axis.ticks(most, options.alphabet()));
        choices.find(is_roomy).unwrap_or_else(|| axis.ticks(2, options.alphabet()))
    }

    /// Writes the texts over the data, as far as there is room.
    pub(super) fn add_notes(&mut self, panel: &Panel) {
        for note in &panel.notes {
            let place = (self.row(note.y, 1), self.column(note.x, 1));
            let (Some(row), Some(column)) = place else { continue };
            let text = fitted(&note.text, self.width);
            let (size, row) = match note.align {
                Align::Center => (width(&text) / 2, row.saturating_sub(1)),
                Align::Right => (width(&text) + 1, row),
                Align::Left => (0, row),
            };
            let start = column + usize::from(note.align == Align::Left) * 2;
            let start = start.saturating_sub(size).min(self.width.saturating_sub(width(&text)));
            self.canvas.write(self.top + row, self.left + start, &text);
        }
    }

    /// Adds a line that says which series is which.
    pub(super) fn add_legend(&mut self, panel: &Panel, symbol: impl Fn(usize) -> char) {
        add_legend(&mut self.canvas, panel, self.left, symbol);
    }
}

fn y_ticks(frame: &Frame, height: usize, options: &TextOptions) -> Ticks {
    if frame.y.categories.is_some() {
        return frame.y.ticks(0, options.alphabet());
    }
    frame.y.ticks((height / 3).clamp(2, 10), options.alphabet())
}

/// The index of the part of a line at a share of it.
fn place(share: f64, parts: usize) -> Option<usize> {
    // What is at an end is in the first or last part, also if it was rounded a little beyond.
    ((-1e-9..=1.0 + 1e-9).contains(&share))
        .then(|| count(share * real(parts)).min(parts.saturating_sub(1)))
}

/// Adds lines that say which series is which, if they have labels and are to be told apart.
pub(super) fn add_legend(
    canvas: &mut Canvas,
    panel: &Panel,
    left: usize,
    symbol: impl Fn(usize) -> char,
) {
    if !panel.legend {
        return;
    }
    let mut column = canvas.width;
    let mut row = 0;
    for (index, series) in panel.series.iter().enumerate() {
        if series.label.is_empty() || matches!(series.mark, Mark::Heat(_)) {
            continue;
        }
        let label = fitted(&series.label, canvas.width.saturating_sub(left + 2));
        if column + width(&label) + 2 > canvas.width {
            row = canvas.add_lines(1);
            column = left;
        }
        canvas.write_colored(row, column, &symbol(index).to_string(), Some(panel.color(index)));
        canvas.write(row, column + 2, &label);
        column += width(&label) + 5;
    }
}
