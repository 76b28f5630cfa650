//! Whether a figure can be drawn.

use crate::{Error, Figure, Line, Mark, Panel, Scale, Series};

/// The largest number that is drawn: sums and differences of such stay finite.
pub(crate) const NUMBER_MAX: f64 = 1e300;
/// How long and how wide a picture may be, in pixels.
const SIDE: std::ops::RangeInclusive<u32> = 40..=10_000;
/// How many panels a figure may have.
const PANELS_MAX: usize = 400;

impl Figure {
    /// Whether it can be drawn. Whatever draws a figure asks this first.
    ///
    /// # Errors
    ///
    /// If there are infinite or enormous numbers, lists whose lengths differ, limits that are equal
    /// or not on the axis, or sizes out of all proportion.
    pub fn check(&self) -> Result<(), Error> {
        for (name, side) in [("width", self.width), ("height", self.height)] {
            if !SIDE.contains(&side) {
                let (least, most) = (SIDE.start(), SIDE.end());
                return Err(Error::new(format!("{name} must be {least} to {most}, got {side}")));
            }
        }
        if self.columns == 0 {
            return Err(Error::new("a figure needs at least one column"));
        }
        if self.panels.len() > PANELS_MAX {
            return Err(Error::new(format!("more than {PANELS_MAX} panels")));
        }
        self.panels.iter().try_for_each(Panel::check)
    }
}

impl Panel {
    fn check(&self) -> Result<(), Error> {
        for (name, limits, scale) in
            [("xlim", self.xlim, self.xscale), ("ylim", self.ylim, self.yscale)]
        {
            let Some([from, to]) = limits else { continue };
            finite(name, &[from, to])?;
            if from.is_nan() || to.is_nan() {
                return Err(Error::new(format!("{name} is not a number")));
            }
            if from.total_cmp(&to).is_eq() {
                return Err(Error::new(format!("{name} has two equal ends: {from}")));
            }
            if scale == Scale::Log && from.min(to) <= 0.0 {
                return Err(Error::new(format!("{name} of a logarithmic axis must be positive")));
            }
        }
        finite("vline", &self.vlines)?;
        finite("hline", &self.hlines)?;
        for note in &self.notes {
            finite("the place of a note", &[note.x, note.y])?;
            if note.x.is_nan() || note.y.is_nan() {
                return Err(Error::new("the place of a note is not a number"));
            }
        }
        let has = |is: fn(&Mark) -> bool| self.series.iter().any(|series| is(&series.mark));
        if has(|mark| matches!(mark, Mark::Spans(_)))
            && has(|mark| !matches!(mark, Mark::Spans(_) | Mark::Line(_) | Mark::Band(_)))
        {
            return Err(Error::new("only lines and areas go together with bars that lie"));
        }
        self.series.iter().try_for_each(Series::check)
    }
}

impl Series {
    fn check(&self) -> Result<(), Error> {
        match &self.mark {
            Mark::Line(line) => line.check(),
            Mark::Bars(bars) => {
                same("labels", bars.labels.len(), "values", bars.values.len())?;
                errors(&bars.yerr, bars.values.len())?;
                finite("the data", &bars.values)
            }
            Mark::Histogram(histogram) => {
                if histogram.edges.len() != histogram.counts.len() + 1 {
                    return Err(Error::new("a histogram has one edge more than bins"));
                }
                if histogram.edges.iter().any(|edge| edge.is_nan())
                    || histogram.edges.windows(2).any(|pair| pair[0] >= pair[1])
                {
                    return Err(Error::new("the edges of bins must ascend"));
                }
                finite("the data", &histogram.edges)?;
                finite("the data", &histogram.counts)
            }
            Mark::Boxes(boxes) => {
                same("labels", boxes.labels.len(), "groups", boxes.groups.len())?;
                boxes.groups.iter().try_for_each(|group| finite("the data", group))
            }
            Mark::Heat(heat) => heat.check(),
            Mark::Band(band) => {
                same("low", band.low.len(), "x", band.x.len())?;
                same("high", band.high.len(), "x", band.x.len())?;
                [&band.x, &band.low, &band.high].iter().try_for_each(|it| finite("the data", it))
            }
            Mark::Spans(spans) => {
                same("labels", spans.labels.len(), "starts", spans.from.len())?;
                same("ends", spans.to.len(), "starts", spans.from.len())?;
                finite("the data", &spans.from)?;
                finite("the data", &spans.to)
            }
        }
    }
}

impl Line {
    fn check(&self) -> Result<(), Error> {
        same("x", self.x.len(), "y", self.y.len())?;
        errors(&self.yerr, self.y.len())?;
        size("line_width", self.line_width)?;
        size("marker_size", self.marker_size)?;
        finite("the data", &self.x)?;
        finite("the data", &self.y)
    }
}

impl crate::Heat {
    fn check(&self) -> Result<(), Error> {
        if self.rows.checked_mul(self.columns) != Some(self.values.len()) {
            let Self { rows, columns, values, .. } = self;
            let found = values.len();
            return Err(Error::new(format!("{rows} × {columns} cells, but {found} numbers")));
        }
        for (name, labels, wanted) in [
            ("row_labels", &self.row_labels, self.rows),
            ("column_labels", &self.column_labels, self.columns),
        ] {
            if !labels.is_empty() {
                same(name, labels.len(), "the matrix", wanted)?;
            }
        }
        finite("the data", &self.values)?;
        let ends = [self.min, self.max].map(|end| end.unwrap_or(0.0));
        finite("min or max", &ends)?;
        if ends.iter().any(|end| end.is_nan()) {
            return Err(Error::new("min or max is not a number"));
        }
        if let (Some(min), Some(max)) = (self.min, self.max)
            && min >= max
        {
            return Err(Error::new(format!("min must be less than max, got {min} and {max}")));
        }
        let Some([left, right, lower, upper]) = self.extent else { return Ok(()) };
        finite("extent", &[left, right, lower, upper])?;
        let is_flat =
            |from: f64, to: f64| from.is_nan() || to.is_nan() || from.total_cmp(&to).is_eq();
        if is_flat(left, right) || is_flat(lower, upper) {
            return Err(Error::new("extent must have two different numbers for each axis"));
        }
        Ok(())
    }
}

/// Whether no number is infinite or beyond what is drawn.
fn finite(name: &str, numbers: &[f64]) -> Result<(), Error> {
    match numbers.iter().find(|number| number.abs() > NUMBER_MAX) {
        None => Ok(()),
        Some(number) if number.is_infinite() => {
            Err(Error::new(format!("{name} has an infinite number")))
        }
        Some(number) => {
            Err(Error::new(format!("{name} has a number too large to be drawn: {number:e}")))
        }
    }
}

fn same(name: &str, length: usize, other: &str, wanted: usize) -> Result<(), Error> {
    if length == wanted {
        return Ok(());
    }
    Err(Error::new(format!("{name} has {length} elements, {other} has {wanted}")))
}

fn errors(yerr: &[f64], wanted: usize) -> Result<(), Error> {
    if !yerr.is_empty() {
        same("yerr", yerr.len(), "y", wanted)?;
    }
    if yerr.iter().any(|reach| *reach < 0.0) {
        return Err(Error::new("yerr has a negative number"));
    }
    finite("yerr", yerr)
}

fn size(name: &str, pixels: f64) -> Result<(), Error> {
    if (0.0..=200.0).contains(&pixels) {
        return Ok(());
    }
    Err(Error::new(format!("{name} must be 0 to 200, got {pixels}")))
}
