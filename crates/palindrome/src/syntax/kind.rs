//! The kinds of tokens and nodes that a text of Palindrome is made of.

use syntax_tree::kinds;

kinds! {
    tokens {
        /// Blanks other than line ends.
        Whitespace,
        /// A line end. It separates statements, and is a blank between brackets.
        Newline,
        /// `// …` up to the end of the line, or `/* … */`, which may have others inside.
        Comment,
        /// The end of the text.
        End,
        /// A character that means nothing.
        Unknown,
        /// `12`, `1_000`, `0xff`, `0b101`
        Int,
        /// `1.5`, `1e-3`
        Float,
        /// `1.25d`
        Decimal,
        /// `5.minutes`
        Duration,
        /// `"…"` without values in it.
        Text,
        /// `b"…"`
        Bytes,
        /// The quote that begins a string with values in it.
        QuoteOpen,
        /// Text of a string with values in it.
        QuoteText,
        /// The quote that ends a string with values in it.
        QuoteClose,
        /// `${`
        HoleOpen,
        /// The brace that ends what `${` began.
        HoleClose,
        /// A name, or a word that means something in some places only.
        Name,
    }
    marks {
        "<->" = Both,
        "..." = Ellipsis,
        "++=" = PlusPlusEqual,
        "<-" = ArrowLeft,
        "->" = ArrowRight,
        "=>" = Arrow,
        ":-" = Entails,
        "|>" = PipeTo,
        "??" = Coalesce,
        "?." = QuestionDot,
        "++" = PlusPlus,
        ".." = DotDot,
        "==" = EqualEqual,
        "!=" = BangEqual,
        ">=" = GreaterEqual,
        "<=" = LessEqual,
        "+=" = PlusEqual,
        "-=" = MinusEqual,
        "*=" = StarEqual,
        "/=" = SlashEqual,
        "%=" = PercentEqual,
        "." = Dot,
        "=" = Equal,
        "<" = Less,
        ">" = Greater,
        "+" = Plus,
        "-" = Minus,
        "*" = Star,
        "/" = Slash,
        "%" = Percent,
        "~" = Tilde,
        "!" = Bang,
        "|" = Pipe,
        "?" = Question,
        ":" = Colon,
        "," = Comma,
        ";" = Semicolon,
        "(" = RoundOpen,
        ")" = RoundClose,
        "[" = SquareOpen,
        "]" = SquareClose,
        "{" = CurlyOpen,
        "}" = CurlyClose,
    }
    keywords {
        "let" = LetWord,
        "if" = IfWord,
        "else" = ElseWord,
        "while" = WhileWord,
        "for" = ForWord,
        "in" = InWord,
        "match" = MatchWord,
        "try" = TryWord,
        "true" = TrueWord,
        "false" = FalseWord,
        "none" = NoneWord,
        "and" = AndWord,
        "or" = OrWord,
        "not" = NotWord,
        "xor" = XorWord,
        "where" = WhereWord,
        "select" = SelectWord,
        "exists" = ExistsWord,
        "assert" = AssertWord,
        "print" = PrintWord,
    }
    nodes {
        /// A whole text.
        Root,
        /// `{ … }` with statements in it.
        Block,
        /// What could not be understood.
        Error,

        /// `use Lib at T as L`
        Use,
        /// `type Path = Direct(Node) | Through(Node, Node)`, `type Pair<A, B> = {a: A, b: B}`
        TypeDefinition,
        /// `<A, B>` in a definition.
        Generics,
        /// One of the cases of a tagged union: `Direct(Node, Node)`
        Variant,
        /// `Node` or `from: Node` in a case.
        VariantField,
        /// `relation Person(id: Int key, name: String) <-> PersonHistory`
        Relation,
        /// What stands in the parentheses of a relation or a case.
        Fields,
        /// `age: Int unique = 0`
        RelationField,
        /// `references Other.field`
        References,
        /// `index Person by age using btree`
        IndexDefinition,
        /// `view Adults = Person where age > 18`
        View,
        /// `rule ancestor(a, c) :- parent(a, b), ancestor(b, c).`
        Rule,
        /// `transform query f<T>(x: T) -> T <-> g { … }`
        Transform,
        /// `transform migrate A <-> B { … }`
        Migrate,
        /// The braces of a transform that has directions.
        Directions,
        /// `forward: …` or `backward: …`
        Direction,
        /// `{balance: Int} -> {balance: Decimal}`
        Lens,
        /// `{balance: round(Int)}` in a lens.
        LensRecord,
        /// `balance: Decimal = 0d` in a lens.
        LensField,
        /// `space Name { … }`
        Space,
        /// `contract Name { invariant: … on_violation: { … } }`
        Contract,
        /// `invariant: e`
        Invariant,
        /// `on_violation: { … }`
        Violation,
        /// `on Event(a, b) { … }`
        Handler,
        /// `solve route(a: Node) -> [Node] using breadth { … }`
        Solve,
        /// `match e => s` in a search.
        MatchAlternative,
        /// `some x in R where c => s` in a search.
        SomeAlternative,
        /// `test "name" { … }`
        Test,
        /// `(a: T, b)`
        Parameters,
        /// `a: T`
        Parameter,

        /// `let x: T = e`
        Let,
        /// `place <- e`
        Assign,
        /// `a <-> b`
        Swap,
        /// `R += e`
        Insert,
        /// `R -= e`
        Delete,
        /// `update R.f += e where c`
        Update,
        /// `upsert R += e`
        Upsert,
        /// `while c { … }`
        While,
        /// `from entry { … } until exit`
        From,
        /// `for x in e { … }`
        For,
        /// `assert e, "message"`
        Assert,
        /// `reverse "reason"`
        Reverse,
        /// `accept`
        Accept,
        /// `break`
        Break,
        /// `continue`
        Continue,
        /// `emit Event(a, b)`
        Emit,
        /// `print a, b`
        Print,
        /// `yield e`
        Yield,
        /// `checkpoint name`
        Checkpoint,
        /// `rewind to e` or `rewind to when c`
        Rewind,
        /// `dispose x -> past`
        Dispose,
        /// `recover x <- past`
        Recover,
        /// `parallel { a: … b: … } merge strategy latest`
        Parallel,
        /// `a: …`
        ParallelArm,
        /// `merge strategy latest`
        Merge,
        /// `switch branch`
        Switch,
        /// `revert Lib to e`
        Revert,
        /// `watch e`
        Watch,
        /// `inspect what`
        Inspect,
        /// `explain e`, `why e` or `whynot e`
        Explain,
        /// `succeed e`
        Succeed,
        /// `fail`
        Fail,
        /// `try x = e then s`
        TryThen,
        /// An expression on its own.
        ExpressionStatement,

        /// A number, string, boolean or `none`.
        Literal,
        /// `"…${e}…"`
        Interpolated,
        /// `${e}`
        Hole,
        /// A name.
        NameExpression,
        /// `(e)`
        Paren,
        /// `[a, ...b]`
        List,
        /// `...e`
        Spread,
        /// `{a: 1, b, ...c}`
        Record,
        /// `a: 1` or `b`
        RecordField,
        /// `if c { … } else if d { … } else { … } ensure e`
        If,
        /// `match e { p => s }`
        Match,
        /// `p if c => s ensure e`
        MatchArm,
        /// `if c` of an arm.
        Guard,
        /// `ensure e`: what holds after this way, and after no other.
        Ensure,
        /// `try { … } else name { … }`
        Try,
        /// `x => e` or `(x: T, y) => e`
        Lambda,
        /// `~f`
        Inverse,
        /// `a + b - c`: operands of one level, with the operators between them.
        Binary,
        /// `-x`, `!x` or `not x`, also several of them before the same operand.
        Unary,
        /// `e at T`
        At,
        /// `a.b[c](d)`: an expression and what is done with it, one after the other.
        Chain,
        /// `(a, b)` after an expression.
        Arguments,
        /// `[a]` after an expression.
        Subscript,
        /// `.name` or `?.name`
        Field,
        /// `A, left B as b on c where … group by … order by … limit … select …`
        Query,
        /// `left B as b on c`
        Source,
        /// `where c`
        Where,
        /// `group by a, b`
        GroupBy,
        /// `order by a desc, b`
        OrderBy,
        /// `a desc`
        SortKey,
        /// `limit e`
        Limit,
        /// `select a, b as c`
        Select,
        /// `b as c`
        Selected,
        /// `exists Q`, `first Q`, `only Q`, `once Q`, `all Q`, `limit n Q`
        Quantified,
        /// `for all x in Q: c`, or `c for all Q`
        ForAll,

        /// `x`, `_`, or a case without fields.
        NamePattern,
        /// `1`, `-1`, `"a"`, `true`, `none`
        LiteralPattern,
        /// `Direct(p, q)`
        VariantPattern,
        /// `{a, b: p, ...}`
        RecordPattern,
        /// `a` or `b: p`
        FieldPattern,
        /// `[p, ...r]`
        ListPattern,
        /// `...` or `...r`
        RestPattern,
        /// `p | q`
        EitherPattern,

        /// `Int`, `Space.Name`, `Relation<T>`
        NameType,
        /// `<A, B>` after the name of a type.
        TypeArguments,
        /// `[T]`
        ListType,
        /// `{a: T, b: U}`
        RecordType,
        /// `a: T`
        FieldType,
        /// `(A, B) -> C`, `A -> B -> C`
        FunctionType,
        /// `(A, B)` before an arrow, or `(A)`.
        ParenType,
        /// `T?`
        OptionalType,
    }
}

impl SyntaxKind {
    /// Whether this is what an update may have between its place and its value.
    #[must_use]
    pub fn is_assignment(self) -> bool {
        let range = Self::PlusEqual..=Self::PercentEqual;
        self == Self::Equal || self == Self::PlusPlusEqual || range.contains(&self)
    }
}
