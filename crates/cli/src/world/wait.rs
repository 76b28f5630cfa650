//! Waiting so that Ctrl-C is heard.
#![expect(clippy::disallowed_methods, reason = "clock and threads belong to the command line")]

use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::time::{Duration, Instant};

use crate::interrupt;

/// How often Ctrl-C is looked for.
const PATIENCE: Duration = Duration::from_millis(20);

/// Waits so long; `None` where Ctrl-C came first.
pub(super) fn sleep(duration: Duration) -> Option<()> {
    let began = Instant::now();
    loop {
        let left = duration.saturating_sub(began.elapsed());
        if left.is_zero() {
            return Some(());
        }
        if interrupt::is_wanted() {
            return None;
        }
        std::thread::sleep(left.min(PATIENCE));
    }
}

/// What `work` gives, which may wait for others; `None` where Ctrl-C came first. The work then
/// goes on and nobody looks at what comes of it.
pub(super) fn interruptible<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    let (given, taken) = sync_channel(1);
    std::thread::spawn(move || {
        let _is_heard = given.send(work());
    });
    loop {
        match taken.recv_timeout(PATIENCE) {
            Ok(result) => return Some(result),
            Err(RecvTimeoutError::Timeout) if !interrupt::is_wanted() => {}
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_takes_its_time_and_work_gives_its_result() {
        let began = Instant::now();
        assert_eq!(sleep(Duration::from_millis(50)), Some(()));
        assert!(began.elapsed() >= Duration::from_millis(50));
        assert_eq!(interruptible(|| 6 * 7), Some(42));
    }
}
