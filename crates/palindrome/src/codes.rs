//! The codes of the diagnostics: stable, documented, each with an example.

use source::{code_reference, define_codes};

define_codes! {
    /// Something else was expected here.
    EXPECTED = "PAL0001": "let x =";
    /// Statements are separated by line ends or by `;`.
    SEPARATOR = "PAL0002": "let a = 1 let b = 2";
    /// A bracket is opened and not closed.
    UNCLOSED = "PAL0003": "let x = [1, 2";
    /// A bracket is closed that was not opened.
    UNOPENED = "PAL0004": "let x = 1)";
    /// A bracket is closed by one of another kind.
    MISMATCHED = "PAL0005": "f(1, 2]";
    /// A string ends on the line on which it begins. A line end within it is written `\n`.
    STRING_OPEN = "PAL0006": "print \"abc";
    /// Strings have the escapes `\n \t \r \0 \\ \" \$ \u{…}`, bytes have `\n \t \r \0 \\ \" \xff`.
    ESCAPE = "PAL0007": "print \"\\d\"";
    /// This is no number. Numbers are written `12`, `1_000`, `0xff`, `0b101`, `1.5`, `1e-3`;
    /// decimals `1.25d`; durations `5.minutes`.
    NUMBER = "PAL0008": "let n = 1e";
    /// The number is too large for its type: an `Int` has 64 bits, a `Decimal` 28 digits, a
    /// duration 292 years.
    TOO_LARGE = "PAL0009": "let n = 9999999999999999999";
    /// The character means nothing here. Names are made of the letters A to Z, digits and `_`.
    CHARACTER = "PAL0010": "let x = #";
    /// A remark that begins with `/*` ends with `*/`; those inside of it count, too.
    REMARK_OPEN = "PAL0011": "/* one /* two */";
    /// The word is a keyword, and cannot be a name.
    KEYWORD = "PAL0012": "let match = 5";
    /// A statement or definition stands where a value is expected.
    STATEMENT = "PAL0013": "let x = let y = 5";
    /// Comparisons, ranges and `at` do not chain.
    CHAINED = "PAL0014": "print 1 < x < 3";
    /// Too many things are inside of each other.
    TOO_DEEP = "PAL0015":;
    /// The clauses of a query come in this order, each once: `where`, `group by`, `order by`,
    /// `limit`, `select`.
    CLAUSE = "PAL0016": "let q = Person order by age where age > 18";
    /// A value gets into a place with `<-`, into a relation with `+=` and out of it with `-=`, into
    /// the rows of a relation with `update`.
    ASSIGNMENT = "PAL0017": "x = 5";
    /// A rule ends with a dot.
    RULE_END = "PAL0018": "rule a(x) :- b(x)";
    /// There is no such word here; another one is meant, or none is needed.
    FOREIGN = "PAL0019": "return 5";
    /// This part of a definition is there twice.
    TWICE = "PAL0020": "relation R(a: Int key key)";
    /// Nothing has this name. Definitions may be used before they appear, variables of a block only
    /// after their `let`.
    UNDEFINED = "PAL0200": "print y";
    /// No type has this name.
    UNDEFINED_TYPE = "PAL0201": "let x: Number = 1";
    /// Two definitions have the same name.
    DEFINED_TWICE = "PAL0202": "type A = X(Int)\ntype A = Y(Int)";
    /// Two fields, parameters or variables of one pattern have the same name.
    NAMED_TWICE = "PAL0203": "print {a: 1, a: 2}";
    /// The record, relation or space has no member of this name.
    NO_MEMBER = "PAL0204": "print {a: 1}.b";
    /// The name stands for something that is no value, such as a space.
    NO_VALUE = "PAL0205": "space S { let x = 1 }\nprint S";
    /// The variable is never used. A name that begins with `_` says that it is meant so.
    UNUSED = "PAL0206": "transform f(x: Int) -> Int {\n    let y = 2\n    x\n}";
    /// The name is both a field of the query's sources and a variable around it; the field is
    /// taken. Write `Relation.field` for the field, and name the variable otherwise.
    FIELD_OR_VARIABLE = "PAL0207":;
    /// Several sources of the query have a field of this name. Write `Relation.field`.
    AMBIGUOUS = "PAL0208":;
    /// Type parameters that are given, and those that there are, differ in number.
    TYPE_ARGUMENTS = "PAL0209": "let x: Int<String> = 1";
    /// The type stands for nothing but itself, or would be endlessly large.
    ENDLESS_TYPE = "PAL0210":;
    /// Another type was expected here.
    MISMATCH = "PAL0220": "let x: Int = \"a\"";
    /// The operator does not take these types.
    OPERATOR = "PAL0221": "print 1 + \"a\"";
    /// Nothing says which type this is. Write it: `let x: [Int] = []`, `(x: Int) => …`.
    UNKNOWN_TYPE = "PAL0222": "let x = []\nprint x";
    /// The function takes another number of values.
    ARGUMENTS = "PAL0223": "print now(1)";
    /// Only functions, transforms and constructors can be called.
    NOT_CALLABLE = "PAL0224": "print 1(2)";
    /// Values of this type have no such method.
    NO_METHOD = "PAL0225": "print 1.upper()";
    /// The type is larger than types may be.
    LARGE_TYPE = "PAL0226":;
    /// This cannot be assigned to: it is a parameter, a loop's variable, a relation or no name.
    NO_PLACE = "PAL0227": "1 <- 2";
    /// The name was disposed of, here or on one of the ways that lead here. `recover x <- past` brings
    /// it back; `x at T` reads it as it was.
    DISPOSED = "PAL0228": "let x = 1\ndispose x -> past\nprint x";
    /// Only what was disposed of can be recovered.
    NOT_DISPOSED = "PAL0229": "let x = 1\nrecover x <- past";
    /// A `match` does not take every value. Add an arm for what is missing.
    NOT_EXHAUSTIVE = "PAL0240": "print match true { true => 1 }";
    /// No value gets to this arm, as those before it take them all.
    UNREACHABLE = "PAL0241": "print match 1 { x => x, 2 => 0 }";
    /// The patterns of a `match` are too many to find out whether they take every value.
    TOO_MANY_CASES = "PAL0243":;
    /// A variable in one of several patterns: only patterns without variables are joined by `|`.
    ALTERNATIVE = "PAL0244":;
    /// What may only read state calls what changes it, or what has to be pure reads or changes it.
    EFFECT = "PAL0260":;
    /// Its inverse cannot be derived: here information is lost. Also return it, or write `backward:`.
    LOST = "PAL0270":;
    /// The arms give results that cannot be told apart, so that going back nobody knows which arm it was.
    NOT_DISJOINT = "PAL0271":;
    /// Only transforms have inverses.
    NO_INVERSE = "PAL0272": "let f = (x: Int) => x + 1\nprint (~f)(1)";
    /// `<-> same` is said of something that changes something.
    NOT_SAME = "PAL0273":;
    /// A transform of values is undone by its inverse, which needs at least one parameter to give.
    NOTHING_TO_UNDO = "PAL0274":;
    /// One direction of a transform does not undo the other: `palindrome check` tries both on values
    /// that it makes up, and shows a small one with which they do not come back to where they began.
    NOT_UNDONE = "PAL0275":;
    /// A relation has to be named here.
    NO_RELATION = "PAL0290": "let x = 1\nx += {a: 1}";
    /// The row has no value for a field that has no default.
    MISSING_FIELD = "PAL0291":;
    /// Rows of views, rules, events and histories follow from others and cannot be changed.
    DERIVED_ROWS = "PAL0292":;
    /// A column has no name. Write one: `select age + 1 as next`.
    UNNAMED_COLUMN = "PAL0293":;
    /// Values of this type cannot be stored in a relation.
    NOT_STORABLE = "PAL0294": "relation R(f: Int -> Int)";
    /// Rows are put together here: a column shows what rows are grouped by, or is made of all rows
    /// by `count()`, `sum(x)`, `min(x)`, `max(x)`, `avg(x)` or `collect(x)`.
    NOT_GROUPED = "PAL0295":;
    /// A predicate needs as many values as it has columns, and all rules of it agree on that.
    COLUMNS = "PAL0310":;
    /// A rule's variable gets no value: it has to occur in a part of the body that is not negated.
    UNBOUND = "PAL0311":;
    /// A predicate follows from its own absence, so that there is no order to find it out in.
    NOT_STRATIFIED = "PAL0312":;
    /// A rule's body has parts that are predicates, `not` with a predicate, conditions, or `x = e`.
    RULE_PART = "PAL0313":;
    /// Rules are applied again when something has changed that they read. This part of one reads
    /// something of which nothing tells that, or computes what cannot be kept.
    RULE_READS = "PAL0314":;
    /// An invariant is a condition on rows: it names the relation that it is about, as in
    /// `Account.balance >= 0`.
    INVARIANT = "PAL0320": "contract C {\n    invariant: 1 > 0\n}";
    /// Nothing in the program emits this event.
    NOT_EMITTED = "PAL0321": "on Empty(shelf: Int) {\n    print shelf\n}";
    /// Statements of this kind stand elsewhere.
    MISPLACED = "PAL0331": "yield 1";
    /// A migration is of a relation to another shape of it, and says in both directions what becomes
    /// of its fields.
    MIGRATION = "PAL0340": "transform migrate A <-> B {\n    forward: {a: Int} -> {a: Decimal}\n}";
    /// A lens computes this column of an older shape from the row where it lies, and from what is kept
    /// beside that row because a lens cannot carry it back. References go by the key where rows lie, and
    /// an index by what follows from a row alone. So an index of an older shape goes by columns that the
    /// lenses leave as they are, and by those that they compute from the row alone.
    LENS_COLUMN = "PAL0341":;
    /// What an index goes by is computed by the store, whenever a row comes or changes. It can compute
    /// arithmetic, comparisons, `and`, `or`, `not`, `xor`, `++`, `??`, `if`, `match`, texts with values in
    /// them, fields of records, pure functions of the program that do not call themselves, and of the
    /// language `lower`, `upper`, `trim`, `length`, `slice`, `contains`, `starts_with`, `ends_with`,
    /// `to_int`, `to_float`, `to_decimal`, `to_string`, `abs`, `round`, `floor`, `ceil`, `sqrt`, `or`,
    /// `is_none`, `is_some`, and `count`, `is_empty`, `first` and `last` of lists. It compares no floats.
    /// Keep any other value in a column, and index that. An index of a view goes by columns of the view.
    INDEX_VALUE = "PAL0342":;
    /// No library of this name is published, or not at that moment.
    NO_LIBRARY = "PAL0350": "use WebServer at latest";
    /// The moment of a library is known before the program runs: `latest`, a time in quotes, or a
    /// number.
    LIBRARY_MOMENT = "PAL0351": "use Lib at now()";
    /// A library that programs use only defines. What is to be done belongs into a `transform`, which
    /// programs call, or into a `test`.
    LIBRARY_STATEMENT = "PAL0352":;
    /// A library uses itself, directly or through others.
    LIBRARY_CYCLE = "PAL0353":;
    /// The program is larger than the machine's code can be.
    TOO_LARGE_PROGRAM = "PAL0360":;
    /// The function is used with ever more types, so that there is no end of copies of it.
    ENDLESS_COPIES = "PAL0361":;
    /// A query is one expression that changes nothing.
    NOT_A_QUERY = "PAL0370":;
    /// A tabled search cannot change state: a table keeps answers, and not what was done for them.
    TABLED = "PAL0380":;
    /// A search that changes state cannot wait as a value: each use would do it anew.
    WAITING = "PAL0381":;
    /// Calls are told apart here by what they are given, and functions cannot be compared.
    NOT_COMPARABLE = "PAL0382":;
    /// The compiler has come upon something that it should have refused before. This is a mistake of
    /// the compiler: please report it, with the program.
    CONTRADICTION = "PAL0498":;
    /// This is part of the language, and not done yet.
    NOT_YET = "PAL0499":;
}

/// Renders the codes as a Markdown page.
#[must_use]
pub fn error_reference() -> String {
    let head = "# Diagnostics of Palindrome\n\n\
         Every message about a program in Palindrome (`.pal`) has a code. This page is generated \
         from the code.\n";
    code_reference(head, "pal", CODES)
}
