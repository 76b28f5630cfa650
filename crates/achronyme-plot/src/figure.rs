//! Figures: what is to be shown, and how. Nothing here knows how it is drawn.

use crate::{Color, Colormap};

/// A picture of one or more panels.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// Above all panels; empty for none.
    pub title: String,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// How many panels stand side by side, at least one.
    pub columns: usize,
    /// Row by row. A picture without panels is white.
    pub panels: Vec<Panel>,
}

/// A pair of axes with the series between them.
#[derive(Clone, Debug, PartialEq)]
pub struct Panel {
    /// Above it; empty for none.
    pub title: String,
    /// Below the horizontal axis; empty for none.
    pub xlabel: String,
    /// Beside the vertical axis; empty for none.
    pub ylabel: String,
    /// The ends of the horizontal axis; if not given, they follow from the data.
    pub xlim: Option<[f64; 2]>,
    /// The ends of the vertical axis.
    pub ylim: Option<[f64; 2]>,
    /// How places follow from numbers on the horizontal axis.
    pub xscale: Scale,
    /// How places follow from numbers on the vertical axis.
    pub yscale: Scale,
    /// Whether the series that have labels are named.
    pub legend: bool,
    /// Whether there are lines behind the data.
    pub grid: bool,
    /// Where vertical lines are drawn.
    pub vlines: Vec<f64>,
    /// Where horizontal lines are drawn.
    pub hlines: Vec<f64>,
    /// Texts over the data.
    pub notes: Vec<Note>,
    /// What is shown, the first at the back.
    pub series: Vec<Series>,
}

/// How places on an axis follow from numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scale {
    /// Equal differences are equal distances.
    #[default]
    Linear,
    /// Equal ratios are equal distances; numbers that are not positive are not shown.
    Log,
}

/// Data that are shown together.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// Its name in the legend; empty for none.
    pub label: String,
    /// If not given, the next of the palette.
    pub color: Option<Color>,
    /// What is shown.
    pub mark: Mark,
}

/// What is shown of a series.
#[derive(Clone, Debug, PartialEq)]
pub enum Mark {
    /// Points, a line through them, or both.
    Line(Line),
    /// One bar for each label.
    Bars(Bars),
    /// Bars without gaps, over the bins of a histogram.
    Histogram(Histogram),
    /// One box with whiskers for each group.
    Boxes(Boxes),
    /// A matrix as colours.
    Heat(Heat),
    /// The area between two lines.
    Band(Band),
    /// Bars that lie, from one number to another.
    Spans(Spans),
}

/// Points, a line through them, or both. All lists have the same length.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// Where the points are, from left to right.
    pub x: Vec<f64>,
    /// Where they are, from below to above. NaN breaks the line.
    pub y: Vec<f64>,
    /// How far the error bars reach below and above each point; empty for none.
    pub yerr: Vec<f64>,
    /// What stands at each point.
    pub marker: Option<Marker>,
    /// Across a marker, in pixels.
    pub marker_size: f64,
    /// In pixels; 0 for no line.
    pub line_width: f64,
    /// Whether and how the line is broken.
    pub dash: Dash,
}

/// What stands at a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Marker {
    /// A disc.
    Circle,
    /// A square.
    Square,
    /// A triangle that points up.
    Triangle,
    /// A square on its tip.
    Diamond,
    /// Two lines, upright.
    Plus,
    /// Two lines, aslant.
    Cross,
    /// A small disc.
    Point,
}

/// Whether and how a line is broken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dash {
    /// Not broken.
    #[default]
    Solid,
    /// Into dashes.
    Dashed,
    /// Into dots.
    Dotted,
    /// Into dashes and dots by turns.
    DashDotted,
}

/// One bar for each label. All lists have the same length.
#[derive(Clone, Debug, PartialEq)]
pub struct Bars {
    /// What stands below the bars.
    pub labels: Vec<String>,
    /// Where they end; they begin at 0.
    pub values: Vec<f64>,
    /// How far the error bars reach below and above each end; empty for none.
    pub yerr: Vec<f64>,
}

/// How many, or how dense, in each bin.
#[derive(Clone, Debug, PartialEq)]
pub struct Histogram {
    /// Ascending; one more than there are bins.
    pub edges: Vec<f64>,
    /// One for each bin.
    pub counts: Vec<f64>,
}

/// One box with whiskers for each group.
#[derive(Clone, Debug, PartialEq)]
pub struct Boxes {
    /// What stands below the boxes; one for each group.
    pub labels: Vec<String>,
    /// The numbers of each group, in any order. NaN is left out.
    pub groups: Vec<Vec<f64>>,
}

/// A matrix as colours, its first row above.
#[derive(Clone, Debug, PartialEq)]
pub struct Heat {
    /// How many rows.
    pub rows: usize,
    /// How many columns.
    pub columns: usize,
    /// Row by row. NaN is left white.
    pub values: Vec<f64>,
    /// Which colours.
    pub colormap: Colormap,
    /// The number with the first colour; if not given, the least.
    pub min: Option<f64>,
    /// The number with the last colour; if not given, the greatest.
    pub max: Option<f64>,
    /// Whether a bar beside it says which colour is which number.
    pub colorbar: bool,
    /// What stands beside that bar; empty for nothing.
    pub colorbar_label: String,
    /// What stands beside the rows; empty for their indices.
    pub row_labels: Vec<String>,
    /// What stands below the columns; empty for their indices.
    pub column_labels: Vec<String>,
    /// Left, right, lower and upper end of the matrix on the axes; if not given, rows and columns
    /// are counted from 0, the first row above.
    pub extent: Option<[f64; 4]>,
    /// Whether each cell says its number.
    pub annotate: bool,
}

/// The area between two lines. All lists have the same length.
#[derive(Clone, Debug, PartialEq)]
pub struct Band {
    /// Where the points are, from left to right.
    pub x: Vec<f64>,
    /// The points of one line. NaN makes a gap.
    pub low: Vec<f64>,
    /// The points of the other one.
    pub high: Vec<f64>,
}

/// Bars that lie, one for each label, the first above. All lists have the same length.
#[derive(Clone, Debug, PartialEq)]
pub struct Spans {
    /// What stands beside the bars. Bars with the same labels, in several series, share a line.
    pub labels: Vec<String>,
    /// Where they begin. NaN is left out.
    pub from: Vec<f64>,
    /// Where they end.
    pub to: Vec<f64>,
}

/// A text at a place between the axes.
#[derive(Clone, Debug, PartialEq)]
pub struct Note {
    /// Where it is, from left to right; beside bars and boxes, they are counted from 0.
    pub x: f64,
    /// Where it is, from below to above; of bars that lie, they are counted from 0.
    pub y: f64,
    /// What it says.
    pub text: String,
    /// On which side of the place it stands.
    pub align: Align,
}

/// On which side of its place a text stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Align {
    /// It begins at the right of it.
    Left,
    /// Above it.
    #[default]
    Center,
    /// It ends at the left of it.
    Right,
}

impl Default for Figure {
    fn default() -> Self {
        Self { title: String::new(), width: 800, height: 500, columns: 1, panels: Vec::new() }
    }
}

impl Default for Panel {
    fn default() -> Self {
        Self {
            title: String::new(),
            xlabel: String::new(),
            ylabel: String::new(),
            xlim: None,
            ylim: None,
            xscale: Scale::Linear,
            yscale: Scale::Linear,
            legend: true,
            grid: true,
            vlines: Vec::new(),
            hlines: Vec::new(),
            notes: Vec::new(),
            series: Vec::new(),
        }
    }
}

impl From<Mark> for Series {
    fn from(mark: Mark) -> Self {
        Self { label: String::new(), color: None, mark }
    }
}

impl From<Panel> for Figure {
    fn from(panel: Panel) -> Self {
        Self { panels: vec![panel], ..Self::default() }
    }
}

impl Line {
    /// A line through points.
    #[must_use]
    pub fn through(x: Vec<f64>, y: Vec<f64>) -> Self {
        Self {
            x,
            y,
            yerr: Vec::new(),
            marker: None,
            marker_size: 6.0,
            line_width: 2.0,
            dash: Dash::Solid,
        }
    }

    /// Points without a line.
    #[must_use]
    pub fn scattered(x: Vec<f64>, y: Vec<f64>) -> Self {
        Self { marker: Some(Marker::Circle), line_width: 0.0, ..Self::through(x, y) }
    }
}

impl Heat {
    /// A matrix with the usual colours.
    #[must_use]
    pub fn of(rows: usize, columns: usize, values: Vec<f64>) -> Self {
        Self {
            rows,
            columns,
            values,
            colormap: Colormap::default(),
            min: None,
            max: None,
            colorbar: true,
            colorbar_label: String::new(),
            row_labels: Vec::new(),
            column_labels: Vec::new(),
            extent: None,
            annotate: false,
        }
    }
}

impl Panel {
    /// The colour of the series with this index.
    pub(crate) fn color(&self, index: usize) -> Color {
        self.series[index].color.unwrap_or_else(|| Color::turn(self.turn(index)))
    }

    /// How many series before this one take their colours from the palette.
    fn turn(&self, index: usize) -> usize {
        self.series[..index].iter().filter(|series| series.color.is_none()).count()
    }

    /// How the line of the series with this index is broken: when all colours have been used, that
    /// tells lines apart.
    pub(crate) fn dash(&self, index: usize, dash: Dash) -> Dash {
        let is_turn = self.series[index].color.is_none();
        match (dash, if is_turn { self.turn(index) / Color::TURNS } else { 0 }) {
            (Dash::Solid, 1) => Dash::Dashed,
            (Dash::Solid, 2) => Dash::Dotted,
            (Dash::Solid, 3..) => Dash::DashDotted,
            (dash, _) => dash,
        }
    }
}
