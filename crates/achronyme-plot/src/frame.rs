//! The two axes of a panel: how far they reach, and what is on them.

use crate::axis::{Axis, Range};
use crate::number::real;
use crate::{Bars, Boxes, Heat, Line, Mark, Panel, Scale};

/// The two axes of a panel.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Frame {
    pub(crate) x: Axis,
    pub(crate) y: Axis,
}

impl Frame {
    /// Axes that show all of a panel, unless it has limits.
    pub(crate) fn of(panel: &Panel) -> Self {
        let mut frame = match panel.matrix() {
            Some(heat) => Self::over(heat),
            None => Self::around(panel),
        };
        if let Some(limits) = panel.xlim {
            let categories = frame.x.categories.take();
            frame.x = Axis { categories, ..Axis::between(limits, panel.xscale) };
        }
        if let Some(limits) = panel.ylim {
            let categories = frame.y.categories.take();
            frame.y = Axis { categories, ..Axis::between(limits, panel.yscale) };
        }
        frame
    }

    fn over(heat: &Heat) -> Self {
        let [left, right, lower, upper] = heat.ends();
        let mut x = Axis::between([left, right], Scale::Linear);
        let mut y = Axis::between([lower, upper], Scale::Linear);
        if heat.extent.is_none() {
            (x.is_whole, y.is_whole) = (true, true);
            let given = |labels: &Vec<String>| (!labels.is_empty()).then(|| labels.clone());
            (x.categories, y.categories) = (given(&heat.column_labels), given(&heat.row_labels));
        }
        Self { x, y }
    }

    fn around(panel: &Panel) -> Self {
        let mut bounds =
            Bounds { x: Range::EMPTY, y: Range::EMPTY, xscale: panel.xscale, yscale: panel.yscale };
        panel.series.iter().for_each(|series| bounds.add(&series.mark));
        panel.vlines.iter().for_each(|line| bounds.x.add(*line, panel.xscale));
        panel.hlines.iter().for_each(|line| bounds.y.add(*line, panel.yscale));
        let axis = |labels: Vec<String>, range, scale| match labels.is_empty() {
            true => Axis::around(range, scale),
            false => Axis::of(labels),
        };
        let x = axis(categories(panel, upright), bounds.x, panel.xscale);
        let mut y = axis(categories(panel, lying), bounds.y, panel.yscale);
        if y.categories.is_some() {
            // The first bar is above.
            (y.from, y.to) = (y.to, y.from);
        }
        Self { x, y }
    }
}

/// What must be on the axes.
struct Bounds {
    x: Range,
    y: Range,
    xscale: Scale,
    yscale: Scale,
}

impl Bounds {
    fn add(&mut self, mark: &Mark) {
        match mark {
            Mark::Line(line) => self.add_line(line),
            Mark::Bars(bars) => self.add_bars(bars),
            Mark::Histogram(histogram) => {
                histogram.edges.iter().for_each(|edge| self.x.add(*edge, self.xscale));
                histogram.counts.iter().for_each(|count| self.y.add(*count, self.yscale));
                self.begin_at_zero();
            }
            Mark::Boxes(Boxes { groups, .. }) => {
                groups.iter().flatten().for_each(|number| self.y.add(*number, self.yscale));
            }
            Mark::Band(band) => {
                for ((x, low), high) in band.x.iter().zip(&band.low).zip(&band.high) {
                    if !(x.is_nan() || low.is_nan() || high.is_nan()) {
                        self.x.add(*x, self.xscale);
                        self.y.add(*low, self.yscale);
                        self.y.add(*high, self.yscale);
                    }
                }
            }
            Mark::Spans(spans) => {
                spans.from.iter().chain(&spans.to).for_each(|end| self.x.add(*end, self.xscale));
                self.x.base = Some(self.x.lo);
            }
            // A matrix has the axes for itself.
            Mark::Heat(_) => {}
        }
    }

    fn add_line(&mut self, line: &Line) {
        let shown = |number: f64, scale| scale == Scale::Linear || number > 0.0;
        for (index, (x, y)) in line.x.iter().zip(&line.y).enumerate() {
            // What cannot be shown must not widen the axes.
            if x.is_nan() || y.is_nan() || !shown(*x, self.xscale) || !shown(*y, self.yscale) {
                continue;
            }
            self.x.add(*x, self.xscale);
            self.y.add(*y, self.yscale);
            if let Some(reach) = line.yerr.get(index) {
                self.y.add(y - reach, self.yscale);
                self.y.add(y + reach, self.yscale);
            }
        }
    }

    fn add_bars(&mut self, bars: &Bars) {
        for (index, value) in bars.values.iter().enumerate() {
            self.y.add(*value, self.yscale);
            if let Some(reach) = bars.yerr.get(index) {
                self.y.add(value - reach, self.yscale);
                self.y.add(value + reach, self.yscale);
            }
        }
        self.begin_at_zero();
    }

    fn begin_at_zero(&mut self) {
        self.y.add(0.0, self.yscale);
        self.y.base = Some(0.0);
    }
}

/// The texts below bars and boxes.
fn upright(mark: &Mark) -> &[String] {
    match mark {
        Mark::Bars(bars) => &bars.labels,
        Mark::Boxes(boxes) => &boxes.labels,
        Mark::Line(_) | Mark::Histogram(_) | Mark::Heat(_) | Mark::Band(_) | Mark::Spans(_) => &[],
    }
}

/// The texts beside bars that lie.
fn lying(mark: &Mark) -> &[String] {
    if let Mark::Spans(spans) = mark { &spans.labels } else { &[] }
}

/// The texts of all series, in the order in which they come first.
fn categories(panel: &Panel, labels: fn(&Mark) -> &[String]) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let mut known = std::collections::BTreeSet::new();
    for series in &panel.series {
        let labels = labels(&series.mark);
        for (index, label) in labels.iter().enumerate() {
            // Equal labels within one series are bars of their own.
            let nth = labels[..index.min(1000)].iter().filter(|other| *other == label).count();
            if known.insert((label.clone(), nth)) {
                all.push(label.clone());
            }
        }
    }
    all
}

/// The places of the bars or boxes with these labels on an axis.
pub(crate) fn places(axis: &Axis, labels: &[String]) -> Vec<f64> {
    let categories = axis.categories.as_deref().unwrap_or_default();
    if categories == labels {
        return (0..labels.len()).map(real).collect();
    }
    let mut known = std::collections::BTreeMap::<&str, Vec<usize>>::new();
    for (index, category) in categories.iter().enumerate().rev() {
        known.entry(category).or_default().push(index);
    }
    let place =
        |label: &String| known.get_mut(label.as_str()).and_then(Vec::pop).map_or(f64::NAN, real);
    labels.iter().map(place).collect()
}

impl Panel {
    /// The matrix that is shown, of which there can be only one.
    pub(crate) fn matrix(&self) -> Option<&Heat> {
        self.series
            .iter()
            .find_map(|series| if let Mark::Heat(heat) = &series.mark { Some(heat) } else { None })
    }
}

impl Heat {
    /// The left, right, lower and upper end on the axes.
    pub(crate) fn ends(&self) -> [f64; 4] {
        self.extent.unwrap_or_else(|| {
            [-0.5, real(self.columns.max(1)) - 0.5, real(self.rows.max(1)) - 0.5, -0.5]
        })
    }

    /// The numbers of the first and the last colour.
    pub(crate) fn span(&self) -> [f64; 2] {
        let mut range = Range::EMPTY;
        self.values.iter().for_each(|value| range.add(*value, Scale::Linear));
        if range.lo > range.hi {
            (range.lo, range.hi) = (0.0, 1.0);
        }
        let (min, max) = (self.min.unwrap_or(range.lo), self.max.unwrap_or(range.hi));
        if max - min > 1e-12 * min.abs().max(max.abs()) && max - min > 1e-290 {
            return [min, max];
        }
        match (self.min, self.max) {
            (Some(min), _) => [min, min + 1.0_f64.max(min.abs() * 0.1)],
            (None, Some(max)) => [max - 1.0_f64.max(max.abs() * 0.1), max],
            (None, None) => {
                let axis = Axis::around(Range { lo: min, hi: min, ..range }, Scale::Linear);
                [axis.from, axis.to]
            }
        }
    }
}
