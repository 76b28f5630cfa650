//! How much of a long value a session shows.

/// Characters of a result that are shown on a terminal: about a screen.
const RESULT_MAX: usize = 2_000;

/// Of those, so many come from its end.
const END_MAX: usize = 300;

/// Characters of a value in a list.
const LINE_MAX: usize = 80;

/// A result without what would fill more than a screen; the value itself is as long as ever.
pub(crate) fn shortened(text: String) -> String {
    let count = text.chars().count();
    if count <= RESULT_MAX {
        return text;
    }
    let head: String = text.chars().take(RESULT_MAX - END_MAX).collect();
    let end: String = text.chars().skip(count - END_MAX).collect();
    let left_out = count - RESULT_MAX;
    format!(
        "{head} …\n… {left_out} characters are left out here; `print` shows them all …\n… {end}"
    )
}

/// A value on a line of its own, which ends where it would be too long.
pub(crate) fn in_a_line(text: &str) -> String {
    let mut line: String = text.lines().map(str::trim).collect::<Vec<_>>().join(" ");
    if let Some((end, _)) = line.char_indices().nth(LINE_MAX) {
        line.truncate(end);
        line += " …";
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_values_are_whole_and_long_ones_have_a_head_and_an_end() {
        assert_eq!(shortened("[1]\n".to_owned()), "[1]\n");
        let long = format!("[{}é]\n", "1, ".repeat(100_000));
        let shown = shortened(long);
        assert!(shown.chars().count() < RESULT_MAX + 100);
        assert!(shown.starts_with("[1, 1,") && shown.ends_with(" 1, é]\n"));
        assert!(shown.contains("298004 characters are left out"), "{shown}");
    }

    #[test]
    fn a_value_in_a_list_is_one_line() {
        assert_eq!(in_a_line("[[1, 2],\n [3, 4]]"), "[[1, 2], [3, 4]]");
        assert_eq!(in_a_line(&"ü".repeat(200)), format!("{} …", "ü".repeat(80)));
    }
}
