//! The relational store on the tape of a program: its pages are the segment `store`, and every
//! write to them is logged as any other.

use machine::pause;
use relational::{
    DefinitionError, PAGE_SIZE, PageFault, Pages, PagesMut, RelationId, Store, StoreError,
};
use tape::TapePart;

use super::Call;
use crate::layout::STORE;
use crate::trap::Trap;

/// Pages that it may use.
const PAGES_MAX: u32 = 1 << 20;
const _: () = assert!((PAGES_MAX as i64) << 12 == STORE.end - STORE.start && PAGE_SIZE == 1 << 12);

impl Pages for Call<'_> {
    #[inline]
    fn page(&self, position: i64) -> Result<&[u8; PAGE_SIZE], PageFault> {
        if pause::is_wanted() {
            self.spend(0)?;
        }
        Ok(self.tape().page(position))
    }

    #[inline(never)]
    fn spend(&self, bytes: usize) -> Result<(), PageFault> {
        let reason = "the machine is to come back";
        if self.may_go_on(bytes) { Ok(()) } else { Err(PageFault::Stopped { reason }) }
    }

    fn stops(&self) -> fn(usize) -> bool {
        |bytes| pause::is_due() || pause::is_too_large(bytes)
    }
}

impl PagesMut for Call<'_> {
    #[inline]
    fn write(&mut self, position: i64, bytes: &[u8]) -> Result<(), PageFault> {
        // What was there is logged.
        if !self.spend_little(bytes.len()) {
            self.spend(bytes.len())?;
        }
        if self.write_quickly(position, bytes) {
            return Ok(());
        }
        self.write_slowly(position, bytes).map_err(|_| PageFault::PastEnd { position })
    }
}

impl Call<'_> {
    /// Does something with the store, which is made when it is used first.
    pub(crate) fn with_store<T, E: ToString + From<StoreError>>(
        &mut self,
        work: impl FnOnce(&mut Store, &mut Self) -> Result<T, E>,
    ) -> Result<T, Trap> {
        self.in_store(|store, call| work(store, call).map_err(|error| refused(&error)))
    }

    /// The same, where something else may fail, too.
    pub(super) fn in_store<T>(
        &mut self,
        work: impl FnOnce(&mut Store, &mut Self) -> Result<T, Trap>,
    ) -> Result<T, Trap> {
        let mut store = match self.take_store() {
            Some(store) if store.is_on(self) => store,
            _ => Box::new(self.open_store()?),
        };
        let done = work(&mut store, self);
        self.keep_store(store);
        done.map_err(|trap| {
            // What is wrong there may be right in the present.
            if let (Trap::Store { reason }, Some(aside)) = (&trap, self.moments().put_aside()) {
                let reason = named(reason, aside).unwrap_or_else(|| reason.clone());
                let reason = format!("at moment {} {reason}", self.moments().now());
                return Trap::Store { reason };
            }
            trap
        })
    }

    fn open_store(&mut self) -> Result<Store, Trap> {
        let opened = match Store::open(self, STORE.start) {
            Err(StoreError::NoStore) => Store::create(self, STORE.start, PAGES_MAX),
            other => other,
        };
        opened.map_err(|error| refused(&error))
    }

    /// A relation, by the number that `relation_create` gave.
    pub(crate) fn relation(&self, argument: u8) -> Result<RelationId, Trap> {
        let number = self.argument(argument);
        let reason = || format!("{number} is no number of a relation");
        let number = u32::try_from(number).map_err(|_| Trap::Store { reason: reason() })?;
        Ok(RelationId::new(number))
    }
}

/// That a relation is not there, with the name that it has in the present in place of its number.
fn named(reason: &str, present: &TapePart) -> Option<String> {
    let mut store = Store::open(present, STORE.start).ok()?;
    let relations = store.relations(present).ok()?;
    let missing = relations.iter().find(|relation| {
        let error = DefinitionError::UnknownId { id: relation.id().number() };
        error.to_string() == reason
    })?;
    let name = missing.name().to_owned();
    Some(DefinitionError::UnknownRelation { name }.to_string())
}

/// The fault that is an error of the store.
pub(super) fn refused(error: &impl ToString) -> Trap {
    Trap::Store { reason: error.to_string() }
}
