//! Indexes: by columns as they lie in the store, or by values that the store computes from each row.

use relational::{Comparison, ComputedIndex, Expr, IndexDefinition, Part};

use super::Codegen;
use super::code::Jump;
use super::frame::{FRAME, Slot};
use super::query::is_known;
use super::relation::stored;
use super::row_value::Left;
use crate::codes::{INDEX_VALUE, LENS_COLUMN};
use crate::hir::{Expression, ExpressionKind, Index, IndexKind, LocalId, RelationId, RelationKind};
use crate::types::Type;

/// An index as the store is told of it, and the relation where the rows lie.
pub(super) struct Indexed {
    home: RelationId,
    name: String,
    kind: relational::IndexKind,
    /// What the kind is called.
    word: &'static str,
    parts: Vec<Part>,
}

impl Indexed {
    /// The columns that it goes by, if it goes by nothing else.
    fn columns(&self) -> Option<Vec<usize>> {
        let column = |part: &Part| match part.expr {
            Expr::Field(place) => Some(place),
            _ => None,
        };
        self.parts.iter().map(column).collect()
    }
}

impl Codegen<'_> {
    /// Finds out what the store is told of the indexes that the program asks for.
    pub(super) fn find_indexes(&mut self) {
        for index in &self.program.indexes {
            if let Some(found) = self.indexed(index) {
                self.indexes.push(found);
            }
        }
    }

    fn indexed(&mut self, index: &Index) -> Option<Indexed> {
        let home = self.home_of(index.relation);
        let mut parts = Vec::new();
        for key in &index.keys {
            let of = stored(&self.of(&key.of), &self.program.unions, 0);
            match (self.row_value(key, index.row, index.relation), of) {
                (Ok(expr), Some(ty)) => parts.push(Part { expr, ty }),
                (Err(Left { at, why }), _) => {
                    self.refuse_key(index, key, (at, &why));
                    return None;
                }
                (Ok(_), None) => {
                    self.contradiction("an index by values of this type", key.span);
                    return None;
                }
            }
        }
        let kind = match index.kind {
            IndexKind::Btree => relational::IndexKind::BTree,
            IndexKind::Hash => relational::IndexKind::Hash,
            IndexKind::Bitmap => relational::IndexKind::Bitmap,
            IndexKind::Fulltext => relational::IndexKind::FullText,
        };
        let text = |key: &Expression| {
            self.sources.slice(key.span).split_whitespace().collect::<Vec<_>>().join(" ")
        };
        let texts: Vec<String> = index.keys.iter().map(text).collect();
        let name = format!("{} {}", texts.join(", "), kind_name(index.kind));
        let word = kind_name(index.kind);
        let found = Indexed { home, name, kind, word, parts };
        let is_view = self.program.relations.get(home.index()).is_some_and(|it| {
            !matches!(it.kind, RelationKind::Stored | RelationKind::Predicate | RelationKind::Event)
        });
        if is_view && found.columns().is_none() {
            self.refuse(
                INDEX_VALUE,
                "an index of a view goes by its columns",
                "select the value as a column of the view, or index the relation that it is of",
                index.span,
            );
            return None;
        }
        Some(found)
    }

    fn refuse_key(&mut self, index: &Index, key: &Expression, (at, why): (source::Span, &str)) {
        let is_column = matches!(&key.kind, ExpressionKind::Field(base, _)
            if base.kind == ExpressionKind::Local(index.row));
        if is_column {
            let message = format!("no index can go by this column of an older shape: {why}");
            let hint = "index the columns of the newest shape that it is computed from";
            return self.refuse(LENS_COLUMN, &message, hint, key.span);
        }
        let message = format!("the store cannot compute what this index goes by: {why}");
        let hint = "keep the value in a column, and index that";
        self.refuse(INDEX_VALUE, &message, hint, at);
    }

    /// The indexes of a relation that go by computed values.
    pub(super) fn computed_indexes(&self, id: RelationId) -> Vec<ComputedIndex> {
        let mut found: Vec<ComputedIndex> = Vec::new();
        for index in self.indexes.iter().filter(|index| index.home == id) {
            if index.columns().is_none() && found.iter().all(|other| other.name != index.name) {
                let (name, kind, parts) = (index.name.clone(), index.kind, index.parts.clone());
                found.push(ComputedIndex { name, kind, parts });
            }
        }
        found
    }

    /// Makes the indexes that go by columns; the others come with their relations.
    pub(super) fn make_indexes(&mut self) {
        for place in 0..self.indexes.len() {
            let Some(index) = self.indexes.get(place) else { return };
            let Some(columns) = index.columns() else { continue };
            let Some(relation) = self.program.relations.get(index.home.index()) else { continue };
            let known = super::relation::sorted(relation);
            let names = columns.iter().filter_map(|place| known.get(*place));
            let fields: Vec<String> = names.map(|field| field.name.to_string()).collect();
            let kind = index.kind;
            let name = format!("{} {}", fields.join(" "), index.word);
            let (home, span) = (index.home, relation.span);
            let definition = IndexDefinition { name, kind, unique: false, fields };
            self.at(span);
            let text = self.data.text(&definition.to_bytes());
            self.relation_number(home, 1);
            self.code.set(2, text);
            self.call_runtime("index_create");
        }
    }

    /// A condition that compares what an index goes by, of the row of `later` that comes first, with
    /// what is known before: what it goes by in the store, how, and with what.
    pub(super) fn on_index<'e>(
        &self,
        condition: &'e Expression,
        id: RelationId,
        later: &[LocalId],
    ) -> Option<(Expr, Comparison, &'e Expression)> {
        let ExpressionKind::Binary(op, one, other) = &condition.kind else { return None };
        let how = super::plan::comparison_of(*op).filter(|how| *how != Comparison::Unequal)?;
        let (home, row) = (self.home_of(id), *later.first()?);
        if self.of(&one.of) != self.of(&other.of)
            || self.indexes.iter().all(|index| index.home != home)
        {
            return None;
        }
        let is_by = |expr: &Expr| {
            let own = self.indexes.iter().filter(|index| index.home == home);
            own.flat_map(|index| &index.parts).any(|part| part.expr == *expr)
        };
        let side = |of: &Expression, with: &Expression| {
            let is_side = !is_known(of, later) && is_known(with, later);
            let found = is_side.then(|| self.row_value(of, row, id).ok())??;
            is_by(&found).then_some(found)
        };
        if let Some(found) = side(one, other) {
            return Some((found, how, other));
        }
        side(other, one).map(|found| (found, turned(how), &**one))
    }
}

impl Codegen<'_> {
    /// What the first condition on rows compares them with: it is computed if there are any, as it would
    /// be for the first of them. The slot where it is.
    pub(super) fn value_for_rows(&mut self, home: RelationId, value: &Expression) -> Slot {
        let of = self.of(&value.of);
        let nothing = match of {
            Type::STRING => self.data.text(b""),
            Type::INT | Type::BOOL | Type::FLOAT | Type::DURATION | Type::TIMESTAMP => 0,
            Type::Optional(_) => 0,
            // Of others there is nothing to compare with instead.
            _ => {
                self.value(value);
                return self.save(0);
            }
        };
        self.code.set(0, nothing);
        let slot = self.save(0);
        let none = self.code.label();
        self.relation_number(home, 1);
        self.call_runtime("relation_count");
        self.code.jump(Jump::IfZero(0), none);
        self.value(value);
        self.code.store(0, FRAME, slot.offset());
        self.code.place(none);
        slot
    }
}

fn turned(how: Comparison) -> Comparison {
    match how {
        Comparison::Less => Comparison::Greater,
        Comparison::AtMost => Comparison::AtLeast,
        Comparison::Greater => Comparison::Less,
        Comparison::AtLeast => Comparison::AtMost,
        Comparison::Equal | Comparison::Unequal => how,
    }
}

fn kind_name(kind: IndexKind) -> &'static str {
    match kind {
        IndexKind::Btree => "btree",
        IndexKind::Hash => "hash",
        IndexKind::Bitmap => "bitmap",
        IndexKind::Fulltext => "fulltext",
    }
}
