//! Bars as text: one line for each.

use super::TextOptions;
use super::canvas::{Canvas, fitted, width};
use super::chart;
use crate::frame::{self, Frame};
use crate::number::{count, real};
use crate::{Bars, Mark, Panel};

/// How bars of several series are filled.
const FILLS: [char; 4] = ['█', '▓', '▒', '░'];
const ASCII_FILLS: [char; 4] = ['#', '=', '+', '-'];
/// What bars end with: an eighth of a letter up to all of it.
const EIGHTHS: [char; 8] = ['▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'];

pub(super) fn draw(panel: &Panel, options: &TextOptions) -> Canvas {
    let frame = Frame::of(panel);
    let categories = frame.x.categories.clone().unwrap_or_default();
    let series: Vec<&Bars> = panel.series.iter().filter_map(|series| bars(&series.mark)).collect();
    let lines = Lines::of(panel, &frame, &series, &categories, options);
    let mut canvas = Canvas::new(options.width, 0);
    if !panel.title.is_empty() {
        let row = canvas.add_lines(1);
        canvas.write_centered(row, 0..options.width, &panel.title);
    }
    for (index, label) in categories.iter().enumerate() {
        for (nth, bars) in series.iter().enumerate() {
            let row = canvas.add_lines(1);
            if nth == 0 {
                let label = fitted(label, lines.label);
                canvas.write(row, lines.label - width(&label), &label);
            }
            canvas.put(row, lines.label + 1, options.letter('│', '|'), None);
            let places = &lines.places[nth];
            if let Some(at) = places.iter().position(|place| (place - real(index)).abs() < 0.25) {
                lines.draw(&mut canvas, row, bars.values[at], nth);
            }
        }
    }
    if !panel.ylabel.is_empty() {
        let row = canvas.add_lines(1);
        canvas.write_centered(row, lines.label + 2..options.width, &panel.ylabel);
    }
    let is_told_apart = series.len() > 1;
    chart::add_legend(&mut canvas, panel, lines.label + 2, |index| {
        lines.fill(if is_told_apart { index } else { 0 })
    });
    canvas
}

fn bars(mark: &Mark) -> Option<&Bars> {
    if let Mark::Bars(bars) = mark { Some(bars) } else { None }
}

/// Where the parts of lines are.
struct Lines<'a> {
    panel: &'a Panel,
    frame: &'a Frame,
    options: &'a TextOptions,
    /// The width of the labels.
    label: usize,
    /// The width of the longest bar.
    bar: usize,
    /// For each series, the categories of its bars.
    places: Vec<Vec<f64>>,
}

impl<'a> Lines<'a> {
    fn of(
        panel: &'a Panel,
        frame: &'a Frame,
        series: &[&Bars],
        categories: &[String],
        options: &'a TextOptions,
    ) -> Self {
        let widest = categories.iter().map(|label| width(label)).max().unwrap_or(0);
        let label = widest.min(options.width / 3).max(1);
        let values = series.iter().flat_map(|bars| &bars.values);
        let number =
            values.map(|value| width(&options.alphabet().short(*value))).max().unwrap_or(0);
        let bar = options.width.saturating_sub(label + number + 4).max(4);
        let places = series.iter().map(|bars| frame::places(&frame.x, &bars.labels)).collect();
        Self { panel, frame, options, label, bar, places }
    }

    fn fill(&self, nth: usize) -> char {
        let fills = if self.options.ascii { ASCII_FILLS } else { FILLS };
        if self.options.color { fills[0] } else { fills[nth % fills.len()] }
    }

    /// Draws a bar and its number.
    fn draw(&self, canvas: &mut Canvas, row: usize, value: f64, nth: usize) {
        let first = self.label + 2;
        let text = self.options.alphabet().short(value);
        // Bars go to the end of the room, not to that of an axis that reaches a little further.
        let axis = &self.frame.y;
        let reach = |number: f64| axis.place(number).clamp(0.0, 1.0);
        let all = self.places.iter().zip(&self.panel.series);
        let all = all.filter_map(|(_, series)| bars(&series.mark)).flat_map(|bars| &bars.values);
        let base = reach(axis.base());
        let ends = all.map(|value| reach(*value)).filter(|end| !end.is_nan());
        let (lo, hi) = ends.fold((base, base), |(lo, hi), end| (lo.min(end), hi.max(end)));
        let end = reach(value);
        if end.is_nan() || hi <= lo {
            canvas.write(row, first, &text);
            return;
        }
        let eighths = |share: f64| count(((share - lo) / (hi - lo) * real(self.bar * 8)).round());
        let (from, to) = (eighths(base.min(end)), eighths(base.max(end)));
        let color = Some(self.panel.color(nth));
        for column in from / 8..to.div_ceil(8) {
            let filled = to.min(column * 8 + 8) - column * 8;
            let letter = match self.fill(nth) {
                '█' if from <= column * 8 => EIGHTHS[filled.clamp(1, 8) - 1],
                '█' if from - column * 8 > 4 => '▐',
                fill => fill,
            };
            canvas.put(row, first + column, letter, color);
        }
        canvas.write(row, first + to.div_ceil(8) + 1, &text);
    }
}
