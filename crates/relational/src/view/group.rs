//! The groups of a view: their totals on pages, changed row by row.
//!
//! Sums and counts are taken back by subtracting. For the least, the greatest and all values, each
//! value of a group is kept in a tree with how often it is there.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::Groups;
use super::delta::{Bag, batch};
use crate::StoreError;
use crate::any::{decode_any, encode_any};
use crate::area::{Writer, corrupt, get_u64, kind};
use crate::catalog::Relation;
use crate::change::AT_GROUPS;
use crate::index::RELATION_KEY_MAX;
use crate::pages::{PAGE_SIZE, PagesMut};
use crate::query::{Column, Expr, QueryError, Sofar, Total};
use crate::read::Row;
use crate::tree::Bounds;
use crate::value::Value;
use crate::wire::{Packer, Unpacker};

/// A group as it is kept.
struct Group {
    number: u64,
    rows: u64,
    totals: Vec<Sofar>,
}

/// Changes the groups of a view.
pub(super) struct Grouping<'w, 'p, P: PagesMut> {
    pub(super) writer: &'w mut Writer<'p, P>,
    pub(super) view: &'w Relation,
    pub(super) groups: Groups,
    pub(super) by: &'w [Expr],
    pub(super) totals: &'w [Total],
}

/// A row of a group: for each total its value, and how often the row comes.
type Members = Vec<(Vec<Value>, i64)>;

impl<P: PagesMut> Grouping<'_, '_, P> {
    /// Puts changes of rows into their groups, and returns those of the rows of groups.
    pub(super) fn change(&mut self, bag: Bag) -> Result<Bag, QueryError> {
        let mut changed = Vec::new();
        for (key, mut members) in self.split(bag)? {
            // What is added first: some of what is taken away may be among it.
            members.sort_by_key(|(_, count)| *count < 0);
            let values = self.values_of(&key)?;
            let known = self.load(&key)?;
            if let Some(group) = &known {
                changed.push((self.row(&values, group)?, -1));
            }
            let mut group = match known {
                Some(group) => group,
                None => self.start()?,
            };
            for (values, count) in members {
                self.add(&mut group, values, count)?;
            }
            // A group of everything is there even without rows.
            if group.rows > 0 || self.by.is_empty() {
                changed.push((self.row(&values, &group)?, 1));
                self.save(&key, &group)?;
            } else {
                self.groups.states.remove(self.writer, &key)?;
            }
        }
        Ok(changed)
    }

    /// The rows by their groups, with what the totals are of.
    fn split(&self, bag: Bag) -> Result<BTreeMap<Vec<u8>, Members>, QueryError> {
        let mut groups: BTreeMap<_, Members> = BTreeMap::new();
        if self.by.is_empty() {
            groups.insert(Vec::new(), Vec::new());
        }
        if bag.is_empty() {
            return Ok(groups);
        }
        let (batch, counts) = batch(bag);
        let keys = self.by.iter().map(|expr| expr.eval(&batch)).collect::<Result<Vec<_>, _>>()?;
        let of = self.totals.iter().map(|total| total.of().map(|of| of.eval(&batch)).transpose());
        let of = of.collect::<Result<Vec<_>, _>>()?;
        for (row, count) in counts.into_iter().enumerate() {
            let mut key = Vec::new();
            keys.iter().for_each(|column| encode_any(&column.look(row), &mut key));
            check_len(&key)?;
            let value = |column: &Option<Cow<'_, Column>>| {
                column.as_ref().map_or(Value::None, |column| column.at(row))
            };
            groups.entry(key).or_default().push((of.iter().map(value).collect(), count));
        }
        Ok(groups)
    }

    /// The values that a group has in common.
    fn values_of(&self, key: &[u8]) -> Result<Row, StoreError> {
        let mut rest = key;
        let values = self.by.iter().map(|_| decode_any(&mut rest));
        values.collect::<Option<_>>().ok_or_else(|| self.broken())
    }

    fn start(&mut self) -> Result<Group, QueryError> {
        let head = self.writer.reader().page_of(self.view.head, kind::RELATION)?;
        let number = get_u64(head, AT_GROUPS);
        self.writer.write(self.view.head, AT_GROUPS, &number.wrapping_add(1).to_le_bytes())?;
        let totals = self.totals.iter().map(Total::start).collect::<Result<_, _>>()?;
        Ok(Group { number, rows: 0, totals })
    }

    fn load(&self, key: &[u8]) -> Result<Option<Group>, StoreError> {
        let Some(bytes) = self.groups.states.get(self.writer.reader(), key)? else {
            return Ok(None);
        };
        let mut from = Unpacker { rest: &bytes };
        let head = from.word().zip(from.word());
        let totals = self.totals.iter().map(|total| Sofar::unpack(total, &mut from));
        let totals = totals.collect::<Option<_>>();
        let ((number, rows), totals) = head.zip(totals).ok_or_else(|| self.broken())?;
        Ok(Some(Group { number, rows, totals }))
    }

    fn save(&mut self, key: &[u8], group: &Group) -> Result<(), StoreError> {
        let mut packer = Packer::default();
        packer.word(group.number);
        packer.word(group.rows);
        group.totals.iter().for_each(|total| total.pack(&mut packer));
        self.groups.states.put(self.writer, key, &packer.bytes)?;
        Ok(())
    }

    /// Adds a row so many times, or takes it away.
    fn add(&mut self, group: &mut Group, values: Vec<Value>, count: i64) -> Result<(), QueryError> {
        let rows = group.rows.checked_add_signed(count);
        group.rows = rows.ok_or_else(|| self.broken())?;
        for (place, value) in values.into_iter().enumerate() {
            let total = &self.totals[place];
            if total.needs_values() {
                self.keep(group.number, place, &value, count)?;
            } else {
                for _ in 0..count.unsigned_abs() {
                    total.change(&mut group.totals[place], value.clone(), count > 0)?;
                }
            }
        }
        Ok(())
    }

    /// Notes that a value of a total is there so many times more.
    fn keep(
        &mut self,
        group: u64,
        place: usize,
        value: &Value,
        count: i64,
    ) -> Result<(), StoreError> {
        let mut key = prefix(group, place);
        encode_any(value, &mut key);
        check_len(&key)?;
        let tree = self.groups.values;
        let before = match tree.get(self.writer.reader(), &key)? {
            None => 0,
            Some(bytes) => Unpacker { rest: &bytes }.word().ok_or_else(|| self.broken())?,
        };
        match before.checked_add_signed(count).ok_or_else(|| self.broken())? {
            0 => tree.remove(self.writer, &key).map(|_| ()),
            after => tree.put(self.writer, &key, &after.to_le_bytes()).map(|_| ()),
        }
    }

    /// The row of a group: its values, and its totals.
    fn row(&self, values: &Row, group: &Group) -> Result<Row, QueryError> {
        let mut row = values.clone();
        for (place, (total, sofar)) in self.totals.iter().zip(&group.totals).enumerate() {
            row.push(if total.needs_values() {
                self.kept(total, &prefix(group.number, place))?
            } else {
                total.finish(sofar.clone())?
            });
        }
        Ok(row)
    }

    /// The least, the greatest, or all values of a total.
    fn kept(&self, total: &Total, prefix: &[u8]) -> Result<Value, StoreError> {
        let (tree, reader, bounds) =
            (self.groups.values, self.writer.reader(), Bounds::prefix(prefix));
        let value = |key: &[u8]| decode_any(&mut key.get(prefix.len()..)?);
        let one = |entry: Option<(&[u8], _)>| match entry {
            None => Ok(Value::None),
            Some((key, _)) => value(key).ok_or_else(|| self.broken()),
        };
        match total {
            Total::Min(_) => one(tree.scan(reader, bounds)?.next()?),
            Total::Max(_) => one(tree.scan_back(reader, bounds)?.next()?),
            Total::Collect(_) => {
                let (mut values, mut entries) = (Vec::new(), tree.scan(reader, bounds)?);
                // The list becomes part of a row, in which each value takes a byte at least.
                let max = (reader.walk_max()? as usize * PAGE_SIZE).max(LISTED);
                while let Some((key, count)) = entries.next()? {
                    let count = Unpacker { rest: &count }.word().ok_or_else(|| self.broken())?;
                    let count = usize::try_from(count).ok();
                    let count = count.filter(|count| *count <= max.saturating_sub(values.len()));
                    let count = count.ok_or_else(|| self.broken())?;
                    let value = value(key).ok_or_else(|| self.broken())?;
                    values.extend(std::iter::repeat_n(value, count));
                }
                Ok(Value::List(values))
            }
            Total::Count | Total::Sum(..) | Total::Avg(_) => Err(self.broken()),
        }
    }

    const fn broken(&self) -> StoreError {
        corrupt(self.groups.states.root, "keeps groups of a view that cannot be read")
    }
}

/// How many values are listed in a store of any size.
const LISTED: usize = 1 << 20;

/// Where the values of a total of a group lie.
fn prefix(group: u64, place: usize) -> Vec<u8> {
    let mut key = group.to_be_bytes().to_vec();
    key.extend_from_slice(&crate::area::small(place).to_be_bytes());
    key
}

fn check_len(key: &[u8]) -> Result<(), StoreError> {
    if key.len() > RELATION_KEY_MAX {
        return Err(StoreError::KeyTooLong { len: key.len() });
    }
    Ok(())
}
