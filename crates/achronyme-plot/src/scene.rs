//! Scenes: the lines, areas and texts of a picture, before it is written as SVG or PNG.
//!
//! Places are pixels from the upper left corner.

use crate::{Color, Dash, Marker};

/// A place.
pub(crate) type Point = [f64; 2];

/// An upright rectangle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Rect {
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) right: f64,
    pub(crate) bottom: f64,
}

impl Rect {
    pub(crate) fn width(self) -> f64 {
        self.right - self.left
    }

    pub(crate) fn height(self) -> f64 {
        self.bottom - self.top
    }

    pub(crate) fn has(self, [x, y]: Point) -> bool {
        (self.left..=self.right).contains(&x) && (self.top..=self.bottom).contains(&y)
    }

    pub(crate) fn grown(self, by: f64) -> Self {
        Self {
            left: self.left - by,
            top: self.top - by,
            right: self.right + by,
            bottom: self.bottom + by,
        }
    }

    /// What two rectangles have in common, if that has an area.
    pub(crate) fn common(self, other: Self) -> Option<Self> {
        let common = Self {
            left: self.left.max(other.left),
            top: self.top.max(other.top),
            right: self.right.min(other.right),
            bottom: self.bottom.min(other.bottom),
        };
        (common.left < common.right && common.top < common.bottom).then_some(common)
    }

    /// The rectangle with these two opposite corners.
    pub(crate) fn across(from: Point, to: Point) -> Self {
        Self {
            left: from[0].min(to[0]),
            top: from[1].min(to[1]),
            right: from[0].max(to[0]),
            bottom: from[1].max(to[1]),
        }
    }
}

/// How a line is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Stroke {
    pub(crate) color: Color,
    pub(crate) width: f64,
    pub(crate) dash: Dash,
}

impl Stroke {
    pub(crate) fn solid(color: Color, width: f64) -> Self {
        Self { color, width, dash: Dash::Solid }
    }

    /// The lengths of dashes and gaps by turns, in pixels.
    pub(crate) fn dashes(self) -> Option<Vec<f64>> {
        let unit = self.width.max(1.0);
        let lengths: &[f64] = match self.dash {
            Dash::Solid => return None,
            Dash::Dashed => &[4.0, 2.5],
            Dash::Dotted => &[1.0, 1.8],
            Dash::DashDotted => &[5.0, 2.0, 1.2, 2.0],
        };
        Some(lengths.iter().map(|length| length * unit).collect())
    }
}

/// Which part of a text is at its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

/// A text on one line.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Text {
    /// Where the anchor is on the base line.
    pub(crate) at: Point,
    pub(crate) anchor: Anchor,
    pub(crate) size: f64,
    /// Clockwise, in degrees.
    pub(crate) angle: f64,
    pub(crate) color: Color,
    pub(crate) text: String,
}

/// One thing that is drawn.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Item {
    /// Lines through points, each at least two.
    Lines {
        lines: Vec<Vec<Point>>,
        stroke: Stroke,
    },
    /// A rectangle, whose edges lie on those of pixels.
    Area {
        rect: Rect,
        color: Color,
        opacity: f64,
    },
    /// What is within straight lines through points.
    Shape {
        points: Vec<Point>,
        color: Color,
        opacity: f64,
    },
    /// The outline of a rectangle.
    Box {
        rect: Rect,
        stroke: Stroke,
    },
    /// The same marker in many places.
    Markers {
        marker: Marker,
        size: f64,
        color: Color,
        at: Vec<Point>,
    },
    /// Rows of coloured cells over a rectangle; nothing is drawn for `None`.
    Cells {
        rect: Rect,
        columns: usize,
        cells: Vec<Option<Color>>,
    },
    Text(Text),
}

/// All of a picture.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Scene {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) items: Vec<Item>,
}

impl Scene {
    pub(crate) fn line(&mut self, from: Point, to: Point, stroke: Stroke) {
        self.items.push(Item::Lines { lines: vec![vec![from, to]], stroke });
    }

    pub(crate) fn text(&mut self, text: &str, at: Point, anchor: Anchor, size: f64) {
        self.turned_text(text, at, anchor, size, 0.0);
    }

    pub(crate) fn turned_text(
        &mut self,
        text: &str,
        at: Point,
        anchor: Anchor,
        size: f64,
        angle: f64,
    ) {
        let text = text.to_owned();
        self.items.push(Item::Text(Text { at, anchor, size, angle, color: Color::INK, text }));
    }
}

/// The outline of a marker around `(0, 0)`, as lines that are filled or stroked; nothing for discs.
pub(crate) fn outline(marker: Marker, size: f64) -> Option<Vec<Vec<Point>>> {
    let reach = size / 2.0;
    let half = reach * 0.9;
    Some(match marker {
        Marker::Circle | Marker::Point => return None,
        Marker::Square => vec![vec![[-half, -half], [half, -half], [half, half], [-half, half]]],
        Marker::Triangle => {
            vec![vec![
                [0.0, -reach * 1.1],
                [reach * 1.05, reach * 0.75],
                [-reach * 1.05, reach * 0.75],
            ]]
        }
        Marker::Diamond => {
            let tip = reach * 1.2;
            vec![vec![[0.0, -tip], [tip, 0.0], [0.0, tip], [-tip, 0.0]]]
        }
        Marker::Plus => {
            let tip = reach * 1.1;
            vec![vec![[-tip, 0.0], [tip, 0.0]], vec![[0.0, -tip], [0.0, tip]]]
        }
        Marker::Cross => {
            vec![vec![[-half, -half], [half, half]], vec![[-half, half], [half, -half]]]
        }
    })
}

impl Marker {
    /// Whether it consists of lines.
    pub(crate) fn is_stroked(self) -> bool {
        matches!(self, Self::Plus | Self::Cross)
    }

    /// The radius of a disc.
    pub(crate) fn radius(self, size: f64) -> f64 {
        if self == Self::Point { size / 4.0 } else { size / 2.0 }
    }
}
