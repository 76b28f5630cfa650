//! A rectangle of letters with colours.

use std::ops::Range;

use super::TextOptions;
use crate::Color;

/// A letter and its colours.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Cell {
    /// Nothing where a wide letter goes on.
    letter: Option<char>,
    color: Option<Color>,
    background: Option<Color>,
}

const EMPTY: Cell = Cell { letter: Some(' '), color: None, background: None };

/// A rectangle of letters with colours.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Canvas {
    pub(super) width: usize,
    rows: Vec<Vec<Cell>>,
}

impl Canvas {
    pub(super) fn new(width: usize, height: usize) -> Self {
        Self { width, rows: vec![vec![EMPTY; width]; height] }
    }

    /// Several side by side, each this far from the one before.
    pub(super) fn beside(parts: &[Self], distance: usize) -> Self {
        let height = parts.iter().map(|part| part.rows.len()).max().unwrap_or(0);
        let mut whole = Self::new(distance * parts.len(), height);
        for (index, part) in parts.iter().enumerate() {
            for (to, from) in whole.rows.iter_mut().zip(&part.rows) {
                let cells = to[index * distance..].iter_mut().zip(from);
                cells.for_each(|(to, from)| *to = *from);
            }
        }
        whole
    }

    /// Adds lines below.
    pub(super) fn add_lines(&mut self, count: usize) -> usize {
        let first = self.rows.len();
        self.rows.resize(first + count, vec![EMPTY; self.width]);
        first
    }

    /// Puts a letter somewhere; nothing happens outside.
    pub(super) fn put(&mut self, row: usize, column: usize, letter: char, color: Option<Color>) {
        if let Some(cell) = self.rows.get_mut(row).and_then(|row| row.get_mut(column)) {
            (cell.letter, cell.color) = (Some(letter), color);
        }
    }

    /// Gives a place a background.
    pub(super) fn fill(&mut self, row: usize, column: usize, color: Color) {
        if let Some(cell) = self.rows.get_mut(row).and_then(|row| row.get_mut(column)) {
            cell.background = Some(color);
        }
    }

    /// Writes a text; what does not fit is cut off.
    pub(super) fn write(&mut self, row: usize, column: usize, text: &str) {
        self.write_colored(row, column, text, None);
    }

    pub(super) fn write_colored(
        &mut self,
        row: usize,
        column: usize,
        text: &str,
        color: Option<Color>,
    ) {
        let mut at = column;
        for letter in text.chars() {
            let letter = if letter.is_control() { ' ' } else { letter };
            let width = letter_width(letter);
            if at + width > self.width {
                break;
            }
            self.put(row, at, letter, color);
            if width == 2
                && let Some(cell) = self.rows.get_mut(row).and_then(|row| row.get_mut(at + 1))
            {
                cell.letter = None;
            }
            at += width;
        }
    }

    /// Writes a text in the middle of columns, shortened if it must be.
    pub(super) fn write_centered(&mut self, row: usize, columns: Range<usize>, text: &str) {
        let text = fitted(text, columns.len());
        let start = columns.start + (columns.len() - width(&text)) / 2;
        self.write(row, start, &text);
    }

    /// The lines, without spaces at their ends.
    pub(super) fn text(&self, options: &TextOptions) -> String {
        let mut text = String::new();
        for row in &self.rows {
            let end = row.iter().rposition(|cell| *cell != EMPTY).map_or(0, |last| last + 1);
            let mut style = (None, None);
            for cell in &row[..end] {
                let Some(letter) = cell.letter else { continue };
                let wanted =
                    if options.color { (cell.color, cell.background) } else { (None, None) };
                if wanted != style {
                    text.push_str(&escape(wanted));
                    style = wanted;
                }
                text.push(letter);
            }
            if style != (None, None) {
                text.push_str(&escape((None, None)));
            }
            text.push('\n');
        }
        text
    }
}

/// The escape sequence for colours of letters and behind them.
fn escape((color, background): (Option<Color>, Option<Color>)) -> String {
    let mut codes = String::from("\u{1b}[0");
    if let Some(color) = color {
        codes.push_str(&format!(";38;5;{}", cube(color)));
    }
    if let Some(color) = background {
        codes.push_str(&format!(";48;5;{}", cube(color)));
    }
    codes.push('m');
    codes
}

/// The nearest colour of the cube of 216 colours that terminals have.
fn cube(color: Color) -> u32 {
    let level = |part: u8| match part {
        0..48 => 0,
        48..115 => 1,
        other => (u32::from(other) - 35) / 40,
    };
    16 + 36 * level(color.red) + 6 * level(color.green) + level(color.blue)
}

/// How many columns a letter takes.
fn letter_width(letter: char) -> usize {
    let is_wide = matches!(u32::from(letter),
        0x1100..=0x115f | 0x2e80..=0xa4cf | 0xac00..=0xd7a3 | 0xf900..=0xfaff | 0xfe30..=0xfe4f
        | 0xff00..=0xff60 | 0x1_f300..=0x1_faff | 0x2_0000..=0x3_fffd);
    if is_wide { 2 } else { 1 }
}

/// How many columns a text takes.
pub(super) fn width(text: &str) -> usize {
    text.chars().map(letter_width).sum()
}

/// A text, or its beginning and a dot, if it is wider than there is room.
pub(super) fn fitted(text: &str, room: usize) -> String {
    if width(text) <= room {
        return text.to_owned();
    }
    let mut fitted = String::new();
    let mut used = 1;
    for letter in text.chars() {
        used += letter_width(letter);
        if used > room {
            break;
        }
        fitted.push(letter);
    }
    if room > 0 {
        fitted.push(if text.is_ascii() { '.' } else { '…' });
    }
    fitted
}
