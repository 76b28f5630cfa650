//! Figures as text: dots, blocks and shades, as wide as the terminal.

mod bars;
mod boxes;
mod canvas;
mod chart;
mod heat;
mod plot;
mod spans;

use crate::ticks::Alphabet;
use crate::{Error, Figure, Mark, Panel};
use canvas::Canvas;

/// How figures become text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextOptions {
    /// How many letters a line has at most; taken as 20 to 1000.
    pub width: usize,
    /// About how many lines a panel has; taken as 8 to 500.
    pub height: usize,
    /// Whether there are only letters such as a keyboard has.
    pub ascii: bool,
    /// Whether there are colours, as escape sequences of 256 colours.
    pub color: bool,
}

impl Default for TextOptions {
    fn default() -> Self {
        Self { width: 80, height: 22, ascii: false, color: false }
    }
}

impl TextOptions {
    fn alphabet(self) -> Alphabet {
        if self.ascii { Alphabet::Ascii } else { Alphabet::Unicode }
    }

    /// One of two letters.
    fn letter(self, unicode: char, ascii: char) -> char {
        if self.ascii { ascii } else { unicode }
    }
}

/// Between panels that stand side by side.
const GAP: usize = 2;
/// Panels are not made narrower than this to stand side by side.
const NARROW: usize = 36;

impl Figure {
    /// The figure as lines of text, each with its end.
    ///
    /// # Errors
    ///
    /// See [`Figure::check`].
    pub fn text(&self, options: &TextOptions) -> Result<String, Error> {
        self.check()?;
        let mut options = *options;
        options.width = options.width.clamp(20, 1000);
        options.height = options.height.clamp(8, 500);
        let mut text = String::new();
        if !self.title.is_empty() {
            let mut title = Canvas::new(options.width, 1);
            title.write_centered(0, 0..options.width, &self.title);
            text.push_str(&title.text(&options));
        }
        // As many side by side as there is room for.
        let mut columns = self.columns.min(self.panels.len()).max(1);
        while columns > 1 && (options.width + GAP) / columns < NARROW + GAP {
            columns -= 1;
        }
        let width = (options.width + GAP) / columns - GAP;
        for (index, row) in self.panels.chunks(columns).enumerate() {
            if index > 0 {
                text.push('\n');
            }
            let panels: Vec<Canvas> =
                row.iter().map(|panel| draw(panel, &TextOptions { width, ..options })).collect();
            text.push_str(&Canvas::beside(&panels, width + GAP).text(&options));
        }
        Ok(text)
    }
}

fn draw(panel: &Panel, options: &TextOptions) -> Canvas {
    let all = |is: fn(&Mark) -> bool| {
        !panel.series.is_empty() && panel.series.iter().all(|series| is(&series.mark))
    };
    if all(|mark| matches!(mark, Mark::Bars(bars) if !bars.labels.is_empty())) {
        return bars::draw(panel, options);
    }
    if all(|mark| matches!(mark, Mark::Boxes(boxes) if !boxes.labels.is_empty())) {
        return boxes::draw(panel, options);
    }
    if all(|mark| matches!(mark, Mark::Spans(spans) if !spans.labels.is_empty())) {
        return spans::draw(panel, options);
    }
    match panel.matrix() {
        Some(heat) => heat::draw(panel, heat, options),
        None => plot::draw(panel, options),
    }
}
