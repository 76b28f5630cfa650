//! From the record of a figure to what is drawn.

use achronyme_numeric::Error;
use achronyme_plot::{Figure, Note, Panel};

use super::fields::{Fields, fault};
use super::{is_figure, series};
use crate::{Fault, Store, View};

/// The figure that a record says. Errors are those of the function with this name.
pub(super) fn figure<S: Store>(
    store: &S,
    name: &'static str,
    value: &S::Value,
) -> Result<Figure, Fault> {
    let (series, options) = parts(store, name, value)?;
    let options = Fields::of(store, name, &options)?;
    if !series.iter().any(|part| is_figure(store, part)) {
        let mut figure = Figure::from(panel(store, name, &series, &options)?);
        figure.width = options.count("width")?.unwrap_or(figure.width);
        figure.height = options.count("height")?.unwrap_or(figure.height);
        return Ok(figure);
    }
    let mut panels = Vec::new();
    for part in &series {
        if !is_figure(store, part) {
            return Err(fault(name, Error::kind("figures must be a vector of figures")));
        }
        let (series, options) = parts(store, name, part)?;
        if series.iter().any(|part| is_figure(store, part)) {
            return Err(fault(name, Error::value("a subplot cannot be within another")));
        }
        let options = Fields::of(store, name, &options)?;
        panels.push(panel(store, name, &series, &options)?);
    }
    let (rows, columns) = grid(&options, panels.len())?;
    let side = |each: usize, count: usize, least: usize| {
        u32::try_from((each * count).clamp(least, 1600)).unwrap_or(1600)
    };
    Ok(Figure {
        title: options.text("title")?,
        width: options.count("width")?.unwrap_or(side(450, columns, 800)),
        height: options.count("height")?.unwrap_or(side(330, rows, 500)),
        columns,
        panels,
    })
}

/// How many rows and columns so many panels stand in.
fn grid<S: Store>(options: &Fields<'_, S>, count: usize) -> Result<(usize, usize), Fault> {
    let given = |name: &str| -> Result<Option<usize>, Fault> {
        match options.count(name)?.map(|count| usize::try_from(count).unwrap_or(usize::MAX)) {
            Some(0) => Err(options.value_error(format!("{name} must be 1 or more"))),
            given => Ok(given),
        }
    };
    let columns = match (given("rows")?, given("columns")?) {
        (Some(rows), Some(columns)) if rows.saturating_mul(columns) < count => {
            let message = format!("{count} figures do not fit in {rows} rows of {columns}");
            return Err(options.value_error(message));
        }
        (_, Some(columns)) => columns,
        (Some(rows), None) => count.div_ceil(rows),
        (None, None) => (1..=count).find(|columns| columns * columns >= count).unwrap_or(1),
    };
    Ok((count.div_ceil(columns.max(1)), columns.max(1)))
}

/// The series and the options of a figure.
fn parts<S: Store>(
    store: &S,
    name: &'static str,
    value: &S::Value,
) -> Result<(Vec<S::Value>, S::Value), Fault> {
    let fields = Fields::of(store, name, value)?;
    let wanted = || fields.type_error("expected a figure".to_owned());
    let series = fields.get("series").ok_or_else(wanted)?;
    let series = match store.view(&series) {
        View::Vector => store.elements(&series).to_vec(),
        // An empty vector may be one of numbers.
        View::Tensor => Vec::new(),
        _ => return Err(wanted()),
    };
    Ok((series, fields.get("options").ok_or_else(wanted)?))
}

fn panel<S: Store>(
    store: &S,
    name: &'static str,
    series: &[S::Value],
    options: &Fields<'_, S>,
) -> Result<Panel, Fault> {
    let mut panel = Panel {
        title: options.text("title")?,
        xlabel: options.text("xlabel")?,
        ylabel: options.text("ylabel")?,
        xlim: options.some("xlim")?,
        ylim: options.some("ylim")?,
        xscale: options.scale("xscale")?,
        yscale: options.scale("yscale")?,
        legend: options.flag("legend", true)?,
        grid: options.flag("grid", true)?,
        vlines: options.vector("vline")?.unwrap_or_default(),
        hlines: options.vector("hline")?.unwrap_or_default(),
        notes: notes(store, name, options)?,
        series: Vec::new(),
    };
    for record in series {
        panel.series.extend(series::read(&Fields::of(store, name, record)?)?);
    }
    Ok(panel)
}

/// The texts over the data: records `{x, y, text, align}`.
fn notes<S: Store>(
    store: &S,
    name: &'static str,
    options: &Fields<'_, S>,
) -> Result<Vec<Note>, Fault> {
    let Some(given) = options.get("notes") else { return Ok(Vec::new()) };
    let all = match store.view(&given) {
        View::Vector => store.elements(&given).to_vec(),
        _ => vec![given],
    };
    let read = |value: &S::Value| {
        let fields = Fields::of(store, name, value)?;
        fields.only(&["x", "y", "text", "align"])?;
        let number = |axis: &str| {
            let missing = || fields.type_error(format!("a note needs a number {axis}"));
            fields.number(axis)?.ok_or_else(missing)
        };
        let (x, y) = (number("x")?, number("y")?);
        Ok(Note { x, y, text: fields.text("text")?, align: fields.align("align")? })
    };
    all.iter().map(read).collect()
}
