//! Texts with places for values, as `format` takes them.

mod digits;
mod spec;

pub use spec::Spec;

use crate::Error;

/// A part of such a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Text that stands for itself.
    Text(String),
    /// A value, and how it is shown.
    Field(Argument, Spec),
}

/// Which value a field shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Argument {
    /// The argument at this place, from 0.
    Place(usize),
    /// The field with this name of a record.
    Name(String),
}

/// The parts of a text with fields: `{}` is the next argument, `{0}` the one at a place, `{name}` a
/// field of a record, each with a specification after `:`; `{{` and `}}` are braces.
///
/// # Errors
/// A brace has no other one, or what stands between braces is no field.
pub fn pieces(text: &str) -> Result<Vec<Piece>, Error> {
    let mut pieces = Vec::new();
    let mut plain = String::new();
    let mut next = 0;
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        plain.push_str(&rest[..at]);
        let brace = &rest[at..=at];
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix(brace) {
            plain.push_str(brace);
            rest = after;
            continue;
        }
        if brace == "}" {
            return Err(Error::new("a single '}': write '}}' for a brace"));
        }
        let Some(end) = rest.find(['{', '}']).filter(|end| rest[*end..].starts_with('}')) else {
            return Err(Error::new("a '{' without '}': write '{{' for a brace"));
        };
        if !plain.is_empty() {
            pieces.push(Piece::Text(std::mem::take(&mut plain)));
        }
        let (name, spec) = rest[..end].split_once(':').unwrap_or((&rest[..end], ""));
        let argument = argument(name, &mut next)?;
        pieces.push(Piece::Field(argument, Spec::parse(spec)?));
        rest = &rest[end + 1..];
    }
    plain.push_str(rest);
    if !plain.is_empty() {
        pieces.push(Piece::Text(plain));
    }
    Ok(pieces)
}

fn argument(name: &str, next: &mut usize) -> Result<Argument, Error> {
    if name.is_empty() {
        *next += 1;
        return Ok(Argument::Place(*next - 1));
    }
    if name.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(Argument::Place(name.parse().unwrap_or(usize::MAX)));
    }
    if name.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_alphanumeric() || c == '_')
    {
        return Ok(Argument::Name(name.to_owned()));
    }
    Err(Error::new(format!("'{{{name}}}' names no argument")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn fields_and_braces_are_told_apart() {
        let field = |argument| Piece::Field(argument, Spec::parse("").unwrap_or_default());
        let text = |text: &str| Piece::Text(text.to_owned());
        assert_eq!(
            pieces("a{}{{{1}}}{b}{}"),
            Ok(vec![
                text("a"),
                field(Argument::Place(0)),
                text("{"),
                field(Argument::Place(1)),
                text("}"),
                field(Argument::Name("b".to_owned())),
                field(Argument::Place(1)),
            ])
        );
        assert_eq!(pieces(""), Ok(Vec::new()));
        for wrong in ["{", "}", "{0", "a}b", "{a b}", "{:q}", "{{}", "{:{}}", "{-1}", "{0.5}"] {
            assert!(pieces(wrong).is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn no_text_is_too_strange(text in "[{}:0-9a-z<^,.#éß]{0,12}") {
            drop(pieces(&text));
        }
    }
}
