//! Sets of programs with what each has to print: a row of a file each.

/// A row: an id, a program with the files beside it, what it prints, and where that is from, between
/// tabs. `␤` stands for a newline and `␉` for a tab; `FILE name:` begins a further file.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its name.
    pub id: String,
    /// The program.
    pub program: String,
    /// The files beside it, by name.
    pub files: Vec<(String, String)>,
    /// What it prints, without the last newline, or `ERROR` and what the error means.
    pub expected: String,
}

/// The rows of a set.
#[must_use]
pub fn rows(set: &str) -> Vec<Row> {
    set.lines().filter(|line| !line.starts_with("# ")).map(row).collect()
}

/// The rows of a set of which some are overruled by rows of another.
///
/// # Panics
///
/// If a row that overrules has no row of its name and program to overrule, or expects the same.
#[must_use]
pub fn overruled_rows(set: &str, overruling: &str) -> Vec<Row> {
    let mut all = rows(set);
    for row in rows(overruling) {
        let same = |old: &&mut Row| old.id == row.id && old.program == row.program;
        let old = all.iter_mut().find(same);
        let old = old.unwrap_or_else(|| panic!("{} overrules nothing", row.id));
        assert_ne!(old.expected, row.expected, "{} overrules nothing", row.id);
        *old = row;
    }
    all
}

fn row(line: &str) -> Row {
    let mut columns = line.split('\t').map(|column| column.replace('␤', "\n").replace('␉', "\t"));
    let mut column = || columns.next().unwrap_or_default();
    let (id, text, expected) = (column(), column(), column());
    let mut parts = text.split("FILE ");
    let program = parts.next().unwrap_or_default().to_owned();
    let files = parts.filter_map(|part| part.split_once(":\n"));
    let files = files.map(|(name, text)| (name.to_owned(), text.to_owned())).collect();
    Row { id, program, files, expected }
}

impl Row {
    /// The program and the files beside it.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        let files = self.files.iter().map(|(_, text)| text.as_str());
        std::iter::once(self.program.as_str()).chain(files)
    }

    /// Whether a program that prints this, or fails with this message, does what the row says. An
    /// error may be told in somewhat other words.
    #[must_use]
    pub fn is_met(&self, result: Result<&str, &str>) -> bool {
        match (self.expected.strip_prefix("ERROR"), result) {
            (Some(meaning), Err(message)) => {
                let message = message.to_lowercase();
                let words: Vec<String> = meaning
                    .trim_start_matches(':')
                    .split_whitespace()
                    .map(str::to_lowercase)
                    .collect();
                let found = words.iter().filter(|word| message.contains(&**word)).count();
                meaning.contains("syntax error") || found * 4 >= words.len() * 3
            }
            (None, Ok(shown)) => shown == self.expected,
            (Some(_), Ok(_)) | (None, Err(_)) => false,
        }
    }
}
