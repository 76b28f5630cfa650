//! Commands to text: which groups are broken.

use super::command::{Command, Style};

/// Characters of a line, unless words alone are longer.
pub const WIDTH_MAX: usize = 100;

/// What is known of the commands before any is carried out.
struct Measure {
    /// Characters before each command, were all on one line.
    width: Vec<usize>,
    /// The next command that begins a new line in any case.
    hard: Vec<usize>,
    /// The next command that may begin a new line.
    line: Vec<usize>,
    /// The next group that is broken in any case.
    forced: Vec<usize>,
    /// Where each group ends.
    close: Vec<usize>,
}

impl Measure {
    fn new(commands: &[Command<'_>]) -> Self {
        let count = commands.len();
        let mut measure = Self {
            width: vec![0; count + 1],
            hard: vec![count; count + 1],
            line: vec![count; count + 1],
            forced: vec![count; count + 1],
            close: vec![count; count],
        };
        let mut open = Vec::new();
        for (index, command) in commands.iter().enumerate() {
            let width = if let Command::Text(text) = command {
                text.lines().next().unwrap_or_default().chars().count()
            } else {
                usize::from(matches!(command, Command::Line { .. }))
            };
            measure.width[index + 1] = measure.width[index] + width;
            if matches!(command, Command::Open { .. }) {
                open.push(index);
            } else if matches!(command, Command::Close)
                && let Some(open) = open.pop()
            {
                measure.close[open] = index;
            }
        }
        for (index, command) in commands.iter().enumerate().rev() {
            let is_long_text = matches!(command, Command::Text(text) if text.contains('\n'));
            let is_hard = matches!(command, Command::HardLine { .. });
            let is_line = is_hard || matches!(command, Command::Line { .. } | Command::SoftLine);
            let is_forced = matches!(command, Command::Open { is_forced: true, .. });
            let pick = |is_here: bool, after: usize| if is_here { index } else { after };
            measure.hard[index] = pick(is_hard || is_long_text, measure.hard[index + 1]);
            measure.line[index] = pick(is_line, measure.line[index + 1]);
            measure.forced[index] = pick(is_forced, measure.forced[index + 1]);
        }
        measure
    }

    /// Whether the group that begins at `open` is broken, if it begins in a column.
    fn is_broken(&self, open: usize, column: usize, style: Style, is_forced: bool) -> bool {
        let close = self.close[open];
        let is_inside = |index: usize| index < close;
        if is_forced
            || style == Style::Whole
                && (is_inside(self.hard[open + 1]) || is_inside(self.forced[open + 1]))
        {
            return true;
        }
        let end = if is_inside(self.hard[open]) {
            self.hard[open]
        } else {
            self.line[close].min(self.hard[close])
        };
        // The first line of a long text belongs to what must fit.
        let is_line = self.line[end] == end || end + 1 == self.width.len();
        let last = if is_line { self.width[end] } else { self.width[end + 1] };
        column + (last - self.width[open]) > WIDTH_MAX
    }
}

/// Carries out the commands. Lines are indented by multiples of `step` blanks.
#[must_use]
pub fn layout(commands: &[Command<'_>], step: usize) -> String {
    let measure = Measure::new(commands);
    let mut page = Page::default();
    // Of each open group, whether it is broken; and the indentation, innermost last.
    let mut groups = Vec::new();
    let mut indents = vec![0];
    for (index, command) in commands.iter().enumerate() {
        let is_broken = groups.last().copied().unwrap_or(true);
        let indent = indents.last().copied().unwrap_or(0);
        match command {
            Command::Text(text) => page.text(text),
            Command::Line { is_blank } if is_broken => page.line(indent, *is_blank),
            Command::Line { .. } => page.text(" "),
            Command::SoftLine if is_broken => page.line(indent, false),
            Command::HardLine { is_blank } => page.line(indent, *is_blank),
            Command::Open { style, is_forced } => {
                groups.push(measure.is_broken(index, page.column, *style, *is_forced));
            }
            Command::Close => drop(groups.pop()),
            Command::Indent => indents.push(indent + if is_broken { step } else { 0 }),
            Command::Dedent => drop(indents.pop()),
            Command::SoftLine => {}
            Command::Comment(text) => page.comments.push((*text).to_owned()),
        }
    }
    page.finish()
}

/// The text so far.
#[derive(Default)]
struct Page {
    out: String,
    column: usize,
    /// Blanks that the next line begins with.
    indent: usize,
    /// Comments that are waiting for the end of the line.
    comments: Vec<String>,
}

impl Page {
    fn text(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        let indent = std::mem::take(&mut self.indent);
        self.out.extend(std::iter::repeat_n(' ', indent));
        self.out.push_str(text);
        match text.rsplit_once('\n') {
            Some((_, last)) => self.column = last.chars().count(),
            None => self.column += text.chars().count(),
        }
    }

    fn line(&mut self, indent: usize, is_blank: bool) {
        self.end_line();
        if !self.out.is_empty() {
            self.out.push_str(if is_blank { "\n\n" } else { "\n" });
        }
        (self.column, self.indent) = (indent, indent);
    }

    fn end_line(&mut self) {
        let mut comments = std::mem::take(&mut self.comments);
        // Behind one that ends with its line there is no room for another kind.
        comments.sort_by_key(|comment| !comment.starts_with("/*"));
        for comment in comments {
            // At the beginning of a line a comment needs no blank before it.
            let gap = if self.out.is_empty() || self.out.ends_with('\n') { "" } else { " " };
            self.text(&format!("{gap}{comment}"));
        }
    }

    fn finish(mut self) -> String {
        self.end_line();
        if !self.out.is_empty() && !self.out.ends_with('\n') {
            self.out.push('\n');
        }
        self.out
    }
}
