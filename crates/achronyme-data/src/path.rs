//! Names of files as texts: joined, taken apart, made absolute, compared with patterns. `/` stands
//! between the names of folders on every system, so that programs mean the same everywhere.

/// The two in one: the second alone where it is absolute, or the first is empty.
#[must_use]
pub fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() || is_absolute(name) {
        return name.to_owned();
    }
    let slash = if folder.ends_with('/') || name.is_empty() { "" } else { "/" };
    format!("{folder}{slash}{name}")
}

/// Whether it begins at a root: `/`, or `C:/`.
#[must_use]
pub fn is_absolute(path: &str) -> bool {
    path.starts_with('/') || has_drive(path)
}

fn has_drive(path: &str) -> bool {
    matches!(path.as_bytes(), [letter, b':', b'/', ..] if letter.is_ascii_alphabetic())
}

/// Folder and last name. The folder has no `/` at its end unless it is a root; it is empty where
/// there is none.
fn split(path: &str) -> (&str, &str) {
    match path.rfind('/') {
        Some(0) => path.split_at(1),
        Some(2) if has_drive(path) => path.split_at(3),
        Some(at) => (path[..at].trim_end_matches('/'), &path[at + 1..]),
        None => ("", path),
    }
}

/// What a file lies in; empty where the path does not say it.
#[must_use]
pub fn folder(path: &str) -> &str {
    let (folder, _) = split(path);
    if folder.is_empty() && path.starts_with('/') { "/" } else { folder }
}

/// The last name of a path.
#[must_use]
pub fn base(path: &str) -> &str {
    split(path).1
}

/// How the last name ends, from its last point on: `.gz` of `a.tar.gz`, nothing of `.profile`.
#[must_use]
pub fn ending(path: &str) -> &str {
    let base = base(path);
    let name = base.trim_start_matches('.');
    name.rfind('.').map_or("", |at| &name[at..])
}

/// A path from the root on, with neither `.` nor `..` in it. `here` is where paths begin that are not
/// absolute. Links are not looked at.
#[must_use]
pub fn absolute(here: &str, path: &str) -> String {
    let path = join(here, path);
    let (root, rest) = if has_drive(&path) { path.split_at(3) } else { ("/", &*path) };
    let mut names: Vec<&str> = Vec::new();
    for name in rest.split('/') {
        match name {
            "" | "." => {}
            ".." => drop(names.pop()),
            _ => names.push(name),
        }
    }
    format!("{root}{}", names.join("/"))
}

/// Whether a name is of a pattern, in which `*` is any letters, `?` any one, `[ab]` and `[a-z]` one of
/// these, and `[!ab]` one of no others. None of them is `/`, except `**`, which is anything.
/// O(n m).
#[must_use]
pub fn matches(name: &str, pattern: &str) -> bool {
    let (name, pattern): (Vec<char>, Vec<char>) =
        (name.chars().collect(), pattern.chars().collect());
    // reached[i]: the pattern so far can be the first i letters.
    let mut reached = vec![false; name.len() + 1];
    reached[0] = true;
    let mut at = 0;
    while let Some(&mark) = pattern.get(at) {
        let mut next = vec![false; name.len() + 1];
        if mark == '*' {
            let crosses = pattern.get(at + 1) == Some(&'*');
            at += if crosses { 2 } else { 1 };
            let mut is_open = false;
            for (i, is_reached) in reached.iter().enumerate() {
                is_open = *is_reached || is_open && (crosses || name[i - 1] != '/');
                next[i] = is_open;
            }
        } else {
            let (class, width) = Class::read(&pattern[at..]);
            at += width;
            for (i, letter) in name.iter().enumerate() {
                next[i + 1] = reached[i] && class.has(*letter);
            }
        }
        reached = next;
    }
    reached[name.len()]
}

/// What one letter may be.
enum Class<'a> {
    /// Any but `/`.
    Any,
    /// This one.
    One(char),
    /// One of these, or none of these.
    Of(&'a [char], bool),
}

impl<'a> Class<'a> {
    /// The class that a pattern begins with, and its width.
    fn read(pattern: &'a [char]) -> (Self, usize) {
        let first = pattern.first().copied().unwrap_or_default();
        if first == '?' {
            return (Self::Any, 1);
        }
        if first == '['
            && let Some(end) = pattern.iter().skip(2).position(|mark| *mark == ']')
        {
            let inside = &pattern[1..end + 2];
            return match inside.split_first() {
                Some(('!', rest)) if !rest.is_empty() => (Self::Of(rest, false), end + 3),
                _ => (Self::Of(inside, true), end + 3),
            };
        }
        (Self::One(first), 1)
    }

    fn has(&self, letter: char) -> bool {
        match self {
            Self::Any => letter != '/',
            Self::One(one) => *one == letter,
            Self::Of(letters, is_one) => {
                let mut rest = *letters;
                let mut found = false;
                while let Some((&first, after)) = rest.split_first() {
                    if let ['-', last, after @ ..] = after {
                        found |= (first..=*last).contains(&letter);
                        rest = after;
                    } else {
                        found |= first == letter;
                        rest = after;
                    }
                }
                letter != '/' && found == *is_one
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_joined_and_taken_apart() {
        assert_eq!(join("a", "b.c"), "a/b.c");
        assert_eq!(
            (join("a/", "b"), join("", "b"), join("a", "/b")),
            ("a/b".into(), "b".into(), "/b".into())
        );
        let parts = |path| (folder(path), base(path), ending(path));
        assert_eq!(parts("a/b.tar.gz"), ("a", "b.tar.gz", ".gz"));
        assert_eq!(parts("/x"), ("/", "x", ""));
        assert_eq!(parts("C:/x.y"), ("C:/", "x.y", ".y"));
        assert_eq!(parts(".profile"), ("", ".profile", ""));
        assert_eq!(parts("a//b/"), ("a//b", "", ""));
        assert_eq!(parts("//b"), ("/", "b", ""));
        assert_eq!(parts(""), ("", "", ""));
    }

    #[test]
    fn absolute_paths_have_no_way_back() {
        assert_eq!(absolute("/a/x", "../y/./z"), "/a/y/z");
        assert_eq!(absolute("/x", "/../a//b/"), "/a/b");
        assert_eq!(absolute("C:/a", "b/../.."), "C:/");
    }

    #[test]
    fn patterns_have_stars_marks_and_classes() {
        for (name, pattern) in [
            ("a.csv", "*.csv"),
            ("ab", "a?"),
            ("a/b/c.x", "**.x"),
            ("a/c.x", "a/*.x"),
            ("b7", "[a-c][!0-6]"),
            ("[", "["),
            ("a-", "a[-x]"),
            ("", "*"),
            ("aaab", "*a*b"),
        ] {
            assert!(matches(name, pattern), "{name} {pattern}");
        }
        for (name, pattern) in
            [("a/b.csv", "*.csv"), ("ab", "a"), ("d", "[a-c]"), ("/", "?"), ("", "?")]
        {
            assert!(!matches(name, pattern), "{name} {pattern}");
        }
    }
}
