//! The kinds of tokens and nodes that a text of Achronyme is made of.

use syntax_tree::kinds;

kinds! {
    tokens {
        /// Blanks other than line ends.
        Whitespace,
        /// A line end. It separates statements, and is a blank between brackets.
        Newline,
        /// `// …`, up to the end of the line.
        Comment,
        /// The end of the text.
        End,
        /// A character that means nothing.
        Unknown,
        /// `12`, `1.5e3`, `0xff`.
        Number,
        /// `3i`
        Imaginary,
        /// `"…"`
        Text,
        /// The quote that begins an interpolated string.
        QuoteOpen,
        /// Text of an interpolated string.
        QuoteText,
        /// The quote that ends an interpolated string.
        QuoteClose,
        /// `${`
        HoleOpen,
        /// The brace that ends what `${` began.
        HoleClose,
        /// A name.
        Name,
    }
    marks {
        "..." = Ellipsis,
        "..=" = DotDotEqual,
        ".." = DotDot,
        "." = Dot,
        "=>" = Arrow,
        "->" = EdgeTo,
        "<>" = EdgeBoth,
        "==" = EqualEqual,
        "!=" = BangEqual,
        ">=" = GreaterEqual,
        "<=" = LessEqual,
        "+=" = PlusEqual,
        "-=" = MinusEqual,
        "*=" = StarEqual,
        "/=" = SlashEqual,
        "%=" = PercentEqual,
        "^=" = CaretEqual,
        "&&" = And,
        "||" = Or,
        "=" = Equal,
        "<" = Less,
        ">" = Greater,
        "+" = Plus,
        "-" = Minus,
        "*" = Star,
        "/" = Slash,
        "%" = Percent,
        "^" = Caret,
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
        "mut" = MutWord,
        "rec" = RecWord,
        "self" = SelfWord,
        "true" = TrueWord,
        "false" = FalseWord,
        "null" = NullWord,
        "Infinity" = InfinityWord,
        "NaN" = NanWord,
        "import" = ImportWord,
        "export" = ExportWord,
        "from" = FromWord,
        "as" = AsWord,
        "return" = ReturnWord,
        "throw" = ThrowWord,
        "yield" = YieldWord,
        "break" = BreakWord,
        "continue" = ContinueWord,
        "type" = TypeWord,
        "if" = IfWord,
        "else" = ElseWord,
        "while" = WhileWord,
        "for" = ForWord,
        "in" = InWord,
        "try" = TryWord,
        "catch" = CatchWord,
        "match" = MatchWord,
        "do" = DoWord,
        "generate" = GenerateWord,
        "async" = AsyncWord,
        "await" = AwaitWord,
    }
    nodes {
        /// A whole text.
        Root,
        /// `{ … }` with statements in it.
        Block,
        /// What could not be understood.
        Error,

        /// `import { a, b as c } from "path"`
        Import,
        /// `export { a, b as c }`
        Export,
        /// The braces of an import or export.
        ImportList,
        /// `a` or `a as b`
        ImportItem,
        /// `let x = e` or `mut x = e`
        Let,
        /// `type T = …`
        TypeAlias,
        /// `return e`
        Return,
        /// `yield e`
        Yield,
        /// `throw e`
        Throw,
        /// `break` or `break e`
        Break,
        /// `continue`
        Continue,
        /// `x = e` or `x += e`
        Assign,
        /// An expression on its own.
        ExpressionStatement,

        /// A number, string, boolean or `null`.
        Literal,
        /// `'…${e}…'`
        Interpolated,
        /// `${e}`
        Hole,
        /// A name, `self` or `rec`.
        NameExpression,
        /// `(e)`
        Paren,
        /// `[a, ...b]`
        Array,
        /// `...e`
        Spread,
        /// `{a: 1, mut b: 2, ...c}`
        Record,
        /// `a: 1` or `mut b: 2`
        RecordField,
        /// `if (c) {…} else if (d) {…} else {…}`
        If,
        /// `if(c, a, b)`
        Conditional,
        /// `piecewise([c, a], b)`
        Piecewise,
        /// `while (c) {…}`
        While,
        /// `for (x in e) {…}`
        For,
        /// `try {…} catch (e) {…}`
        Try,
        /// `match e {…}`
        Match,
        /// The braces of a match.
        MatchArms,
        /// `pattern if (guard) => e`
        MatchArm,
        /// `if (guard)`
        Guard,
        /// `do {…}` or `async do {…}`
        Do,
        /// `generate {…}`
        Generate,
        /// `x => e`, `(a, b = 1): T => e` or `async x => e`
        Lambda,
        /// `(a, b = 1)`
        Parameters,
        /// `a`, `a?: T` or `a: T = e`
        Parameter,
        /// `a + b - c`: operands of one level, with the operators between them.
        Binary,
        /// `-x`, `!x` or `await x`, also several of them before the same operand.
        Unary,
        /// `A -> B`, `A <> B: {…}`
        Edge,
        /// `a.b[c](d)`: an expression and what is done with it, one after the other.
        Chain,
        /// `(a, b)` after an expression.
        Arguments,
        /// `[a, b]` after an expression.
        Index,
        /// `a..b`, `a..`, `..b` or `..` in an index.
        Slice,
        /// `.name`
        Field,

        /// `x`, `_`, or the name of a type.
        NamePattern,
        /// `1`, `-1`, `"a"`, `true`, `null`
        LiteralPattern,
        /// `{a, b: p, c = e}`
        RecordPattern,
        /// `a`, `b: p`, `c = e`
        FieldPattern,
        /// `[p, ...r, q]`
        VectorPattern,
        /// `p` or `p = e` in a vector pattern.
        ElementPattern,
        /// `...r`
        RestPattern,

        /// `Number`, `null`, the name of an alias.
        NameType,
        /// `Tensor<Number, [2, _]>`
        TensorType,
        /// `[2, _]`
        Shape,
        /// `{a: T, mut b?: T}`
        RecordType,
        /// `a: T`
        FieldType,
        /// `(A, B): R`
        FunctionType,
        /// `(A, B)` of a function's type.
        TypeList,
        /// `(T)`
        ParenType,
        /// `T?`
        OptionalType,
        /// `A | B`
        UnionType,
    }
}

impl SyntaxKind {
    /// Whether this is `=` or an operator with it.
    #[must_use]
    pub fn is_assignment(self) -> bool {
        self == Self::Equal || (Self::PlusEqual..=Self::CaretEqual).contains(&self)
    }
}
