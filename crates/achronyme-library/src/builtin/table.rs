//! All rows, and the way from a name or a number to what it stands for.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use machine::{Answer, Question};

use super::row::{count, in_order, not_here};
use super::{Arity, Builtin};
use crate::{Fault, Store, functions};

/// Declares the areas of the table.
macro_rules! areas {
    ($($number:literal $area:ident $title:literal;)*) => {
        const AREAS: &[&[Builtin]] = &[$(functions::$area::ROWS),*];

        /// What the areas are about.
        const TITLES: &[&str] = &[$($title),*];

        /// In which area each function lies.
        static AREA_OF: [u8; COUNT] = {
            let mut area_of = [0; COUNT];
            $({
                let rows = functions::$area::ROWS;
                let mut row = 0;
                while row < rows.len() {
                    area_of[rows[row].index as usize] = $number;
                    row += 1;
                }
            })*
            area_of
        };

        /// Calls a function that this crate runs, after its arity was checked.
        ///
        /// # Errors
        /// What the function finds wrong with its arguments, or a wrong number of them.
        pub fn call<S: Store>(
            index: u16,
            store: &mut S,
            arguments: &[S::Value],
        ) -> Result<S::Value, Fault> {
            check_arity(index, arguments.len())?;
            match AREA_OF.get(usize::from(index)) {
                $(Some($number) => functions::$area::call(index, store, arguments),)*
                _ => Err(not_here(index)),
            }
        }

        /// What a function wants from outside, after its arity was checked. The engine asks it,
        /// and gives the answer to [`finish`] with the same arguments.
        ///
        /// # Errors
        /// What the function finds wrong with its arguments, or a wrong number of them.
        pub fn ask<S: Store>(
            index: u16,
            store: &mut S,
            arguments: &[S::Value],
        ) -> Result<Question, Fault> {
            check_arity(index, arguments.len())?;
            match AREA_OF.get(usize::from(index)) {
                $(Some($number) => functions::$area::ask(index, store, arguments),)*
                _ => Err(not_here(index)),
            }
        }

        /// What a function makes of the answer to its question.
        ///
        /// # Errors
        /// What the outside could not do, where that is no value.
        pub fn finish<S: Store>(
            index: u16,
            store: &mut S,
            arguments: &[S::Value],
            answer: &Answer,
        ) -> Result<S::Value, Fault> {
            match AREA_OF.get(usize::from(index)) {
                $(Some($number) => functions::$area::finish(index, store, arguments, answer),)*
                _ => Err(not_here(index)),
            }
        }
    };
}

areas! {
    0 elementary "Elementary functions";
    1 value "Values";
    2 statistics "Statistics";
    3 complex "Complex numbers";
    4 string "Strings";
    5 record "Records";
    6 array "Arrays";
    7 linear "Linear algebra";
    8 task "Tasks and signals";
    9 world "The outside";
    10 json "JSON";
    11 csv "CSV";
    12 file "Files";
    13 environment "Environment variables";
    14 http "The web";
}

const COUNT: usize = count(AREAS);
static TABLE: [Builtin; COUNT] = in_order(AREAS);

/// All functions, each at its number.
pub static BUILTINS: &[Builtin] = &TABLE;

static NAMES: LazyLock<BTreeMap<&str, u16>> =
    LazyLock::new(|| BUILTINS.iter().map(|builtin| (builtin.name, builtin.index)).collect());

/// The number of the function with this name.
#[must_use]
pub fn find(name: &str) -> Option<u16> {
    NAMES.get(name).copied()
}

/// What a function is about, as the heading of a chapter; empty if there is no such function.
#[must_use]
pub fn area(index: u16) -> &'static str {
    let area = AREA_OF.get(usize::from(index));
    area.and_then(|area| TITLES.get(usize::from(*area))).copied().unwrap_or_default()
}

/// Whether a function takes so many values. Engines ask it for the functions they run themselves.
///
/// # Errors
/// It does not; or there is no such function.
pub fn check_arity(index: u16, count: usize) -> Result<(), Fault> {
    let Some(Builtin { name, arity: Arity { min, max }, .. }) = BUILTINS.get(usize::from(index))
    else {
        return Err(not_here(index));
    };
    if count >= usize::from(*min) && max.is_none_or(|max| count <= usize::from(max)) {
        return Ok(());
    }
    Err(Fault::new(match max {
        None => format!("{name}() requires at least {min} argument{}", plural(*min)),
        Some(max) if max == min => format!("Function {name} expects {min} arguments, got {count}"),
        Some(max) => format!("Function {name} expects {min} to {max} arguments, got {count}"),
    }))
}

const fn plural(count: u8) -> &'static str {
    if count == 1 { "" } else { "s" }
}
