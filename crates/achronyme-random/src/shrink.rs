//! Cutting a program down while something about it stays as it is.

use std::ops::Range;

use achronyme::{Element, Node, SyntaxKind, parse};
use source::SourceId;

/// What is put in place of a part that cannot just be left out.
const SHORT: [&str; 7] = ["0", "1", "null", "[]", "\"\"", "x", "{}"];

/// The shortest text found for which `holds` still is true; `text` itself is such a one. `holds` is
/// asked at most `tries` times.
pub fn shrink(text: &str, tries: usize, holds: &mut dyn FnMut(&str) -> bool) -> String {
    let mut text = achronyme::format(text)
        .ok()
        .filter(|formatted| holds(formatted))
        .unwrap_or_else(|| text.to_owned());
    let mut tries = tries;
    let (mut rank, mut is_shorter) = (0, false);
    loop {
        let parts = parts(&text);
        let Some(part) = parts.get(rank) else {
            if !is_shorter {
                return text
                    .lines()
                    .filter(|line| !line.trim().is_empty())
                    .fold(String::new(), |all, line| all + line + "\n");
            }
            (rank, is_shorter) = (0, false);
            continue;
        };
        let found = part.without(&text).into_iter().find(|shorter| {
            tries = tries.saturating_sub(1);
            tries > 0 && holds(shorter)
        });
        match found {
            Some(shorter) => {
                text = shorter;
                is_shorter = true;
            }
            None => rank += 1,
        }
        if tries == 0 {
            return text;
        }
    }
}

/// A part of a program.
struct Part {
    range: Range<usize>,
    /// What it consists of.
    inside: Vec<Range<usize>>,
    /// What these consist of, and what those do.
    deeper: Vec<Range<usize>>,
}

/// The parts of a program, the longest first.
fn parts(text: &str) -> Vec<Part> {
    let parsed = parse(text, SourceId::default());
    let mut parts: Vec<Part> = parsed.tree.root().descendants().map(part).collect();
    parts.sort_by_key(|part| std::cmp::Reverse(part.range.len()));
    parts
}

fn part(node: Node<'_>) -> Part {
    let mut inside: Vec<Range<usize>> = node.children().map(range).collect();
    // Operands, arguments and elements can be left out together with what separates them.
    let mut last_comma = None;
    for element in node.elements() {
        match element {
            Element::Token(token) if token.kind() == SyntaxKind::Comma => {
                let span = token.span(SourceId::default());
                last_comma = Some(span.start as usize..span.end as usize);
            }
            Element::Node(child) => {
                if let Some(comma) = &last_comma {
                    inside.push(comma.start..range(child).end);
                }
            }
            Element::Token(_) => {}
        }
    }
    let inner = node.children().flat_map(Node::children);
    let deeper = inner.clone().chain(inner.flat_map(Node::children)).map(range).collect();
    Part { range: range(node), inside, deeper }
}

fn range(node: Node<'_>) -> Range<usize> {
    let span = node.span(SourceId::default());
    span.start as usize..span.end as usize
}

impl Part {
    /// The text with less of this part, each time in another way.
    fn without(&self, text: &str) -> Vec<String> {
        let replaced = |range: &Range<usize>, new: &str| {
            format!("{}{new}{}", &text[..range.start], &text[range.end..])
        };
        let mut found = Vec::new();
        let length = self.range.len();
        if length > 0 {
            found.push(replaced(&self.range, ""));
        }
        let count = self.inside.len();
        if count > 3 {
            let (first, middle, last) =
                (&self.inside[0], &self.inside[count / 2], &self.inside[count - 1]);
            if first.start < middle.start && middle.start < last.end {
                found.push(replaced(&(first.start..middle.start), ""));
                found.push(replaced(&(middle.start..last.end), ""));
            }
        }
        for inner in &self.inside {
            let part = &text[inner.clone()];
            if part.len() + 2 < length {
                found.push(replaced(&self.range, part));
                if part.len() + 4 < length {
                    found.push(replaced(&self.range, &format!("({part})")));
                    found.push(replaced(&self.range, &format!("do {part}")));
                }
            }
            if part.starts_with(',') {
                found.push(replaced(inner, ""));
            }
        }
        let deeper = self.deeper.iter().map(|inner| &text[inner.clone()]);
        found.extend(
            deeper.filter(|part| part.len() < length).map(|part| replaced(&self.range, part)),
        );
        let short = SHORT.iter().filter(|short| short.len() < length);
        found.extend(short.map(|short| replaced(&self.range, short)));
        found
    }
}
