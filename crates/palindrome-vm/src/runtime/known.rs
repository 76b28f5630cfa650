//! The names of the top level and the relations of a program, by a table that it brings along.

use relational::{Relation, RelationId, Row, Value};

use super::Call;
use super::describe::{RECORD, WRITTEN_MAX};
use super::object::{HEAD, KIND_RECORD};
use crate::trap::Trap;

/// A name of the top level is its value, whether it has one, and the number of the moment at which it
/// was disposed of and 1, or 0.
pub(super) const HAS_VALUE: i64 = 8;
pub(super) const DISPOSED: i64 = 16;

/// A name or a relation.
pub(super) enum Known {
    /// Its name, where its value is, and the description of its type.
    Name(String, i64, i64),
    /// Its number and name, and the description of its rows.
    Relation(RelationId, String, i64),
}

impl Known {
    /// The description of a name's type.
    pub(super) const fn of_name(&self) -> Option<i64> {
        match self {
            Self::Name(_, _, of) => Some(*of),
            Self::Relation(..) => None,
        }
    }
}

impl Call<'_> {
    /// The table of names and relations that a program has: a record of numbers. First how many names,
    /// and for each its name, its position and its type; then for each relation where its number is, its
    /// name, and the type of its rows.
    pub(super) fn known(&mut self, table: i64) -> Result<Vec<Known>, Trap> {
        self.head(table, &[KIND_RECORD], "a table of names")?;
        let bytes = self.look(table + HEAD, 8 * self.length(table)?)?.into_owned();
        let mut words = bytes.as_chunks().0.iter().map(|word| i64::from_le_bytes(*word));
        let mut all = Vec::new();
        for _ in 0..words.next().unwrap_or(0) {
            // A table that says more than it has ends here.
            let (Some(name), Some(at), Some(of)) = (words.next(), words.next(), words.next())
            else {
                break;
            };
            let name = String::from_utf8_lossy(&self.text(name)?).into_owned();
            all.push(Known::Name(name, at, of));
        }
        while let (Some(at), Some(name), Some(row)) = (words.next(), words.next(), words.next()) {
            let name = String::from_utf8_lossy(&self.text(name)?).into_owned();
            let id = u32::try_from(self.read_word(at)?).unwrap_or(u32::MAX);
            all.push(Known::Relation(RelationId::new(id), name, row));
        }
        Ok(all)
    }

    /// The descriptions of the fields of rows, by the description of those.
    pub(super) fn field_types(&self, row: i64) -> Result<Vec<i64>, Trap> {
        let values = self.typed();
        if values.word(row)? != RECORD {
            return Ok(Vec::new());
        }
        let fields = 0..values.word(row + 8)?;
        fields.map(|field| Ok(values.word(row + 16 + 24 * field + 8)?)).collect()
    }

    /// A value of a field as the language writes it.
    pub(super) fn value_text(
        &mut self,
        relation: &Relation,
        place: usize,
        value: &Value,
        types: &[i64],
    ) -> Result<String, Trap> {
        let (Some(field), Some(of)) = (relation.fields().get(place), types.get(place)) else {
            return Ok(value.to_string());
        };
        let word = self.word(value, &field.ty)?;
        Ok(self.typed().written(word, *of, WRITTEN_MAX)?)
    }

    /// A row as the language writes it, with its fields by name.
    pub(super) fn row_text(
        &mut self,
        relation: &Relation,
        row: &Row,
        types: &[i64],
    ) -> Result<String, Trap> {
        let mut texts = Vec::new();
        for ((field, value), place) in relation.fields().iter().zip(row).zip(0..) {
            let text = match types.get(place) {
                Some(of) => {
                    let word = self.word(value, &field.ty)?;
                    self.typed().quoted(word, *of, WRITTEN_MAX)?
                }
                None => value.to_string(),
            };
            texts.push(format!("{}: {text}", field.name));
        }
        Ok(format!("{{{}}}", texts.join(", ")))
    }
}
