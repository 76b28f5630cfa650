//! Letting go of values of any depth without deep recursion: what an object held is put aside, and
//! let go of one after the other by whoever began.

use std::any::Any;
use std::cell::{Cell, RefCell};

thread_local! {
    static WAITING: RefCell<Vec<Box<dyn Any>>> = const { RefCell::new(Vec::new()) };
    static IS_DRAINING: Cell<bool> = const { Cell::new(false) };
}

/// Lets go of what an object held. Called from `drop`, which may itself have been called so.
pub(super) fn bury(remains: impl Any) {
    let is_draining = IS_DRAINING.try_with(|flag| flag.replace(true));
    match is_draining {
        Ok(true) => put_aside(remains),
        Ok(false) => {
            drop(remains);
            while let Some(next) = take() {
                drop(next);
            }
            let _ended = IS_DRAINING.try_with(|flag| flag.set(false));
        }
        // The thread ends.
        Err(_) => drop(remains),
    }
}

fn put_aside(remains: impl Any) {
    let boxed: Box<dyn Any> = Box::new(remains);
    let mut rest = Some(boxed);
    let _kept = WAITING.try_with(|waiting| waiting.borrow_mut().extend(rest.take()));
}

fn take() -> Option<Box<dyn Any>> {
    WAITING.try_with(|waiting| waiting.borrow_mut().pop()).ok().flatten()
}
