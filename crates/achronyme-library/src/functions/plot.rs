//! Plots: figures as records, and what becomes of them. The prelude calls `_figure` for every kind
//! of plot, and writes the figure to its file.

mod fields;
mod make;
mod read;
mod series;

use achronyme_plot::{DOTS_PER_INCH, Figure, TextOptions};
use machine::{Answer, Piece, Question, Stream};

use super::{Call, world};
use crate::builtin::row::rows;
use crate::{Fault, Store, View};

rows! {
    /// A figure of this kind, of these arguments.
    720 _figure("kind, ...") "" library make::figure;
    /// Writes a figure to a file, whose name ends with `.svg` or `.png`. The option `dpi` says how
    /// many pixels of a PNG picture are an inch: with the usual 96, the picture has as many pixels as
    /// the figure has; with 192, twice as many in both directions.
    ///
    /// An ending that is neither is an error of kind `ValueError`; one of kind `IOError` says that
    /// the file could not be written.
    721 save_plot("figure, path, {dpi = 96}") "plot" world ask_save, finish_save;
    /// Shows a figure as text: `width` letters in a line, about `height` lines for each panel. With
    /// `ascii: true` there are only letters such as a keyboard has, with `color: true` there are
    /// colours. A figure that is the value of a program, or that is printed, is shown so, too.
    722 show("figure, {width = 80, height = 22, ascii = false, color = false}") "plot"
        world ask_show, finish_show;
    /// The text that `show` writes.
    ///
    /// `contains(plot_text(plot([1, 2, 3], {title: "Up"})), "Up")` → `true`
    723 plot_text("figure, {width = 80, height = 22, ascii = false, color = false}") "plot"
        call text;
}

/// Whether a value is a figure: a record of exactly `kind`, `series` and `options`.
fn is_figure<S: Store>(store: &S, value: &S::Value) -> bool {
    if store.view(value) != View::Record {
        return false;
    }
    let fields = store.fields(value);
    let kind = fields.iter().find(|field| field.name == "kind");
    let is_kind = kind.is_some_and(|kind| {
        store.view(&kind.value) == View::String && make::is_kind(store.text(&kind.value))
    });
    is_kind
        && fields.len() == 3
        && ["series", "options"].iter().all(|name| fields.iter().any(|field| field.name == *name))
}

/// A figure as a terminal shows it, if the value is one that can be drawn.
pub(crate) fn shown<S: Store>(store: &S, value: &S::Value) -> Option<String> {
    if !is_figure(store, value) {
        return None;
    }
    let figure = read::figure(store, "show", value).ok()?;
    figure.text(&TextOptions::default()).ok()
}

/// The file that a figure was written to, if the value is a figure that has one.
pub(crate) fn file<S: Store>(store: &S, value: &S::Value) -> Option<String> {
    let options = is_figure(store, value).then(|| store.field(value, "options")).flatten()?;
    let file = store.field(&options, "file")?;
    (store.view(&file) == View::String).then(|| store.text(&file).to_owned())
}

/// The formats of files.
#[derive(Clone, Copy)]
enum Format {
    Svg,
    Png,
}

impl Format {
    /// The format that the name of a file says.
    fn of<V: Clone>(call: &Call<V>, path: &str) -> Result<Self, Fault> {
        let lower = path.to_ascii_lowercase();
        if lower.ends_with(".svg") {
            Ok(Self::Svg)
        } else if lower.ends_with(".png") {
            Ok(Self::Png)
        } else {
            let message = format!("the name of the file must end with .svg or .png, got '{path}'");
            Err(call.value_error(message))
        }
    }
}

fn ask_save<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<Question, Fault> {
    let call = Call::new(store, "save_plot", "figure, path, {dpi = 96}", arguments)?;
    let path = call.text(store, 1)?;
    let format = Format::of(&call, path)?;
    let dots_per_inch = call.number_option(store, "dpi", DOTS_PER_INCH)?;
    let figure = figure(store, &call, "save_plot")?;
    let content = match format {
        Format::Svg => figure.svg().map(String::into_bytes),
        Format::Png => figure.png(dots_per_inch),
    };
    let content = content.map_err(|error| call.value_error(error.message))?;
    Ok(Question::WriteFile { path: path.as_bytes().to_vec(), content })
}

fn finish_save<S: Store>(
    store: &mut S,
    arguments: &[S::Value],
    answer: &Answer,
) -> Result<S::Value, Fault> {
    match answer {
        Answer::Done => Ok(store.null()),
        _ => {
            let path = arguments.get(1).map_or("", |path| store.text(path));
            Err(world::unexpected(&format!("save_plot: Failed to write file '{path}'"), answer))
        }
    }
}

/// The figure that is the first argument.
fn figure<S: Store>(store: &S, call: &Call<S::Value>, name: &'static str) -> Result<Figure, Fault> {
    let value = call.at(0)?;
    if !is_figure(store, value) {
        return Err(call.wanted(store, 0, "a figure"));
    }
    read::figure(store, name, value)
}

fn text_of<S: Store>(
    store: &S,
    call: &Call<S::Value>,
    name: &'static str,
) -> Result<String, Fault> {
    let usual = TextOptions::default();
    let options = TextOptions {
        width: call.count_option(store, "width", usual.width)?,
        height: call.count_option(store, "height", usual.height)?,
        ascii: call.flag(store, "ascii", usual.ascii)?,
        color: call.flag(store, "color", usual.color)?,
    };
    let figure = figure(store, call, name)?;
    figure.text(&options).map_err(|error| call.value_error(error.message))
}

fn text<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let text = text_of(store, call, "plot_text")?;
    store.new_string(&text)
}

fn ask_show<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<Question, Fault> {
    let parameters = "figure, {width = 80, height = 22, ascii = false, color = false}";
    let call = Call::new(store, "show", parameters, arguments)?;
    let bytes = text_of(store, &call, "show")?.into_bytes();
    Ok(Question::Write(vec![Piece { stream: Stream::Output, bytes }]))
}

fn finish_show<S: Store>(
    store: &mut S,
    _: &[S::Value],
    answer: &Answer,
) -> Result<S::Value, Fault> {
    match answer {
        Answer::Done => Ok(store.null()),
        _ => Err(world::unexpected("Cannot write", answer)),
    }
}
