//! From the record of a series to what is drawn.

use achronyme_numeric::Error;
use achronyme_plot::{
    Band, Bars, Boxes, Colormap, Heat, Histogram, Line, Mark, Marker, Series, Spans,
};

use super::fields::{Fields, Shaped, fault};
use crate::{Fault, Store, View};

/// The fields of each kind of series.
const LINE: &[&str] = &[
    "kind",
    "x",
    "y",
    "label",
    "color",
    "marker",
    "marker_size",
    "line_width",
    "line_style",
    "yerr",
];
const BAR: &[&str] = &["kind", "labels", "values", "x", "y", "label", "color", "yerr"];
const HIST: &[&str] =
    &["kind", "edges", "counts", "a", "x", "bins", "range", "density", "label", "color"];
const BOXPLOT: &[&str] = &["kind", "data", "labels", "label", "color"];
const HEATMAP: &[&str] = &[
    "kind",
    "m",
    "colormap",
    "min",
    "max",
    "colorbar",
    "colorbar_label",
    "row_labels",
    "column_labels",
    "extent",
    "annotate",
];

const FILL_BETWEEN: &[&str] = &["kind", "x", "low", "high", "label", "color"];
const GANTT: &[&str] = &["kind", "labels", "starts", "ends", "label", "color"];

/// What a record says is drawn: one series, or one for each row of a matrix.
pub(super) fn read<S: Store>(fields: &Fields<'_, S>) -> Result<Vec<Series>, Fault> {
    let kind = fields.text("kind")?;
    match kind.as_str() {
        "" | "plot" | "line" | "scatter" => {
            fields.only(LINE)?;
            lines(fields, kind == "scatter")
        }
        "bar" => {
            fields.only(BAR)?;
            bars(fields)
        }
        "hist" => {
            fields.only(HIST)?;
            histogram(fields)
        }
        "boxplot" => {
            fields.only(BOXPLOT)?;
            boxes(fields)
        }
        "heatmap" => {
            fields.only(HEATMAP)?;
            heat(fields)
        }
        "fill_between" => {
            fields.only(FILL_BETWEEN)?;
            band(fields)
        }
        "gantt" => {
            fields.only(GANTT)?;
            spans(fields)
        }
        other => Err(fields.value_error(format!(
            "a series is of kind plot, scatter, bar, hist, boxplot, heatmap, fill_between or gantt, \
             got \"{other}\""
        ))),
    }
}

/// One series of each row of numbers; labels and colours may be vectors, too.
fn rows<S: Store>(
    fields: &Fields<'_, S>,
    (shape, data): Shaped,
    make: impl Fn(Vec<f64>) -> Result<Mark, Fault>,
) -> Result<Vec<Series>, Fault> {
    let rows: Vec<Vec<f64>> = match shape[..] {
        [] | [_] => vec![data],
        [rows, columns] => {
            (0..rows).map(|row| data[row * columns..(row + 1) * columns].to_vec()).collect()
        }
        _ => {
            let message = format!("expected a vector or a matrix, got an array of shape {shape:?}");
            return Err(fault(fields.name, Error::shape(message)));
        }
    };
    let series = rows.into_iter().enumerate().map(|(index, row)| {
        Ok(Series { label: fields.label(index)?, color: fields.color(index)?, mark: make(row)? })
    });
    series.collect()
}

#[expect(clippy::cast_precision_loss, reason = "no list has 2^53 numbers")]
fn lines<S: Store>(fields: &Fields<'_, S>, is_scattered: bool) -> Result<Vec<Series>, Fault> {
    let missing = || fields.type_error("x must be a vector or tensor of numbers".to_owned());
    let (x, y) = match fields.array("y")? {
        Some(y) => (fields.vector("x")?, y),
        None => (None, fields.array("x")?.ok_or_else(missing)?),
    };
    let yerr = match fields.get("yerr").map(|value| fields.store.view(&value)) {
        Some(View::Number(reach)) => vec![reach; y.0.last().copied().unwrap_or(1)],
        _ => fields.vector("yerr")?.unwrap_or_default(),
    };
    let marker = fields.marker(is_scattered.then_some(Marker::Circle))?;
    let line_width = fields.number("line_width")?.unwrap_or(if is_scattered { 0.0 } else { 2.0 });
    let marker_size = fields.number("marker_size")?.unwrap_or(6.0);
    let dash = fields.dash("line_style")?;
    rows(fields, y, |y| {
        let x = x.clone().unwrap_or_else(|| (0..y.len()).map(|index| index as f64).collect());
        if x.len() != y.len() {
            let message = format!("x has {} elements, y has {}", x.len(), y.len());
            return Err(fault(fields.name, Error::shape(message)));
        }
        let yerr = yerr.clone();
        Ok(Mark::Line(Line { x, y, yerr, marker, marker_size, line_width, dash }))
    })
}

fn bars<S: Store>(fields: &Fields<'_, S>) -> Result<Vec<Series>, Fault> {
    let (labels, values) = match fields.array("values")? {
        Some(values) => ("labels", values),
        None => {
            let missing = || fields.type_error("values must be a vector of numbers".to_owned());
            ("x", fields.array("y")?.ok_or_else(missing)?)
        }
    };
    let labels = fields.texts(labels)?;
    let yerr = match fields.get("yerr").map(|value| fields.store.view(&value)) {
        Some(View::Number(reach)) => vec![reach; labels.len()],
        _ => fields.vector("yerr")?.unwrap_or_default(),
    };
    rows(fields, values, |values| {
        if labels.len() != values.len() {
            let message =
                format!("labels has {} elements, values has {}", labels.len(), values.len());
            return Err(fault(fields.name, Error::shape(message)));
        }
        Ok(Mark::Bars(Bars { labels: labels.clone(), values, yerr: yerr.clone() }))
    })
}

fn histogram<S: Store>(fields: &Fields<'_, S>) -> Result<Vec<Series>, Fault> {
    let label = fields.label(0)?;
    let color = fields.color(0)?;
    if let (Some(edges), Some(counts)) = (fields.vector("edges")?, fields.vector("counts")?) {
        return Ok(vec![Series {
            label,
            color,
            mark: Mark::Histogram(Histogram { edges, counts }),
        }]);
    }
    let values = if fields.get("a").is_some() { fields.array("a")? } else { fields.array("x")? };
    let missing = || fields.type_error("a must be a vector of numbers".to_owned());
    let (_, values) = values.ok_or_else(missing)?;
    let limits = fields.some("range")?;
    let histogram = match fields.get("bins").map(|value| fields.store.view(&value)) {
        None => Histogram::of(&values, 10, limits),
        Some(View::Number(_)) => {
            let bins = fields.count("bins")?.unwrap_or(10);
            Histogram::of(&values, usize::try_from(bins).unwrap_or(usize::MAX), limits)
        }
        Some(_) => Histogram::between(&values, fields.vector("bins")?.unwrap_or_default()),
    };
    let mut histogram = histogram.map_err(|error| fields.value_error(error.message))?;
    if fields.flag("density", false)? {
        histogram = histogram.density();
    }
    Ok(vec![Series { label, color, mark: Mark::Histogram(histogram) }])
}

fn boxes<S: Store>(fields: &Fields<'_, S>) -> Result<Vec<Series>, Fault> {
    let wanted =
        || fields.type_error("data must be a vector of numbers, or a vector of such".to_owned());
    let value = fields.get("data").ok_or_else(wanted)?;
    let is_ragged = fields.store.view(&value) == View::Vector
        && crate::numbers::of(fields.store, &value).is_none();
    let groups = if is_ragged {
        let elements = fields.store.elements(&value).iter();
        let groups = elements.map(|element| match crate::numbers::of(fields.store, element) {
            Some(crate::numbers::Numbers::Real(shape, data)) if shape.len() <= 1 => {
                Ok(data.to_vec())
            }
            _ => Err(wanted()),
        });
        groups.collect::<Result<Vec<_>, _>>()?
    } else {
        match fields.array("data")?.ok_or_else(wanted)? {
            (shape, data) if shape.len() <= 1 => vec![data],
            (shape, data) if shape.len() == 2 => {
                data.chunks(shape[1].max(1)).map(<[f64]>::to_vec).collect()
            }
            _ => return Err(wanted()),
        }
    };
    let mut labels = fields.texts("labels")?;
    if labels.is_empty() {
        labels = (1..=groups.len()).map(|index| index.to_string()).collect();
    }
    let mark = Mark::Boxes(Boxes { labels, groups });
    Ok(vec![Series { label: fields.label(0)?, color: fields.color(0)?, mark }])
}

fn heat<S: Store>(fields: &Fields<'_, S>) -> Result<Vec<Series>, Fault> {
    let wanted = || fields.type_error("m must be a matrix".to_owned());
    let (shape, values) = fields.array("m")?.ok_or_else(wanted)?;
    let [rows, columns] = match shape[..] {
        [0] => [0, 0],
        [rows, columns] => [rows, columns],
        _ => {
            let message = format!("m must be a matrix, got an array of shape {shape:?}");
            return Err(fault(fields.name, Error::shape(message)));
        }
    };
    let colormap = match fields.text("colormap")? {
        name if name.is_empty() => Colormap::default(),
        name => Colormap::named(&name).map_err(|error| fields.value_error(error.message))?,
    };
    let heat = Heat {
        colormap,
        min: fields.number("min")?,
        max: fields.number("max")?,
        colorbar: fields.flag("colorbar", true)?,
        colorbar_label: fields.text("colorbar_label")?,
        row_labels: fields.texts("row_labels")?,
        column_labels: fields.texts("column_labels")?,
        extent: fields.some("extent")?,
        annotate: fields.flag("annotate", false)?,
        ..Heat::of(rows, columns, values)
    };
    Ok(vec![Mark::Heat(heat).into()])
}

/// The numbers of a field that has to be there.
fn needed<S: Store>(fields: &Fields<'_, S>, name: &str) -> Result<Vec<f64>, Fault> {
    let missing = || fields.type_error(format!("{name} must be a vector of numbers"));
    fields.vector(name)?.ok_or_else(missing)
}

fn band<S: Store>(fields: &Fields<'_, S>) -> Result<Vec<Series>, Fault> {
    let x = needed(fields, "x")?;
    // A number is the same everywhere.
    let edge = |name: &str| match fields.get(name).map(|value| fields.store.view(&value)) {
        Some(View::Number(height)) => Ok(vec![height; x.len()]),
        _ => needed(fields, name),
    };
    let (low, high) = (edge("low")?, edge("high")?);
    let mark = Mark::Band(Band { x, low, high });
    Ok(vec![Series { label: fields.label(0)?, color: fields.color(0)?, mark }])
}

fn spans<S: Store>(fields: &Fields<'_, S>) -> Result<Vec<Series>, Fault> {
    let labels = fields.texts("labels")?;
    let (from, to) = (needed(fields, "starts")?, needed(fields, "ends")?);
    let mark = Mark::Spans(Spans { labels, from, to });
    Ok(vec![Series { label: fields.label(0)?, color: fields.color(0)?, mark }])
}
