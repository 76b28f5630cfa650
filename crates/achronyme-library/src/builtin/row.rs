//! How rows of the table are written, beside the functions they are about.

use super::{Arity, Builtin};
use crate::Fault;

/// Declares rows, and what calls them by their number.
///
/// A row is documentation, number, name, parameters, module, and who runs it: `library` with a
/// function, `call` with a function that takes the arguments by their names, as a
/// [`Call`](crate::functions::Call), `each` or `each_call` for those of the two that may be
/// [in place](Builtin::in_place), `world` with a function that asks and one that finishes, or
/// `task`.
macro_rules! rows {
    ($(
        $(#[doc = $doc:literal])*
        $index:literal $name:ident($parameters:literal) $module:literal
        $engine:ident $($function:path),*;
    )*) => {
        /// The rows of this file.
        pub(crate) const ROWS: &[$crate::builtin::Builtin] = &[$(
            $crate::builtin::Builtin {
                index: $index,
                name: stringify!($name),
                module: $module,
                parameters: $parameters,
                arity: $crate::builtin::row::arity($parameters),
                doc: concat!($($doc, "\n"),*),
                engine: $crate::builtin::row::rows!(@engine $engine),
                in_place: $crate::builtin::row::is_in_place(stringify!($engine)),
            },
        )*];

        /// Calls the function with this number.
        pub(crate) fn call<S: $crate::Store>(
            index: u16,
            store: &mut S,
            arguments: &[S::Value],
        ) -> Result<S::Value, $crate::Fault> {
            match index {
                $($index => {
                    $crate::builtin::row::rows!(
                        @call $engine $($function),*; $name $parameters index store arguments
                    )
                })*
                _ => Err($crate::builtin::row::not_here(index)),
            }
        }

        /// What the function with this number wants from outside.
        pub(crate) fn ask<S: $crate::Store>(
            index: u16,
            store: &mut S,
            arguments: &[S::Value],
        ) -> Result<machine::Question, $crate::Fault> {
            match index {
                $($index => {
                    $crate::builtin::row::rows!(@ask $engine $($function),*; index store arguments)
                })*
                _ => Err($crate::builtin::row::not_here(index)),
            }
        }

        /// What the function with this number makes of the answer.
        pub(crate) fn finish<S: $crate::Store>(
            index: u16,
            store: &mut S,
            arguments: &[S::Value],
            answer: &machine::Answer,
        ) -> Result<S::Value, $crate::Fault> {
            match index {
                $($index => {
                    $crate::builtin::row::rows!(
                        @finish $engine $($function),*; index store arguments answer
                    )
                })*
                _ => Err($crate::builtin::row::not_here(index)),
            }
        }
    };
    (@engine library) => { $crate::builtin::Engine::Library };
    (@engine call) => { $crate::builtin::Engine::Library };
    (@engine each) => { $crate::builtin::Engine::Library };
    (@engine each_call) => { $crate::builtin::Engine::Library };
    (@engine world) => { $crate::builtin::Engine::World };
    (@engine task) => { $crate::builtin::Engine::Task };
    (@call library $function:path; $name:ident $parameters:literal $index:ident $store:ident $arguments:ident) => {
        $function($store, $arguments)
    };
    (@call each $($rest:tt)*) => { $crate::builtin::row::rows!(@call library $($rest)*) };
    (@call each_call $($rest:tt)*) => { $crate::builtin::row::rows!(@call call $($rest)*) };
    (@call call $function:path; $name:ident $parameters:literal $index:ident $store:ident $arguments:ident) => {{
        let name = stringify!($name);
        let call = $crate::functions::Call::new($store, name, $parameters, $arguments)?;
        $function($store, &call)
    }};
    (@call $engine:ident $($function:path),*; $name:ident $parameters:literal $index:ident $store:ident $arguments:ident) => {{
        let _ = (&$store, $arguments);
        Err($crate::builtin::row::not_here($index))
    }};
    (@ask world $ask:path, $finish:path; $index:ident $store:ident $arguments:ident) => {
        $ask($store, $arguments)
    };
    (@ask $engine:ident $($function:path),*; $index:ident $store:ident $arguments:ident) => {{
        let _ = (&$store, $arguments);
        Err($crate::builtin::row::not_here($index))
    }};
    (@finish world $ask:path, $finish:path; $index:ident $store:ident $arguments:ident $answer:ident) => {
        $finish($store, $arguments, $answer)
    };
    (@finish $engine:ident $($function:path),*; $index:ident $store:ident $arguments:ident $answer:ident) => {{
        let _ = (&$store, $arguments, $answer);
        Err($crate::builtin::row::not_here($index))
    }};
}

pub(crate) use rows;

/// Whether functions with this engine word are [in place](Builtin::in_place).
pub(crate) const fn is_in_place(engine: &str) -> bool {
    matches!(engine.as_bytes(), b"each" | b"each_call")
}

/// How many values a function with these parameters takes.
pub(crate) const fn arity(parameters: &str) -> Arity {
    let text = parameters.as_bytes();
    if text.is_empty() {
        return Arity { min: 0, max: Some(0) };
    }
    let (mut count, mut optional, mut may_lack, mut at) = (1, 0, false, 0);
    while at < text.len() {
        match text[at] {
            b',' => {
                count += 1;
                optional += may_lack as u8;
                may_lack = false;
            }
            b'?' | b'=' => may_lack = true,
            b'.' if at + 2 < text.len() && text[at + 1] == b'.' && text[at + 2] == b'.' => {
                return Arity { min: count - 1 - optional, max: None };
            }
            b'{' => {
                may_lack = true;
                at = text.len();
            }
            _ => {}
        }
        at += 1;
    }
    Arity { min: count - optional - may_lack as u8, max: Some(count) }
}

/// Every number below this may be one of a function.
pub(super) const LIMIT: usize = 1024;

/// The rows at their numbers, of which not all are taken.
pub(super) const fn at_numbers(areas: &[&'static [Builtin]]) -> [Option<&'static Builtin>; LIMIT] {
    let mut table = [None; LIMIT];
    let mut area = 0;
    while area < areas.len() {
        let mut row = 0;
        while row < areas[area].len() {
            let builtin = &areas[area][row];
            let index = builtin.index as usize;
            assert!(index < LIMIT, "a number is beyond the limit");
            assert!(table[index].is_none(), "two rows have the same number");
            table[index] = Some(builtin);
            row += 1;
        }
        area += 1;
    }
    table
}

/// The rows in the order of their numbers.
pub(super) const fn in_order<const COUNT: usize>(
    table: &[Option<&'static Builtin>; LIMIT],
) -> [&'static Builtin; COUNT] {
    let mut rows: [Option<&'static Builtin>; COUNT] = [None; COUNT];
    let (mut index, mut place) = (0, 0);
    while index < LIMIT {
        if table[index].is_some() {
            rows[place] = table[index];
            place += 1;
        }
        index += 1;
    }
    let Some(first) = rows[0] else { panic!("no function is declared") };
    let mut all = [first; COUNT];
    let mut place = 0;
    while place < COUNT {
        if let Some(row) = rows[place] {
            all[place] = row;
        }
        place += 1;
    }
    all
}

/// How many rows there are.
pub(super) const fn count(areas: &[&[Builtin]]) -> usize {
    let (mut count, mut area) = (0, 0);
    while area < areas.len() {
        count += areas[area].len();
        area += 1;
    }
    count
}

/// The error that an engine asks the wrong one to run a function.
#[cold]
pub(crate) fn not_here(index: u16) -> Fault {
    Fault::new(format!("Function {index} of the library cannot be called in this way"))
}
