//! Environment variables: those of the process, and what the program has changed. The process
//! itself is never changed.

use std::collections::BTreeMap;

use machine::{Answer, Failure};

/// What the program sees.
#[derive(Debug, Default)]
pub(super) struct Environment {
    /// Filled when it is asked for first.
    variables: Option<BTreeMap<Vec<u8>, Vec<u8>>>,
    /// What the program has set.
    changed: BTreeMap<Vec<u8>, Vec<u8>>,
}

impl Environment {
    fn variables(&mut self) -> &mut BTreeMap<Vec<u8>, Vec<u8>> {
        self.variables.get_or_insert_with(|| {
            let bytes = |text: std::ffi::OsString| text.into_encoded_bytes();
            std::env::vars_os().map(|(name, value)| (bytes(name), bytes(value))).collect()
        })
    }

    pub(super) fn get(&mut self, name: &[u8]) -> Answer {
        self.variables().get(name).map_or(Answer::Nothing, |value| Answer::Bytes(value.clone()))
    }

    pub(super) fn all(&mut self) -> Answer {
        let variables = self.variables().iter();
        Answer::Pairs(variables.map(|(name, value)| (name.clone(), value.clone())).collect())
    }

    /// What the program has set, by names.
    pub(super) fn changed(&self) -> Vec<(Vec<u8>, Vec<u8>)> {
        self.changed.iter().map(|(name, value)| (name.clone(), value.clone())).collect()
    }

    pub(super) fn set(&mut self, name: &[u8], value: &[u8]) -> Answer {
        if name.is_empty() || name.contains(&b'=') || name.contains(&0) || value.contains(&0) {
            let message = "no variable can have that name or value".to_owned();
            return Answer::Refused(Failure::Invalid, message);
        }
        self.variables().insert(name.to_vec(), value.to_vec());
        self.changed.insert(name.to_vec(), value.to_vec());
        Answer::Done
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_that_was_set_is_seen_and_the_process_stays_as_it_is() {
        let mut environment = Environment::default();
        let name = b"PALINDROME_TEST_VARIABLE";
        assert_eq!(environment.get(name), Answer::Nothing);
        assert_eq!(environment.set(name, b"a=b"), Answer::Done);
        assert_eq!(environment.get(name), Answer::Bytes(b"a=b".to_vec()));
        let Answer::Pairs(all) = environment.all() else { unreachable!("pairs are asked for") };
        assert!(all.contains(&(name.to_vec(), b"a=b".to_vec())));
        assert!(all.is_sorted());
        assert_eq!(Environment::default().get(name), Answer::Nothing);
    }

    #[test]
    fn names_that_no_variable_can_have_are_refused() {
        let mut environment = Environment::default();
        for (name, value) in [("", "1"), ("a=b", "1"), ("a\0", "1"), ("a", "\0")] {
            let answer = environment.set(name.as_bytes(), value.as_bytes());
            assert!(matches!(answer, Answer::Refused(Failure::Invalid, _)), "{name:?}");
        }
    }
}
