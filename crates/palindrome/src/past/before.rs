//! The moments from before a program began, as it sees them: the relations of then are made into those that
//! it has by the code that does so when it begins, on a machine of its own.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use machine::{CodePosition, Machine as _, Probes, Stop, Tick};
use palindrome_vm::layout::STATE;
use palindrome_vm::{Earlier, EarlierMoment, MomentTable, Seen, Vm};
use relational::{Relation, Store, StoreError, Type, Value, typed_from_bytes, widened};
use tape::TapePart;

use super::{Known, Past, PastError, Stamp};
use crate::codegen::Names;
use crate::state::{KeptName, STATE_START, State};

/// Moments that are kept as the program sees them.
const SEEN_MAX: usize = 64;
/// Instructions that the beginning of a program takes at most: it may have to move the rows of a relation.
const TICKS_MAX: u64 = 1 << 36;

/// The moments from before a program began.
#[derive(Debug)]
pub(crate) struct Before {
    past: Arc<Past>,
    code: Arc<palindrome_vm::Program>,
    names: Names,
    seen: Mutex<BTreeMap<u64, Arc<Seen>>>,
}

impl Before {
    pub(crate) fn new(
        code: &Arc<palindrome_vm::Program>,
        names: &Names,
        past: Arc<Past>,
    ) -> Arc<Self> {
        let (code, names) = (Arc::clone(code), names.clone());
        Arc::new(Self { past, code, names, seen: Mutex::default() })
    }

    pub(crate) fn past(&self) -> &Arc<Past> {
        &self.past
    }

    fn known(&self, number: u64) -> Result<Known, PastError> {
        let stamp = self.past.numbered(number)?;
        self.past.known(self.past.place_of(stamp.number))
    }

    fn see(&self, number: u64) -> Result<Seen, PastError> {
        let known = self.known(number)?;
        let names = known.state()?.names;
        let mut vm = Vm::load(Arc::clone(&self.code));
        vm.tape.put_part(&known.part);
        let wrong = |why: &dyn std::fmt::Display| {
            PastError(format!("moment {number} cannot be seen by this program: {why}"))
        };
        State { pages: Vec::new(), names: names.clone() }
            .place(&self.names, &mut vm)
            .map_err(|trap| wrong(&trap))?;
        if let Some(end) = self.names.ends.first() {
            let end = CodePosition(u64::from(*end) * 8);
            let probes = Probes { breakpoints: [end].into(), ..Probes::none() };
            loop {
                match vm.run(Tick::at(TICKS_MAX), &probes) {
                    Stop::Probed(_) if vm.ip() == self.names.ends[0] => break,
                    Stop::Probed(_) => {}
                    Stop::Trapped(trap) => return Err(wrong(&trap)),
                    Stop::Ended(_) => break,
                    Stop::Reached | Stop::Asks(_) => {
                        return Err(wrong(&"what it does at its beginning takes too long"));
                    }
                }
            }
        }
        self.without_new(&known.part, &mut vm).map_err(|error| wrong(&error))?;
        let (mut valued, mut present) = (Vec::new(), Vec::new());
        for global in &self.names.globals {
            match &global.stored {
                // One that is of another type now has no value to be seen.
                Some(of) => {
                    valued.push((global.at, fitting(&names, &global.name, of).ok().flatten()));
                }
                None => present.push(global.at),
            }
        }
        Ok(Seen { data: vm.tape.part(STATE), names: valued, present })
    }

    /// Leaves out relations that did not exist then: to read one is wrong, and not nothing.
    fn without_new(&self, then: &TapePart, vm: &mut Vm) -> Result<(), StoreError> {
        let Ok(mut store) = Store::open(&vm.tape, STATE_START) else { return Ok(()) };
        let old = match Store::open(then, STATE_START) {
            Ok(mut store) => store.relations(then)?,
            Err(StoreError::NoStore) => Vec::new(),
            Err(error) => return Err(error),
        };
        let now = store.relations(&vm.tape)?;
        let has = |all: &[Arc<Relation>], name: &str| all.iter().any(|it| it.name() == name);
        // Where rows have moved from one relation to another, that is what it was then.
        if old.iter().any(|old| !has(&now, old.name())) {
            return Ok(());
        }
        let is_own = |relation: &&Arc<Relation>| {
            let mut own = self.names.relations.iter();
            own.any(|own| own.name == relation.name() && !own.is_derived)
        };
        for new in now.iter().filter(is_own).filter(|new| !has(&old, new.name())) {
            // A view that goes with another one is gone already.
            if has(&store.relations(&vm.tape)?, new.name()) {
                store.drop_with_views(&mut vm.tape, new.id())?;
            }
        }
        Ok(())
    }
}

/// The value that a name had, as a value of the type that it has now.
fn fitting(names: &[KeptName], name: &str, is: &Type) -> Result<Option<(Type, Value)>, PastError> {
    let Some(kept) = names.iter().find(|kept| kept.name == name) else { return Ok(None) };
    let fitting = widened(kept.value.clone(), &kept.of, is);
    let value = fitting.ok_or_else(|| {
        PastError(format!("`{name}` was {} then, and is {is} in the program", kept.of))
    })?;
    Ok(Some((is.clone(), value)))
}

impl Earlier for Before {
    fn table(&self) -> &MomentTable {
        self.past.table()
    }

    fn moments(&self) -> Vec<EarlierMoment> {
        let stamps = self.past.stamps();
        let moment = |Stamp { number, time, before }| EarlierMoment { number, time, before };
        stamps.map(moment).collect()
    }

    fn forgotten(&self) -> Option<(u64, i64)> {
        self.past.forgotten()
    }

    fn data(&self, number: u64) -> Result<Arc<Seen>, String> {
        let lock = || self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lock().get(&number) {
            return Ok(Arc::clone(known));
        }
        let seen = Arc::new(self.see(number).map_err(|error| error.to_string())?);
        let mut all = lock();
        if all.len() >= SEEN_MAX {
            all.clear();
        }
        all.insert(number, Arc::clone(&seen));
        Ok(seen)
    }

    fn store(&self, number: u64) -> Result<TapePart, String> {
        self.known(number).map(|known| known.part).map_err(|error| error.to_string())
    }

    fn value(&self, number: u64, at: i64) -> Result<Option<(Type, Value)>, String> {
        let Some(global) = self.names.globals.iter().find(|global| global.at == at) else {
            return Ok(None);
        };
        let Some(of) = &global.stored else { return Ok(None) };
        let told = |error: PastError| error.to_string();
        let stamp = self.past.numbered(number).map_err(told)?;
        let place = self.past.place_of(stamp.number);
        let typed = place.map(|place| self.past.value_at(place, &global.name)).transpose();
        let Some(typed) = typed.map_err(told)?.flatten() else { return Ok(None) };
        let wrong = |_| format!("what `{}` was at moment {number} cannot be read", global.name);
        let (kept, value) = typed_from_bytes(&typed).map_err(wrong)?;
        let kept = [KeptName { name: global.name.clone(), of: kept, value }];
        fitting(&kept, &global.name, of).map_err(|error| error.to_string())
    }
}
