//! From the arguments of a plot to its figure, a record `{kind, series, options}`.

use achronyme_numeric::Error;
use achronyme_plot::Histogram;

use super::fields::{Fields, fault, given};
use super::{is_figure, read};
use crate::functions::Call;
use crate::numbers::Numbers;
use crate::{Fault, Store, View};

/// The options of every figure, those of some series, and those that are a parameter's name.
macro_rules! parameters {
    ($before:literal, $($more:literal),*) => {
        concat!(
            $before, "{title, xlabel, ylabel, width = 800, height = 500, xlim, ylim, xscale, yscale, ",
            "legend = true, grid = true, hline, vline, notes, file" $(, ", ", $more)*, "}"
        )
    };
}

/// The options of panels and figures, in the order in which they are kept.
const SHARED: &[&str] = &[
    "title", "xlabel", "ylabel", "width", "height", "xlim", "ylim", "xscale", "yscale", "legend",
    "grid", "hline", "vline", "notes", "rows", "columns",
];

/// What a kind of plot takes.
struct Kind {
    name: &'static str,
    parameters: &'static str,
    /// The arguments that the series keeps, by their names.
    places: &'static [&'static str],
    /// The options that the series keeps.
    options: &'static [&'static str],
}

const LINE: &[&str] =
    &["label", "color", "marker", "marker_size", "line_width", "line_style", "yerr"];

const KINDS: &[Kind] = &[
    Kind {
        name: "plot",
        parameters: parameters!(
            "x, y?, ",
            "label, color, marker, marker_size, line_width = 2, line_style, yerr"
        ),
        places: &["x", "y"],
        options: LINE,
    },
    Kind {
        name: "scatter",
        parameters: parameters!(
            "x, y?, ",
            "label, color, marker, marker_size, line_width = 0, line_style, yerr"
        ),
        places: &["x", "y"],
        options: LINE,
    },
    Kind {
        name: "bar",
        parameters: parameters!("labels, values, ", "label, color, yerr"),
        places: &["labels", "values"],
        options: &["label", "color", "yerr"],
    },
    Kind {
        name: "hist",
        parameters: parameters!("a, bins?, ", "label, color, range, density"),
        places: &[],
        options: &["label", "color"],
    },
    Kind {
        name: "boxplot",
        parameters: parameters!("data, ", "label, color, labels"),
        places: &["data"],
        options: &["label", "color", "labels"],
    },
    Kind {
        name: "heatmap",
        parameters: parameters!(
            "m, ",
            "colormap, min, max, colorbar, colorbar_label, row_labels, column_labels, ",
            "extent, annotate"
        ),
        places: &["m"],
        options: &[
            "colormap",
            "min",
            "max",
            "colorbar",
            "colorbar_label",
            "row_labels",
            "column_labels",
            "extent",
            "annotate",
        ],
    },
    Kind {
        name: "fill_between",
        parameters: parameters!("x, low, high, ", "label, color"),
        places: &["x", "low", "high"],
        options: &["label", "color"],
    },
    Kind {
        name: "gantt",
        parameters: parameters!("labels, starts, ends, ", "label, color"),
        places: &["labels", "starts", "ends"],
        options: &["label", "color"],
    },
    Kind { name: "figure", parameters: parameters!("",), places: &[], options: &[] },
    Kind { name: "plot_series", parameters: parameters!("series, ",), places: &[], options: &[] },
    Kind {
        name: "subplot",
        parameters: "figures, {rows, columns, title, width, height, file}",
        places: &[],
        options: &[],
    },
];

/// Whether figures have this kind.
pub(super) fn is_kind(name: &str) -> bool {
    KINDS.iter().any(|kind| kind.name == name)
}

/// `_figure(kind, arguments…)`
pub(super) fn figure<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let kind = arguments.first().map_or("", |kind| store.text(kind));
    let Some(kind) = KINDS.iter().find(|known| known.name == kind) else {
        return Err(Fault::type_error(format!("There is no plot '{kind}'")));
    };
    // What was left out comes as null.
    let count = arguments.iter().rposition(|value| store.view(value) != View::Null);
    let call = Call::new(store, kind.name, kind.parameters, &arguments[1..=count.unwrap_or(0)])?;
    let mut shared: Vec<(&str, S::Value)> = given(&call, SHARED).collect();
    let series = match kind.name {
        "figure" => Vec::new(),
        "plot_series" => collect(store, &call, &mut shared)?,
        "subplot" => {
            let figures = elements(store, &call, "figures")?;
            if figures.iter().any(|figure| !is_figure(store, figure)) {
                return Err(call.type_error("figures must be a vector of figures"));
            }
            figures
        }
        "hist" => vec![counted(store, &call, kind)?],
        _ => vec![one(store, &call, kind)?],
    };
    let file = call.option("file").cloned().unwrap_or_else(|| store.null());
    shared.push(("file", file));
    let kind_text = store.new_string(kind.name)?;
    let series = store.new_vector(&series)?;
    let options = record(store, &shared)?;
    let figure = record(store, &[("kind", kind_text), ("series", series), ("options", options)])?;
    let drawn = read::figure(store, kind.name, &figure)?;
    drawn.check().map_err(|error| fault(kind.name, Error::value(error.message)))?;
    Ok(figure)
}

fn record<S: Store>(store: &mut S, fields: &[(&str, S::Value)]) -> Result<S::Value, Fault> {
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.clone(), false)).collect();
    store.new_record(&fields)
}

/// The series of a plot that has one.
fn one<S: Store>(store: &mut S, call: &Call<S::Value>, kind: &Kind) -> Result<S::Value, Fault> {
    let mut fields = vec![("kind", store.new_string(kind.name)?)];
    for (index, name) in kind.places.iter().enumerate() {
        if let Some(value) = call.get(index) {
            fields.push((*name, value.clone()));
        }
    }
    if fields.len() == 1 {
        // Says which one is missing.
        call.at(0)?;
    }
    fields.extend(given(call, kind.options));
    record(store, &fields)
}

/// The series of a histogram: not the numbers, but how many there are in each bin.
fn counted<S: Store>(store: &mut S, call: &Call<S::Value>, kind: &Kind) -> Result<S::Value, Fault> {
    let real = |store: &S, place: usize| match call.numbers(store, place)? {
        Numbers::Real(_, data) => Ok(data.into_owned()),
        Numbers::Complex(..) => Err(call.wanted(store, place, "real numbers")),
    };
    let values = real(store, 0)?;
    let histogram = match call.get(1).map(|bins| store.view(bins)) {
        Some(View::Number(_)) | None => {
            let bins = call.count_or(store, 1, 10)?;
            let range = call.option("range").cloned().unwrap_or_else(|| store.null());
            let holder = record(store, &[("range", range)])?;
            let limits = Fields::of(store, kind.name, &holder)?.some("range")?;
            Histogram::of(&values, bins, limits)
        }
        Some(_) => {
            let edges = real(store, 1)?;
            if call.numbers(store, 1)?.rank() != 1 {
                return Err(call.wanted(store, 1, "a number or a vector of edges"));
            }
            Histogram::between(&values, edges)
        }
    };
    let mut histogram = histogram.map_err(|error| call.value_error(error.message))?;
    if call.flag(store, "density", false)? {
        histogram = histogram.density();
    }
    let mut fields = vec![("kind", store.new_string(kind.name)?)];
    let Histogram { edges, counts } = &histogram;
    fields.push(("edges", store.new_tensor(&[edges.len()], edges)?));
    fields.push(("counts", store.new_tensor(&[counts.len()], counts)?));
    fields.extend(given(call, kind.options));
    record(store, &fields)
}

/// The elements of the vector that is the first argument.
fn elements<S: Store>(
    store: &S,
    call: &Call<S::Value>,
    name: &str,
) -> Result<Vec<S::Value>, Fault> {
    let value = call.at(0)?;
    match store.view(value) {
        View::Vector => Ok(store.elements(value).to_vec()),
        View::Record => Ok(vec![value.clone()]),
        _ => Err(call.type_error(format!("{name} must be a vector of records"))),
    }
}

/// The series of records and figures together. Figures give their options, too, unless others are
/// given.
fn collect<S: Store>(
    store: &S,
    call: &Call<S::Value>,
    shared: &mut Vec<(&'static str, S::Value)>,
) -> Result<Vec<S::Value>, Fault> {
    let mut all = Vec::new();
    for part in elements(store, call, "series")? {
        if !is_figure(store, &part) {
            all.push(part);
            continue;
        }
        let fields = Fields::of(store, "plot_series", &part)?;
        let series = fields.get("series").filter(|series| store.view(series) == View::Vector);
        let Some(series) = series else { continue };
        if store.elements(&series).iter().any(|series| is_figure(store, series)) {
            return Err(call.value_error("a subplot cannot be a series"));
        }
        all.extend_from_slice(store.elements(&series));
        let Some(options) = fields.get("options") else { continue };
        let options = Fields::of(store, "plot_series", &options)?;
        for name in SHARED {
            let is_new = shared.iter().all(|(known, _)| known != name);
            if let Some(value) = options.get(name).filter(|_| is_new) {
                shared.push((name, value));
            }
        }
    }
    Ok(all)
}
