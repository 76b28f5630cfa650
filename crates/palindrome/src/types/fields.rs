//! The fields of a record or relation, with their types.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::Type;

/// Types by the names of fields. Which fields there are makes the type; the order in which they were
/// written does not, but values are shown in it.
#[derive(Clone, Debug, Default)]
pub struct Fields {
    by_name: BTreeMap<Rc<str>, Type>,
    /// The names as they were written first.
    written: Vec<Rc<str>>,
}

impl Fields {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Adds a field behind the others, or gives one another type, and returns the one before.
    pub(crate) fn insert(&mut self, name: Rc<str>, of: Type) -> Option<Type> {
        let before = self.by_name.insert(Rc::clone(&name), of);
        if before.is_none() {
            self.written.push(name);
        }
        before
    }

    /// The type of a field.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Type> {
        self.by_name.get(name)
    }

    pub(crate) fn contains_key(&self, name: &str) -> bool {
        self.by_name.contains_key(name)
    }

    /// How many fields there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.by_name.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_name.is_empty()
    }

    /// The fields in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&Rc<str>, &Type)> {
        self.by_name.iter()
    }

    pub(crate) fn keys(&self) -> impl Iterator<Item = &Rc<str>> {
        self.by_name.keys()
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = &Type> {
        self.by_name.values()
    }

    /// The fields in the order in which they were written.
    pub(crate) fn in_order(&self) -> impl Iterator<Item = (&Rc<str>, &Type)> {
        self.written.iter().filter_map(|name| self.by_name.get_key_value(name))
    }

    /// The names in the order in which they were written.
    pub(crate) fn written(&self) -> &[Rc<str>] {
        &self.written
    }

    /// The same fields with other types.
    pub(crate) fn map(&self, change: &mut dyn FnMut(&Type) -> Type) -> Self {
        let by_name = self.iter().map(|(name, of)| (Rc::clone(name), change(of))).collect();
        Self { by_name, written: self.written.clone() }
    }
}

impl PartialEq for Fields {
    fn eq(&self, other: &Self) -> bool {
        self.by_name == other.by_name
    }
}

impl FromIterator<(Rc<str>, Type)> for Fields {
    fn from_iter<I: IntoIterator<Item = (Rc<str>, Type)>>(fields: I) -> Self {
        let mut all = Self::new();
        for (name, of) in fields {
            all.insert(name, of);
        }
        all
    }
}

impl<const N: usize> From<[(Rc<str>, Type); N]> for Fields {
    fn from(fields: [(Rc<str>, Type); N]) -> Self {
        fields.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_is_kept_and_makes_no_other_type() {
        let field = |name: &str, of: &Type| (Rc::from(name), of.clone());
        let one = Fields::from([field("b", &Type::INT), field("a", &Type::BOOL)]);
        let other = Fields::from([field("a", &Type::BOOL), field("b", &Type::INT)]);
        assert_eq!(one, other);
        assert_eq!(one.written().iter().map(|name| &**name).collect::<Vec<_>>(), ["b", "a"]);
        assert_eq!(one.keys().map(|name| &**name).collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(one.map(&mut |_| Type::INT).written(), one.written());
    }
}
