//! Values in texts as formats say, and numbers that are written in texts.

use achronyme_numeric::ErrorKind;
use achronyme_text::{Argument, Piece, Spec};
use machine::Question;

use super::Call;
use super::world::{finish_write, output};
use crate::builtin::row::rows;
use crate::text::{self, Style};
use crate::{Fault, Store, View};

rows! {
    /// A text with values in it. `{}` stands for the next argument, `{0}` for the one at a place, and
    /// `{name}` for a field of a record among the arguments; `{{` and `}}` are braces. After a colon
    /// a field says how its value is shown: `[fill]align sign # 0 width , .precision type`, where
    /// all may be left out. The alignment is one of `< > ^`, the sign `+` or a blank, `#` shows the prefix of a
    /// base, `0` fills with zeros, `,` divides thousands. Types are `d` for integers, `f e g %` for
    /// numbers, `x b o` for integers in other bases, and `s` for texts; the precision counts decimal places,
    /// for `g` digits, and for texts characters.
    ///
    /// `format("{} and {1:.2f}", "a", 3.14159)` → `"a and 3.14"`
    /// `format("{:>6}|{:<6}|{:^6}", 1, 2, 3)` → `"     1|2     |  3   "`
    /// `format("{x:+.1e} {:#x} {:,}", 255, 1234567, {x: 12345})` → `"+1.2e+04 0xff 1,234,567"`
    760 format("text, ...") "strings" library format;
    /// Writes what `format` makes of the same arguments, without ending the line.
    761 printf("text, ...") "strings" world ask_printf, finish_write;
    /// The number that is written in a string, blanks around it aside: also `.5`, `5.`, `1_000`, `0x1F`,
    /// `0b101`, `0o17`, `inf`, `nan`, `Infinity` and `NaN`, with or without sign. What is written otherwise
    /// is an error, or the option `default` if it is given. A number is itself.
    ///
    /// `num(" -1.5e3 ")` → `-1500`
    /// `num("abc", {default: 0})` → `0`
    762 num("string, {default = null}") "strings" call num;
    /// The same as `num`.
    ///
    /// `parse_number("0x1F")` → `31`
    763 parse_number("string, {default = null}") "strings" call num;
}

fn format<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let text = formatted(store, "format", arguments)?;
    store.new_string(&text)
}

fn ask_printf<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<Question, Fault> {
    formatted(store, "printf", arguments).map(output)
}

/// The text that the arguments come to: the format, and what is to be shown.
fn formatted<S: Store>(store: &S, name: &str, arguments: &[S::Value]) -> Result<String, Fault> {
    let fault = |kind: ErrorKind, message: String| Fault {
        kind: kind.name(),
        message: format!("{name}: {message}"),
    };
    let Some((format, values)) = arguments.split_first() else {
        return Err(fault(ErrorKind::Type, "text must be a string".to_owned()));
    };
    if store.view(format) != View::String {
        let found = store.kind(format).name();
        return Err(fault(ErrorKind::Type, format!("text must be a string, got {found}")));
    }
    let value_error = |error: achronyme_text::Error| fault(ErrorKind::Value, error.0);
    let mut text = String::new();
    for piece in achronyme_text::pieces(store.text(format)).map_err(value_error)? {
        match piece {
            Piece::Text(piece) => text.push_str(&piece),
            Piece::Field(argument, spec) => {
                let value = argument_of(store, &argument, values)
                    .map_err(|message| fault(ErrorKind::Value, message))?;
                store.room(text.len().saturating_add(spec.size()))?;
                let plain = text::show(store, &value, Style::Plain)?;
                text.push_str(&shown(store, &spec, &value, &plain).map_err(value_error)?);
            }
        }
        text::check_length(&text)?;
    }
    Ok(text)
}

/// The value that a field shows, or why there is none.
fn argument_of<S: Store>(
    store: &S,
    argument: &Argument,
    values: &[S::Value],
) -> Result<S::Value, String> {
    match argument {
        Argument::Place(place) => values.get(*place).cloned().ok_or_else(|| {
            let count = values.len();
            let values = if count == 1 { "1 value".to_owned() } else { format!("{count} values") };
            format!("there is no value {place} for the text, which got {values}")
        }),
        Argument::Name(name) => {
            let mut records = values.iter().filter(|value| store.view(value) == View::Record);
            let found = records.find_map(|record| store.field(record, name));
            found.ok_or_else(|| format!("no record among the values has a field '{name}'"))
        }
    }
}

fn shown<S: Store>(
    store: &S,
    spec: &Spec,
    value: &S::Value,
    plain: &str,
) -> Result<String, achronyme_text::Error> {
    match store.view(value) {
        View::Number(number) => spec.number(number, plain),
        View::Complex(number) => spec.complex(number.re, number.im, plain),
        View::String => spec.text(plain),
        view => spec.text(plain).map_err(|_| spec.not_for(&format!("a {}", view.kind().name()))),
    }
}

fn num<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    if let View::Number(_) = store.view(call.at(0)?) {
        return Ok(call.at(0)?.clone());
    }
    let text = call.text(store, 0)?;
    if let Some(number) = achronyme_text::number(text) {
        return Ok(store.number(number));
    }
    if let Some(default) = call.option("default") {
        return Ok(default.clone());
    }
    if call.is_null("default") {
        return Ok(store.null());
    }
    let short: String = text.chars().take(60).collect();
    Err(call.value_error(format!("\"{short}\" is no number")))
}
