//! Scenes as SVG: text stays text, in any sans-serif font.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use crate::number::real;
use crate::scene::{Anchor, Item, Point, Rect, Scene, Stroke, Text, outline};
use crate::{Color, Marker, raster};

/// Fonts of about the same widths as the one that widths are taken from.
const FONTS: &str = "'DejaVu Sans', Verdana, sans-serif";

/// The file.
pub(crate) fn write(scene: &Scene) -> String {
    let Scene { width, height, items } = scene;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" font-family=\"{FONTS}\">\n\
         <rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>\n"
    );
    items.iter().for_each(|item| write_item(&mut svg, item));
    svg.push_str("</svg>\n");
    svg
}

fn write_item(svg: &mut String, item: &Item) {
    match item {
        Item::Lines { lines, stroke } => {
            svg.push_str("<path d=\"");
            lines.iter().for_each(|line| write_path(svg, line, [0.0, 0.0]));
            let _ = writeln!(
                svg,
                "\" fill=\"none\"{} stroke-linejoin=\"round\"{}/>",
                stroked(*stroke),
                if stroke.dashes().is_none() { " stroke-linecap=\"square\"" } else { "" }
            );
        }
        Item::Area { rect, color, opacity } => {
            write_rect(svg, *rect);
            let _ = write!(svg, " fill=\"{color}\"");
            if *opacity < 1.0 {
                let _ = write!(svg, " fill-opacity=\"{}\"", Short(*opacity));
            }
            svg.push_str("/>\n");
        }
        Item::Shape { points, color, opacity } => {
            svg.push_str("<path d=\"");
            write_path(svg, points, [0.0, 0.0]);
            let opacity = Short(*opacity);
            let _ = writeln!(svg, "Z\" fill=\"{color}\" fill-opacity=\"{opacity}\"/>");
        }
        Item::Box { rect, stroke } => {
            write_rect(svg, *rect);
            let _ = writeln!(svg, " fill=\"none\"{}/>", stroked(*stroke));
        }
        Item::Markers { marker, size, color, at } => write_markers(svg, *marker, *size, *color, at),
        Item::Cells { rect, columns, cells } => write_cells(svg, *rect, *columns, cells),
        Item::Text(text) => write_text(svg, text),
    }
}

fn stroked(stroke: Stroke) -> String {
    let mut text = format!(" stroke=\"{}\" stroke-width=\"{}\"", stroke.color, Short(stroke.width));
    if let Some(lengths) = stroke.dashes() {
        let lengths: Vec<_> = lengths.iter().map(|length| Short(*length).to_string()).collect();
        let _ = write!(text, " stroke-dasharray=\"{}\"", lengths.join(" "));
    }
    text
}

fn write_path(svg: &mut String, line: &[Point], [x, y]: Point) {
    for (index, point) in line.iter().enumerate() {
        let letter = match index {
            0 => "M",
            1 => "L",
            _ => " ",
        };
        let _ = write!(svg, "{letter}{} {}", Short(point[0] + x), Short(point[1] + y));
    }
}

fn write_rect(svg: &mut String, rect: Rect) {
    let _ = write!(
        svg,
        "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"",
        Short(rect.left),
        Short(rect.top),
        Short(rect.width()),
        Short(rect.height())
    );
}

fn write_markers(svg: &mut String, marker: Marker, size: f64, color: Color, at: &[Point]) {
    match outline(marker, size) {
        None => {
            let radius = Short(marker.radius(size)).to_string();
            let _ = writeln!(svg, "<g fill=\"{color}\">");
            for [x, y] in at {
                let _ = writeln!(
                    svg,
                    "<circle cx=\"{}\" cy=\"{}\" r=\"{radius}\"/>",
                    Short(*x),
                    Short(*y)
                );
            }
            svg.push_str("</g>\n");
        }
        Some(lines) => {
            svg.push_str("<path d=\"");
            for place in at {
                for line in &lines {
                    write_path(svg, line, *place);
                    if !marker.is_stroked() {
                        svg.push('Z');
                    }
                }
            }
            if marker.is_stroked() {
                let _ = writeln!(svg, "\" fill=\"none\" stroke=\"{color}\" stroke-width=\"1.5\"/>");
            } else {
                let _ = writeln!(svg, "\" fill=\"{color}\"/>");
            }
        }
    }
}

/// Above so many cells, a picture within the picture is smaller.
const CELLS_MAX: usize = 2_000;

fn write_cells(svg: &mut String, rect: Rect, columns: usize, cells: &[Option<Color>]) {
    match raster::cells(columns, cells) {
        Some(png) if cells.len() > CELLS_MAX => {
            let [x, y, width, height] =
                [rect.left, rect.top, rect.width(), rect.height()].map(Short);
            let _ = writeln!(
                svg,
                "<image x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" \
                 preserveAspectRatio=\"none\" style=\"image-rendering:pixelated\" \
                 href=\"data:image/png;base64,{}\"/>",
                BASE64_STANDARD.encode(&png)
            );
        }
        _ => write_rows(svg, rect, columns, cells),
    }
}

/// Equal neighbours in a row become one rectangle, and all rectangles of one colour one path.
fn write_rows(svg: &mut String, rect: Rect, columns: usize, cells: &[Option<Color>]) {
    let rows = cells.len() / columns.max(1);
    let mut paths = std::collections::BTreeMap::<Color, String>::new();
    for (row, cells) in cells.chunks(columns.max(1)).enumerate() {
        let top = rect.top + rect.height() * real(row) / real(rows);
        let bottom = rect.top + rect.height() * real(row + 1) / real(rows);
        let mut column = 0;
        while column < columns {
            let end = (column..columns).find(|at| cells[*at] != cells[column]).unwrap_or(columns);
            if let Some(color) = cells[column] {
                let left = rect.left + rect.width() * real(column) / real(columns);
                let right = rect.left + rect.width() * real(end) / real(columns);
                let path = paths.entry(color).or_default();
                let (left, right) = (Short(left), Short(right));
                let _ = write!(path, "M{left} {}H{right}V{}H{left}Z", Short(top), Short(bottom));
            }
            column = end;
        }
    }
    svg.push_str("<g shape-rendering=\"crispEdges\">\n");
    for (color, path) in paths {
        let _ = writeln!(svg, "<path fill=\"{color}\" d=\"{path}\"/>");
    }
    svg.push_str("</g>\n");
}

fn write_text(svg: &mut String, text: &Text) {
    let [x, y] = text.at.map(Short);
    let _ = write!(
        svg,
        "<text x=\"{x}\" y=\"{y}\" font-size=\"{}\" fill=\"{}\"",
        Short(text.size),
        text.color
    );
    match text.anchor {
        Anchor::Start => {}
        Anchor::Middle => svg.push_str(" text-anchor=\"middle\""),
        Anchor::End => svg.push_str(" text-anchor=\"end\""),
    }
    if text.angle.abs() > 0.0 {
        let _ = write!(svg, " transform=\"rotate({} {x} {y})\"", Short(text.angle));
    }
    svg.push('>');
    for letter in text.text.chars() {
        match letter {
            '&' => svg.push_str("&amp;"),
            '<' => svg.push_str("&lt;"),
            '>' => svg.push_str("&gt;"),
            // XML has no other control characters, and no way to write them.
            '\t' | '\n' | '\r' => svg.push(' '),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => svg.push('\u{fffd}'),
            other => svg.push(other),
        }
    }
    svg.push_str("</text>\n");
}

/// A number with at most two decimals.
struct Short(f64);

impl std::fmt::Display for Short {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = format!("{:.2}", self.0);
        let text = text.trim_end_matches('0').trim_end_matches('.');
        f.write_str(if text == "-0" { "0" } else { text })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_no_digits_that_say_nothing() {
        for (number, text) in
            [(1.0, "1"), (0.5, "0.5"), (-0.001, "0"), (10.0, "10"), (2.346, "2.35")]
        {
            assert_eq!(Short(number).to_string(), text);
        }
    }
}
