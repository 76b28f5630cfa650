//! Programs of Tacit made of bytes: each byte chooses among the words that suit the types on the
//! stack, so that most programs go on for a while.

/// Words of a program, at most.
const LEN_MAX: usize = 96;

/// What programs begin with.
const START: &str = "\
5 value g [ 1 2 3 ] value v :[ \"a\" 1 ]: value d
: f -> x x x 1 > IF { x 1 - 3 & f + } ;
: h 2 + ;
: main 0 -> x 1 -> y [ 4 5 ] -> z
";

/// Types taken, types left, and words between bars: numbers, strings, vectors, sequences, code
/// from a number to a number, dictionaries; `1`, `2` and `3` are any types.
const WORDS: &[(&str, &str, &str)] = &[
    ("", "n", "0|1|2|-3|2.5|7|300|g|v 1 get|v[ 0 ]|d \"a\" get|random|heap-check|pi|self"),
    ("", "n", "(g 1 +) delay|(5) delay|(1 terminate) spawn join|(g yield) spawn join"),
    ("", "s", "\"ab\"|\"\"|read-line string"),
    ("", "v", "[ 1 2 3 ]|v|[ 4 5 ]|[ 1 2 + 3 dup ]|3 array"),
    ("", "q", "1 4 1 range|5 1 -2 range|v seq"),
    ("", "d", "d|:[ \"a\" g ]:"),
    ("", "c", "(2 *)|`h|`f|(dup 3 > (1 -) (1 +) if)"),
    ("", "", "1 g + to g|v 0 7 put to v|9 to v[ 1 ]|cr|d \"b\" 2 put to d|yield|compact"),
    ("", "", "g 900 > IF { exit }|[ 1 2 ] (.) for-each"),
    ("n", "", "to g|print|.|to d[ \"c\" ]"),
    ("v", "", "to v|."),
    ("1", "", "drop|drop|."),
    ("1", "11", "dup|dup"),
    ("12", "21", "swap"),
    ("12", "121", "over"),
    ("12", "2", "nip"),
    ("12", "212", "tuck"),
    ("123", "231", "rot"),
    ("12", "1212", "2dup"),
    ("nn", "n", "+|-|*|/|!|^|&|<|>|<=|>=|=|~|and|atan2|compare"),
    ("n", "n", "not|abs|sqrt|round|f|h|m-|1 +|2 *|3 <|force|(1 +) eval|0 or"),
    ("n", "v", "m,"),
    ("n", "s", "string|show"),
    ("nc", "n", "eval"),
    ("1", "1", "dup drop|1 drop|m, first"),
    ("vn", "v", "append|+|*|-"),
    ("vv", "v", "concat|+|*"),
    ("vv", "n", "=|~"),
    ("v", "v", "reverse|sort|grade|distinct|m-|1 +|flatten|0 3 put"),
    ("v", "n", "sum|length|first|references|0 get|avg"),
    ("v", "q", "seq"),
    ("vc", "q", "map|filter"),
    ("q", "v", "to-vector"),
    ("q", "n", "count|last|0 (+) reduce|first|(2 >) find"),
    ("q", "q", "3 seq-take|1 seq-drop|(1 +) map|`h map|(2 >) filter|(5 <) take-while|0 (+) scan"),
    ("qq", "q", "chain|sift"),
    ("qq", "n", "zip count"),
    ("qc", "q", "map|filter|take-while"),
    ("qc", "n", "any|all"),
    ("s", "n", "length|references|code"),
    ("s", "s", "upper|reverse|trim"),
    ("s", "v", "\"b\" split"),
    ("ss", "s", "concat"),
    ("d", "n", "length|\"a\" get"),
    ("d", "v", "keys|values"),
    ("dn", "d", "\"k\" swap put"),
];

/// Words for the local variables.
const LOCALS: &[(&str, &str, &str)] = &[
    ("", "n", "x|x|y|z[ 0 ]"),
    ("", "v", "z"),
    ("n", "", "-> x|-> y|-> z[ 1 ]"),
    ("v", "", "-> z"),
    ("", "", "z 8 append -> z|x 1 + -> x|y x - -> y"),
];

/// What is opened: types taken, there at its start, wanted at its end, and left; whether local
/// variables can be used inside.
const OPENING: &[(&str, [&str; 4], bool)] = &[
    ("IF {", ["n", "", "", ""], true),
    ("IF { 2 . } ELSE {", ["n", "", "", ""], true),
    ("3 times {", ["", "", "", ""], true),
    ("for-each {", ["q", "n", "", ""], true),
    ("1 3 1 range for-each {", ["", "n", "", ""], true),
    ("0 reduce {", ["q", "nn", "n", "n"], true),
    ("0 WHILE { 1 + dup 5 < } DO {", ["", "", "", "n"], true),
    ("SWITCH { 1 { 5 . } else {", ["n", "", "", ""], true),
    ("map {", ["q", "n", "n", "q"], false),
    ("filter {", ["v", "n", "n", "q"], false),
    ("any {", ["q", "n", "n", "n"], false),
    ("(", ["", "n", "n", "c"], false),
];

/// Something that was opened.
struct Open {
    close: &'static str,
    /// The stack's height below what it can use.
    floor: usize,
    end: &'static str,
    left: &'static str,
    has_locals: bool,
}

struct Writer {
    text: String,
    /// The types on the stack.
    stack: Vec<u8>,
    open: Vec<Open>,
    has_locals: bool,
}

/// A program, chosen by the bytes of `input`.
pub(crate) fn program(input: &[u8]) -> String {
    let input = &input[..input.len().min(LEN_MAX)];
    let (inside, outside) = input.split_at(input.len() / 2);
    let text = START.to_owned();
    let mut writer = Writer { text, stack: Vec::new(), open: Vec::new(), has_locals: true };
    writer.words(inside);
    writer.text += "\n;\nmain\n";
    writer.has_locals = false;
    writer.words(outside);
    writer.text
}

impl Writer {
    fn words(&mut self, input: &[u8]) {
        for byte in input {
            self.word(usize::from(*byte));
        }
        while !self.open.is_empty() {
            self.close();
        }
    }

    /// Adds one of the words that fit.
    fn word(&mut self, choice: usize) {
        let locals = if self.has_locals() { LOCALS } else { &[] };
        let words = WORDS.iter().chain(locals).filter_map(|(takes, leaves, words)| {
            let found = self.matching(takes)?;
            Some(words.split('|').map(move |word| (word, takes.len(), leaves, found)))
        });
        let words: Vec<_> = words.flatten().collect();
        let openings = OPENING.iter().filter(|(_, [takes, ..], _)| self.matching(takes).is_some());
        let openings: Vec<_> = openings.collect();
        // The last choice is to close what is open.
        let choice = choice % (words.len() + openings.len() + 1);
        if let Some((word, takes, leaves, found)) = words.get(choice) {
            self.add(word);
            self.stack.truncate(self.stack.len() - takes);
            let types = leaves.bytes().map(|kind| match kind {
                b'1'..=b'3' => found[usize::from(kind - b'1')],
                _ => kind,
            });
            self.stack.extend(types);
        } else if let Some((word, types, has_locals)) = openings.get(choice - words.len()) {
            self.open(word, *types, *has_locals);
        } else if !self.open.is_empty() {
            self.close();
        }
    }

    fn open(&mut self, word: &str, [takes, start, end, left]: [&'static str; 4], has_locals: bool) {
        self.add(word);
        self.stack.truncate(self.stack.len() - takes.len());
        let close = match word {
            "(" => ")",
            _ if word.starts_with("SWITCH") => "} }",
            _ => "}",
        };
        let floor = self.stack.len();
        let has_locals = has_locals && self.has_locals();
        self.open.push(Open { close, floor, end, left, has_locals });
        self.stack.extend(start.bytes());
    }

    /// Closes what was opened last, with what it wants on the stack.
    fn close(&mut self) {
        let Some(Open { close, floor, end, left, .. }) = self.open.pop() else { return };
        let is_kept = self.stack[floor..].starts_with(end.as_bytes());
        let kept = if is_kept { floor + end.len() } else { floor };
        while self.stack.len() > kept {
            self.stack.pop();
            self.add("drop");
        }
        if !is_kept {
            self.add("1");
        }
        self.stack.truncate(floor);
        self.add(close);
        self.stack.extend(left.bytes());
    }

    fn has_locals(&self) -> bool {
        self.open.last().map_or(self.has_locals, |open| open.has_locals)
    }

    /// What the types `1`, `2` and `3` are, if the stack has what is taken.
    fn matching(&self, takes: &str) -> Option<[u8; 3]> {
        let floor = self.open.last().map_or(0, |open| open.floor);
        let first = self.stack.len().checked_sub(takes.len()).filter(|first| *first >= floor)?;
        let mut found = [0; 3];
        for (kind, wanted) in self.stack[first..].iter().zip(takes.bytes()) {
            match wanted {
                b'1'..=b'3' => found[usize::from(wanted - b'1')] = *kind,
                _ if wanted != *kind => return None,
                _ => {}
            }
        }
        Some(found)
    }

    fn add(&mut self, word: &str) {
        self.text += word;
        self.text.push(' ');
    }
}
