//! All rows, and the way from a name or a number to what it stands for.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use machine::{Answer, Question};

use super::row::{LIMIT, at_numbers, count, in_order, not_here};
use super::{Arity, Builtin};
use crate::{Fault, Store, functions};

/// Declares the areas of the table.
macro_rules! areas {
    ($($number:literal $area:ident $title:literal;)*) => {
        const AREAS: &[&'static [Builtin]] = &[$(functions::$area::ROWS),*];

        /// In which area each function lies.
        static AREA_OF: [u8; LIMIT] = {
            let mut area_of = [u8::MAX; LIMIT];
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

        /// What a function is about, as the heading of a chapter; empty if there is no such function.
        #[must_use]
        pub fn area(index: u16) -> &'static str {
            match AREA_OF.get(usize::from(index)) {
                $(Some($number) => $title,)*
                _ => "",
            }
        }

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
            let made = match AREA_OF.get(usize::from(index)) {
                $(Some($number) => functions::$area::call(index, store, arguments),)*
                _ => Err(not_here(index)),
            };
            made.map_err(|fault| named(index, fault))
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
            let question = match AREA_OF.get(usize::from(index)) {
                $(Some($number) => functions::$area::ask(index, store, arguments),)*
                _ => Err(not_here(index)),
            };
            question.map_err(|fault| named(index, fault))
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
    2 complex "Complex numbers";
    3 string "Strings";
    4 record "Records";
    5 array "Arrays";
    6 linear "Linear algebra";
    7 task "Tasks and signals";
    8 world "The outside";
    9 json "JSON";
    10 csv "CSV";
    11 file "Files";
    12 environment "Environment variables";
    13 http "The web";
    14 fourier "Fourier transforms";
    15 window "Windows";
    16 filter "Convolution and filters";
    17 design "Design of filters";
    18 spectrum "Spectra";
    19 trend "Phases, trends and peaks";
    20 persist "Environments in files";
    21 creation "Arrays from shapes";
    22 shaping "Shapes";
    23 reduction "Sums and extremes";
    24 ordering "Order and search";
    25 mask "Masks";
    26 arithmetic "Arithmetic";
    27 skipping "Sums and extremes without NaN";
    28 special "Special functions";
    29 distribution "Distributions";
    30 descriptive "Descriptive statistics";
    31 association "Histograms, correlation and regression";
    32 random "Random numbers";
    33 sample "Random numbers of distributions";
    34 program "Linear, integer and quadratic programs";
    35 graph "Networks";
    36 schedule "Schedules";
    37 plot "Plots";
    38 calculus "Derivatives, integrals and roots";
    39 interpolation "Interpolation";
    40 optimization "Least values and fits";
    41 template "Formats";
    42 pattern "Regular expressions";
    43 collection "Collections";
    44 date "Dates";
    45 npy "NumPy's files";
    46 bytes "Bytes";
    47 path "Paths";
    48 folder "Folders";
    49 table "Tables";
}

const COUNT: usize = count(AREAS);
static TABLE: [Option<&Builtin>; LIMIT] = at_numbers(AREAS);
static ROWS: [&Builtin; COUNT] = in_order(&TABLE);

/// All functions, in the order of their numbers.
pub static BUILTINS: &[&Builtin] = &ROWS;

/// The function with this number. O(1).
#[must_use]
pub fn builtin(index: u16) -> Option<&'static Builtin> {
    TABLE.get(usize::from(index)).copied().flatten()
}

static NAMES: LazyLock<BTreeMap<&str, u16>> =
    LazyLock::new(|| BUILTINS.iter().map(|builtin| (builtin.name, builtin.index)).collect());

/// The number of the function with this name.
#[must_use]
pub fn find(name: &str) -> Option<u16> {
    NAMES.get(name).copied()
}

/// Whether a function takes so many values. Engines ask it for the functions they run themselves.
///
/// # Errors
/// It does not; or there is no such function.
pub fn check_arity(index: u16, count: usize) -> Result<(), Fault> {
    let Some(Builtin { name, arity: Arity { min, max }, .. }) = builtin(index) else {
        return Err(not_here(index));
    };
    if count >= usize::from(*min) && max.is_none_or(|max| count <= usize::from(max)) {
        return Ok(());
    }
    Err(wrong_count(name, usize::from(*min), max.map(usize::from), count))
}

/// The error that a function of the library takes between `min` and `max` values, not `count`.
#[must_use]
pub fn wrong_count(name: &str, min: usize, max: Option<usize>, count: usize) -> Fault {
    Fault::type_error(match max {
        None => format!("{name}() requires at least {min} argument{}", plural(min)),
        Some(max) if max == min => format!("{name}() expects {min} arguments, got {count}"),
        Some(max) => format!("{name}() expects {min} to {max} arguments, got {count}"),
    })
}

/// An error of the function with this number, in its name.
#[cold]
fn named(index: u16, fault: Fault) -> Fault {
    match builtin(index) {
        Some(row) => fault.of_function(row.name),
        None => fault,
    }
}

const fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}
