//! What is told of Achronyme's functions: `palindrome words achronyme`, and `help` in a session.

use ::achronyme::{FunctionExample, FunctionHelp, KEYWORDS, functions_like};

/// That there is no such function; `names` are others that could be meant.
pub(crate) fn unknown(name: &str, names: &[String]) -> String {
    if KEYWORDS.contains(&name) {
        return format!("`{name}` is a word of the language, and no function");
    }
    let hint = functions_like(name, names).map(|hint| format!("; {hint}")).unwrap_or_default();
    format!("`{name}` is no function{hint}")
}

/// As data.
pub(crate) fn to_json(help: &FunctionHelp) -> serde_json::Value {
    let FunctionHelp { name, parameters, description, examples, group, module } = help;
    let examples = examples.iter().map(|FunctionExample { program, echo }| {
        serde_json::json!({ "program": program, "expected": echo })
    });
    serde_json::json!({
        "name": name,
        "parameters": parameters,
        "description": description,
        "examples": examples.collect::<Vec<_>>(),
        "group": group,
        "module": module,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::achronyme::{function_helps, function_overview};

    #[test]
    fn every_function_is_in_the_overview() {
        let text = function_overview();
        for help in function_helps() {
            assert!(text.split_whitespace().any(|word| word == help.name), "{}", help.name);
        }
    }

    #[test]
    fn a_slip_is_told() {
        assert!(unknown("linspce", &[]).contains("did you mean `linspace`?"));
        assert!(unknown("lins", &[]).contains("so begin `linspace`"));
        assert!(unknown("total", &["totals".to_owned()]).contains("so begin `totals`"));
        assert!(unknown("match", &[]).contains("a word of the language"));
    }
}
