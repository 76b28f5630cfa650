//! The runtime functions: one table, from which everything else about them is derived.
//!
//! `CALL_RUNTIME` names one. Its arguments are words in R1 to R5; its result, if it has one, is put
//! into R0. Whatever it changes is bytes on the tape, each of which is logged, so a call is taken
//! back as any instruction is. To add a function, add a row to `for_each_function!`, and the
//! function to the module of its noun.
//!
//! Numbers live in saved images: never renumber them, never use one again. An image that calls a
//! number that is not in the table needs a newer machine, and is refused.

mod batch;
mod call;
mod carry;
mod cursor;
mod decimal;
pub mod describe;
mod earlier;
mod heap;
mod known;
mod list;
mod looked;
mod moment;
mod object;
mod outside;
mod page;
mod point;
mod print;
mod query;
mod relation;
mod rules;
mod set;
mod shape;
mod sort;
mod standing;
mod store;
mod string;
mod text;
mod time;
mod tool;
mod typed;
mod value;
mod world;

use std::fmt::Write as _;

pub(crate) use call::{Call, Kept, Outcome, logged_flags};
pub(crate) use carry::{carried, carried_text};
pub use object::{
    COUNT_CONSTANT, HEAD, KIND_LIST, KIND_RECORD, KIND_REFERENCES, KIND_TEXT, SIZE_MAX, head_word,
};
pub use time::time_of;
pub use time::time_text;
pub use value::{decimal_of, decimal_words, is_reference, record_layout};

use crate::trap::Trap;

/// A row of the table.
#[derive(Clone, Copy, Debug)]
pub struct RuntimeFunction {
    /// What `CALL_RUNTIME` holds.
    pub number: u16,
    /// What the assembler calls it.
    pub name: &'static str,
    /// What it does.
    pub doc: &'static str,
    /// What it takes in R1 and so on; at most 5.
    pub arguments: &'static [&'static str],
    /// What it puts into R0, which it leaves alone if there is none.
    pub result: Option<&'static str>,
    pub(crate) run: fn(&mut Call<'_>) -> Result<Outcome, Trap>,
}

/// Calls `$callback!` with every function, in the order of their numbers.
macro_rules! for_each_function {
    ($callback:ident) => {
        $callback! {
            /// An object of so many words, all 0, the first few of which are references.
            0x000 "record_new" = heap::record_new (words references -- record);
            /// The same with a tag, which tells the alternatives of a union apart.
            0x001 "union_new" = heap::union_new (words references tag -- union);
            /// A list of so many words, all 0, which are no references.
            0x002 "list_new" = heap::list_new (length -- list);
            /// A list of so many references, all 0.
            0x003 "references_new" = heap::references_new (length -- list);
            /// Counts one more reference to an object. Does nothing for 0 and for constants.
            0x004 "retain" = heap::retain (object --);
            /// Counts one reference less. At none, the object is given back, and later, a bounded
            /// part with each call, what it refers to.
            0x005 "release" = heap::release (object --);

            /// Gives back all objects from a position on that the heap's end had before. Whoever
            /// calls it knows that nothing refers to them. Does nothing where single ones were given
            /// back.
            0x006 "heap_release" = heap::heap_release (end --);

            /// Writes a text to `stdout`.
            0x040 "print_text" = print::print_text (text --);
            /// Writes a text and a newline to `stdout`.
            0x041 "print_line" = print::print_line (text --);
            /// Writes a number and a newline to `stdout`.
            0x042 "print_int" = print::print_int (number --);
            /// Writes an f64 and a newline to `stdout`.
            0x043 "print_float" = print::print_float (number --);
            /// Writes a text and a newline to `stderr`, also inside of a savepoint.
            0x044 "print_error" = print::print_error (text --);

            /// A text of so many bytes from the tape at a position.
            0x080 "text_new" = text::text_new (position length -- text);
            /// Two texts as one.
            0x081 "text_concat" = text::text_concat (left right -- text);
            /// -1, 0 or 1 as the first comes before, equals or follows the second, byte by byte.
            0x082 "text_compare" = text::text_compare (left right -- order);
            /// A number in decimal.
            0x083 "text_of_int" = text::text_of_int (number -- text);
            /// An f64 as it is written: the shortest that reads the same.
            0x084 "text_of_float" = text::text_of_float (number -- text);

            /// How many characters a text has.
            0x0a0 "text_length" = string::text_length (text -- count);
            /// In large letters.
            0x0a1 "text_upper" = string::text_upper (text -- text);
            /// In small letters.
            0x0a2 "text_lower" = string::text_lower (text -- text);
            /// Without blanks at both ends.
            0x0a3 "text_trim" = string::text_trim (text -- text);
            /// The parts of a text between others.
            0x0a4 "text_split" = string::text_split (text by -- list);
            /// The characters of a text.
            0x0a5 "text_characters" = string::text_characters (text -- list);
            /// Whether a text has another in it.
            0x0a6 "text_contains" = string::text_contains (text part -- truth);
            /// Whether a text begins with another.
            0x0a7 "text_starts_with" = string::text_starts_with (text part -- truth);
            /// Whether a text ends with another.
            0x0a8 "text_ends_with" = string::text_ends_with (text part -- truth);
            /// A text with another in place of each of its parts that are so.
            0x0a9 "text_replace" = string::text_replace (text from to -- text);
            /// The characters from one place to the one before another, as far as there are any.
            0x0aa "text_slice" = string::text_slice (text from to -- text);
            /// Texts with another between each two.
            0x0ab "text_join" = string::text_join (list between -- text);
            /// The whole number that a text is, in a box, or 0.
            0x0ac "text_to_int" = string::text_to_int (text -- box);
            /// The f64 that a text is, in a box, or 0.
            0x0ad "text_to_float" = string::text_to_float (text -- box);
            /// The decimal that a text is, or 0.
            0x0ae "text_to_decimal" = string::text_to_decimal (text -- decimal);
            /// The text that bytes are in UTF-8, or 0.
            0x0af "bytes_text" = string::bytes_text (bytes -- text);
            /// The character at a place of a text. Faults if there is none.
            0x0b0 "text_at" = string::text_at (text index -- text);
            /// The byte at a place of bytes. Faults if there is none.
            0x0b1 "byte_at" = string::byte_at (bytes index -- number);
            /// Whether a text has all the words of another, as full-text indexes find them.
            0x0b2 "text_has_words" = string::text_has_words (text words -- truth);

            /// The numbers from one to the one before another.
            0x100 "list_range" = list::list_range (from to -- list);
            /// Two lists as one.
            0x101 "list_concat" = list::list_concat (left right -- list);
            /// The elements from one place to the one before another, as far as there are any.
            0x102 "list_slice" = list::list_slice (list from to -- list);
            /// The elements from the last to the first.
            0x103 "list_reverse" = list::list_reverse (list -- list);
            /// The elements in the order of their keys, of which there are as many; those with equal
            /// keys stay in their order.
            0x104 "list_sort" = list::list_sort (list keys type -- list);
            /// Without elements that are equal to one before.
            0x105 "list_distinct" = list::list_distinct (list type -- list);
            /// The place of the first element that equals a value, or -1.
            0x106 "list_find" = list::list_find (list value type -- index);
            /// The elements of all lists of a list; whether they are references is said besides.
            0x107 "list_flatten" = string::list_flatten (lists references -- list);
            /// A value at a place of a list that is not used so far; a larger copy if it is full.
            0x108 "list_append" = list::list_append (list count value -- list);
            /// Faults, because a list of so many elements has none with this index.
            0x109 "list_index_fault" = list::list_index_fault (index count --);

            /// An empty set of values, which are references or not.
            0x140 "set_new" = set::set_new (references -- set);
            /// The place of a value in a set; if it was not there it is added, and the result is less
            /// than 0: -1 less its place.
            0x141 "set_add" = set::set_add (set value type -- place);

            /// The exact sum.
            0x180 "decimal_add" = decimal::decimal_add (left right -- sum);
            /// The exact difference.
            0x181 "decimal_subtract" = decimal::decimal_subtract (left right -- difference);
            /// The exact product.
            0x182 "decimal_multiply" = decimal::decimal_multiply (left right -- product);
            /// The quotient to 28 digits.
            0x183 "decimal_divide" = decimal::decimal_divide (left right -- quotient);
            /// What a division leaves, with the sign of the first.
            0x184 "decimal_remainder" = decimal::decimal_remainder (left right -- rest);
            /// The negative.
            0x185 "decimal_negate" = decimal::decimal_negate (decimal -- negative);
            /// A whole number as a decimal.
            0x186 "decimal_of_int" = decimal::decimal_of_int (number -- decimal);
            /// A decimal as a whole number: rounded down for -1, to the nearest for 0, up for 1.
            0x187 "decimal_to_int" = decimal::decimal_to_int (decimal how -- number);
            /// The nearest f64.
            0x188 "decimal_to_float" = decimal::decimal_to_float (decimal -- number);
            /// The decimal that an f64 is written as.
            0x189 "decimal_of_float" = decimal::decimal_of_float (number -- decimal);

            /// Makes a relation, by a definition in bytes, or brings the one of that name to it:
            /// new fields get their defaults. Faults if rows would lose something, or lack it.
            0x200 "relation_create" = relation::relation_create (definition -- relation);
            /// The relation with a name.
            0x201 "relation_find" = relation::relation_find (name -- relation);
            /// Drops a relation with its rows and indexes.
            0x202 "relation_drop" = relation::relation_drop (relation --);
            /// How many rows there are.
            0x203 "relation_count" = relation::relation_count (relation -- count);
            /// Deletes all rows.
            0x204 "relation_clear" = relation::relation_clear (relation --);
            /// Inserts a row. Faults if one with its key, or with what must be unique, is there.
            0x205 "relation_insert" = relation::relation_insert (relation row --);
            /// Inserts a row, in place of the one with its key if there is one; says whether.
            0x206 "relation_upsert" = relation::relation_upsert (relation row -- was_there);
            /// Puts a row in place of the one with a key, which must be there.
            0x207 "relation_update" = relation::relation_update (relation key row --);
            /// Deletes the row with a key; says whether there was one.
            0x208 "relation_delete" = relation::relation_delete (relation key -- was_there);
            /// The row with a key, or 0.
            0x209 "relation_get" = relation::relation_get (relation key -- row);

            /// The rows of the relation of that name as a list, once it is as the definition says; it
            /// goes. Without one, the list is empty.
            0x20a "relation_take" = relation::relation_take (definition -- rows);

            /// Makes a relation as `relation_create` does, but for references to relations that are not
            /// there yet, which `relation_create` adds. One that is there stays as it is.
            0x20b "relation_begin" = relation::relation_begin (definition -- relation);

            /// Makes the rows of a relation those of a list; says how many came or went.
            0x20c "relation_fill" = relation::relation_fill (relation rows -- changed);
            /// Whether there is a relation with a name.
            0x20d "relation_exists" = relation::relation_exists (name -- truth);

            /// Makes a relation whose rows follow from others, all of whose fields are its key. One of
            /// that name with other fields goes.
            0x20f "relation_derive" = relation::relation_derive (definition -- relation);

            /// Makes an index, by a definition in bytes. The same one is used as it is.
            0x210 "index_create" = relation::index_create (relation definition --);
            /// Drops the index with a name.
            0x211 "index_drop" = relation::index_drop (relation name --);
            /// The rows with these values in the first fields of an index, as a list.
            0x212 "index_find" = relation::index_find (relation name values -- rows);
            /// The rows whose first field of an index lies between two values, both included; for 0,
            /// no bound. The bounds are options.
            0x213 "index_between" = relation::index_between (relation name low high -- rows);

            /// Puts a field of the row with a key where the caller wants it; says whether there is such a
            /// row. The words of the key lie one after the other at a position.
            0x218 "row_field" = point::row_field (relation key field into -- was_there);
            /// Gives a field of the row with a key, which lies likewise, another value; says whether
            /// there is such a row.
            0x219 "row_set" = point::row_set (relation key field value -- was_there);
            /// As `row_field`, of the row as it was at a moment.
            0x21a "row_field_at" = point::row_field_at (relation key field into moment -- was_there);
            /// Adds to a field of the row with a key, which is a whole number: 1 if that was done, 0 if
            /// there is no such row, -1 if the sum does not fit, and all is as it was.
            0x21b "row_add" = point::row_add (relation key field by -- done);
            /// Subtracts likewise.
            0x21c "row_subtract" = point::row_subtract (relation key field by -- done);
            /// As `relation_insert`, of a row whose words lie one after the other at a position, in the
            /// order of the fields.
            0x21d "row_insert" = relation::row_insert (relation words --);
            /// As `relation_upsert`, of such a row.
            0x21e "row_upsert" = relation::row_upsert (relation words -- was_there);
            /// As `row_field_at`, at the moment with a name.
            0x21f "row_field_named" = point::row_field_named (relation key field into name -- was_there);

            /// A cursor before the first row of a relation, in the order of its keys.
            0x220 "scan_up" = cursor::scan_up (relation -- cursor);
            /// A cursor behind the last row, which goes backwards.
            0x221 "scan_down" = cursor::scan_down (relation -- cursor);
            /// Moves a cursor on; the row that it comes to, or 0 behind the last.
            0x222 "cursor_next" = cursor::cursor_next (cursor -- row);

            /// The rows of a query in bytes, as a list. Parameters are a record, or 0 if it has none.
            0x230 "query_rows" = query::query_rows (query parameters -- rows);
            /// The plan of a query, with the rows that were guessed and found in each step.
            0x231 "query_explain" = query::query_explain (query parameters -- text);

            /// The only column of the rows of a query in bytes, as a list.
            0x232 "query_values" = query::query_values (query parameters -- values);

            /// The next rows of a query that gives rows of one relation as they are, as a list whose tag
            /// says whether there may be more: behind the last row of a page before, or the first ones
            /// for 0. Before they are laid down, the heap ends at `end`, unless that is below 0.
            0x233 "query_page" = page::query_page (query parameters page end -- rows);

            /// Puts what follows from rules in bytes into the relations that have the names of its
            /// predicates; says how many rows came or went. If values are wanted that are computed
            /// elsewhere, it only puts down which, and says -1.
            0x240 "rules_refresh" = rules::rules_refresh (rules -- changed);

            /// Why a row follows from rules, as a text: the first row of a predicate with the values of
            /// those columns whose bits are given.
            0x241 "rules_why" = rules::rules_why (rules predicate row given -- text);
            /// What is missing for such a row, as a text.
            0x242 "rules_whynot" = rules::rules_whynot (rules predicate row given -- text);

            /// Makes a view, by a definition in bytes, whose rows are kept up with every change of
            /// what it reads. The same one is used as it is.
            0x248 "view_create" = rules::view_create (definition -- relation);

            /// The number of the present moment.
            0x300 "moment_now" = moment::moment_now ( -- moment);
            /// The moment so many places after another one, or before it if below 0.
            0x301 "moment_moved" = moment::moment_moved (moment by -- moment);
            /// How many places a moment comes after another one.
            0x302 "moment_between" = moment::moment_between (later earlier -- count);
            /// The last moment at or before the time of another one and so many nanoseconds.
            0x303 "moment_after" = moment::moment_after (moment by -- moment);
            /// The last moment at or before a time.
            0x304 "moment_at" = moment::moment_at (time -- moment);
            /// The last moment at or before the time that a text is.
            0x305 "moment_of_text" = moment::moment_of_text (text -- moment);
            /// The moment that was given a name.
            0x306 "moment_named" = moment::moment_named (name -- moment);
            /// The moment before another one, or -1.
            0x307 "moment_before" = moment::moment_before (moment -- moment);
            /// The branches with the newest moment of each, as a list.
            0x308 "branches" = moment::branches ( -- rows);
            /// What the name at a position was, and since when, as a list.
            0x309 "name_history" = moment::name_history (position type is_reference -- rows);
            /// What became of the rows of a relation, and when, as a list.
            0x30a "relation_history" = moment::relation_history (relation -- rows);
            /// What differs between two moments, as a list; a table says what there is.
            0x30b "difference" = moment::difference (before after table -- rows);
            /// Faults, because the name at a position has no value.
            0x30c "name_fault" = moment::name_fault (name position --);

            /// Merges kept data into the present ones, against what both began as: 0 for what is
            /// merged, 1 for what is there, 2 for both combined, 3 as it is decided; 8 more if what
            /// stays open is a fault. Decisions are a list, or 0. Gives what stays open, as rows.
            0x310 "world_merge" = world::world_merge (base theirs how table decisions -- rows);
            /// A text that asks about the conflict at a place, or 0 if there is none.
            0x311 "world_question" = world::world_question (base theirs table place name -- text);
            /// Reads a line with a decision: 0 for what is there, 1 for what is merged, 2 to leave it
            /// open, as there are no more lines; -1 for any other line.
            0x312 "world_choice" = world::world_choice ( -- decision);

            // 0x318 to 0x31a noted calls as objects; they are never used again.
            /// Notes a call in the relation of calls that stand, with what it changed since some data were
            /// kept. A record says where the relation's number is, what the function is called, the types
            /// of the next two, and which names and relations there are, and
            /// whether the calls outlast the run.
            0x31b "call_note" = standing::call_note (site before given gives --);
            /// Undoes the newest call in that relation with the same function and arguments; what its
            /// inverse gives, or 0 if none stands.
            0x31c "call_undo" = standing::call_undo (site given -- gives);

            /// The calls that led here as a text, a line for each, the innermost first.
            0x320 "call_stack" = outside::call_stack ( -- text);

            /// Faults with a text.
            0x400 "fault" = typed::fault (message --);
            /// A value as its language writes it; its type is where its description lies.
            0x401 "text_of_value" = typed::text_of_value (value type -- text);
            /// -1, 0 or 1 as the first of two values of a type comes before, equals or follows the
            /// second.
            0x402 "compare_values" = typed::compare_values (left right type -- order);
            /// What a division of f64 leaves, with the sign of the first.
            0x403 "float_remainder" = typed::float_remainder (left right -- rest);
            /// An f64 as a whole number: rounded down for -1, to the nearest for 0, up for 1.
            0x404 "float_to_int" = string::float_to_int (number how -- number);
            /// What `CARRY`, or the fault that was caught last, wrote down, as a value of a type.
            0x405 "carry_in" = carry::carry_in (type -- value);
            /// Faults with a reason, which is what a handler gets.
            0x406 "reverse" = typed::reverse (reason --);
            /// How many savepoints are open.
            0x407 "savepoints_open" = carry::savepoints_open ( -- count);

            /// What the tool that made the program answers to a list of texts, as a number. Faults with
            /// its reason if it gives none.
            0x500 "tool_number" = tool::tool_number (words -- number);
            /// Likewise as a text.
            0x501 "tool_text" = tool::tool_text (words -- text);
        }
    };
}

macro_rules! define_functions {
    ($(
        $(#[doc = $doc:literal])*
        $number:literal $name:literal = $module:ident :: $run:ident
            ($($argument:ident)* -- $($result:ident)?);
    )*) => {
        /// Every runtime function, by ascending number.
        pub const FUNCTIONS: &[RuntimeFunction] = &[$(
            RuntimeFunction {
                number: $number,
                name: $name,
                doc: concat!($($doc),*),
                arguments: &[$(stringify!($argument)),*],
                result: define_functions!(@result $($result)?),
                run: $module::$run,
            },
        )*];
    };
    (@result) => { None };
    (@result $result:ident) => { Some(stringify!($result)) };
}

for_each_function!(define_functions);

/// The function with a number.
#[must_use]
pub fn function(number: u16) -> Option<&'static RuntimeFunction> {
    let place = PLACES.get(usize::from(number))?;
    FUNCTIONS.get(usize::from(*place))
}

/// The places of functions in the table, by their numbers.
static PLACES: [u8; 0x600] = {
    let mut places = [u8::MAX; 0x600];
    let mut place = 0;
    while (place as usize) < FUNCTIONS.len() {
        places[FUNCTIONS[place as usize].number as usize] = place;
        place += 1;
    }
    places
};

/// The function with a name, in small letters.
#[must_use]
pub fn named(name: &str) -> Option<&'static RuntimeFunction> {
    FUNCTIONS.iter().find(|function| function.name == name)
}

/// Renders the table as the rows of a Markdown page.
#[must_use]
pub fn reference() -> String {
    let mut page = String::from(
        "| number | function | arguments | result | meaning |\n|---|---|---|---|---|\n",
    );
    for RuntimeFunction { number, name, doc, arguments, result, .. } in FUNCTIONS {
        let (arguments, result) = (arguments.join(", "), result.unwrap_or(""));
        let doc = doc.trim().replace('|', "\\|");
        let _ = writeln!(page, "| `{number:03x}` | `{name}` | {arguments} | {result} | {doc} |");
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_ascend_names_differ_and_arguments_fit_the_registers() {
        assert!(FUNCTIONS.is_sorted_by(|one, other| one.number < other.number));
        for it in FUNCTIONS {
            assert_eq!(named(it.name).map(|found| found.number), Some(it.number), "{}", it.name);
            assert!(it.arguments.len() <= 5, "{}", it.name);
            assert_eq!(it.name, it.name.to_ascii_lowercase());
        }
    }
}
