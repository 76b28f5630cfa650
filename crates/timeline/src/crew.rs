//! Pieces of work that several threads do and one takes, in their order.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use machine::Tick;

/// How many pieces per worker may be done and not yet taken, so that results cannot pile up.
const LEAD: usize = 4;

/// How long the calling thread sleeps before it asks again whether to go on, where it waits for
/// others.
const NAP: Duration = Duration::from_millis(20);

/// Asked in the middle of a piece, with the tick it has come to: whether it is still wanted.
pub(crate) type GoOn<'a> = &'a mut dyn FnMut(Tick) -> ControlFlow<()>;

/// What the workers know of each other.
struct Shared<T> {
    state: Mutex<State<T>>,
    changed: Condvar,
    /// Nothing more is wanted.
    is_over: AtomicBool,
    count: usize,
    lead: usize,
}

struct State<T> {
    /// The first piece that nobody has begun.
    next: usize,
    /// The first that was not taken.
    wanted: usize,
    done: BTreeMap<usize, T>,
    /// Workers that have not left.
    workers: usize,
}

impl<T> Shared<T> {
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A piece to begin with, if there is one and it is not too far ahead.
    fn begin(&self, state: &mut State<T>) -> Option<usize> {
        let piece = state.next;
        let is_free = piece < self.count && piece < state.wanted + self.lead;
        is_free.then(|| {
            state.next += 1;
            piece
        })
    }

    /// What a thread other than the calling one does.
    fn serve<W>(
        &self,
        mut worker: W,
        work: &impl Fn(&mut W, usize, GoOn<'_>) -> ControlFlow<(), T>,
    ) {
        let _leaving = Leaving(self);
        let is_over = || self.is_over.load(Ordering::Relaxed);
        loop {
            let mut state = self.lock();
            let piece = loop {
                if is_over() || state.next >= self.count {
                    return;
                }
                if let Some(piece) = self.begin(&mut state) {
                    break piece;
                }
                state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
            };
            drop(state);
            let mut go_on =
                |_| if is_over() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
            let ControlFlow::Continue(result) = work(&mut worker, piece, &mut go_on) else {
                return;
            };
            self.lock().done.insert(piece, result);
            self.changed.notify_all();
        }
    }
}

/// Tells the others when a worker leaves, even by a panic.
struct Leaving<'a, T>(&'a Shared<T>);

impl<T> Drop for Leaving<'_, T> {
    fn drop(&mut self) {
        self.0.lock().workers -= 1;
        self.0.changed.notify_all();
    }
}

/// Stops whoever is in the middle of something when the calling thread wants nothing more, even by a
/// panic.
struct Ending<'a, T>(&'a Shared<T>);

impl<T> Drop for Ending<'_, T> {
    fn drop(&mut self) {
        self.0.is_over.store(true, Ordering::Relaxed);
        // A worker that is about to wait holds the lock until it does.
        let _state = self.0.lock();
        self.0.changed.notify_all();
    }
}

/// Does the pieces `0..count` with `own` on this thread and with each of `others` on one of its own;
/// hands the results to `take` on this thread, in order, until it breaks off. `go_on` is asked on
/// this thread, now and then; says whether it was it that broke off.
///
/// Which thread does a piece must not matter to its result: then the results do not depend on how
/// many there are.
pub(crate) fn share<W: Send, T: Send>(
    own: &mut W,
    others: Vec<W>,
    count: usize,
    work: &(impl Fn(&mut W, usize, GoOn<'_>) -> ControlFlow<(), T> + Sync),
    take: &mut dyn FnMut(T) -> ControlFlow<()>,
    go_on: GoOn<'_>,
) -> ControlFlow<()> {
    let workers = others.len();
    let state = State { next: 0, wanted: 0, done: BTreeMap::new(), workers };
    let shared = Shared {
        state: Mutex::new(state),
        changed: Condvar::new(),
        is_over: AtomicBool::new(false),
        count,
        lead: LEAD * (workers + 1),
    };
    thread::scope(|scope| {
        for worker in others {
            let shared = &shared;
            scope.spawn(move || shared.serve(worker, work));
        }
        let _ending = Ending(&shared);
        let at = Tick::ZERO;
        let mut caller = Caller { shared: &shared, take, go_on, at, is_called_off: false };
        let _ended = caller.run(own, work);
        if caller.is_called_off { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })
}

/// The thread that wants the results, and does its share.
struct Caller<'a, T> {
    shared: &'a Shared<T>,
    take: &'a mut dyn FnMut(T) -> ControlFlow<()>,
    go_on: GoOn<'a>,
    /// How far it has come.
    at: Tick,
    is_called_off: bool,
}

impl<T> Caller<'_, T> {
    fn run<W>(
        &mut self,
        own: &mut W,
        work: &impl Fn(&mut W, usize, GoOn<'_>) -> ControlFlow<(), T>,
    ) -> ControlFlow<()> {
        loop {
            self.look_up()?;
            let mut state = self.shared.lock();
            if state.wanted >= self.shared.count {
                return ControlFlow::Continue(());
            }
            if let Some(piece) = self.shared.begin(&mut state) {
                drop(state);
                let result = work(own, piece, &mut |at| {
                    self.at = at;
                    self.look_up()
                })?;
                self.shared.lock().done.insert(piece, result);
            } else if !state.done.contains_key(&state.wanted) {
                if state.workers == 0 {
                    // Whoever had the piece has panicked, which the scope passes on.
                    return ControlFlow::Break(());
                }
                let _woken = self.shared.changed.wait_timeout(state, NAP);
            }
        }
    }

    /// Takes what is ready, and asks whether to go on.
    fn look_up(&mut self) -> ControlFlow<()> {
        loop {
            let mut state = self.shared.lock();
            let wanted = state.wanted;
            let Some(result) = state.done.remove(&wanted) else { break };
            state.wanted += 1;
            drop(state);
            self.shared.changed.notify_all();
            (self.take)(result)?;
        }
        self.is_called_off = (self.go_on)(self.at).is_break();
        if self.is_called_off { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}
