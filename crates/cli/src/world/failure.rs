//! What the system says of a failure, as answers say it.

use std::io::{self, ErrorKind};

use machine::{Answer, Failure};

const KNOWN: [(ErrorKind, Failure); 16] = [
    (ErrorKind::BrokenPipe, Failure::Closed),
    (ErrorKind::StorageFull, Failure::Full),
    (ErrorKind::QuotaExceeded, Failure::Full),
    (ErrorKind::FileTooLarge, Failure::Full),
    (ErrorKind::PermissionDenied, Failure::Denied),
    (ErrorKind::ReadOnlyFilesystem, Failure::Denied),
    (ErrorKind::NotFound, Failure::Missing),
    (ErrorKind::InvalidInput, Failure::Invalid),
    (ErrorKind::InvalidFilename, Failure::Invalid),
    (ErrorKind::ConnectionRefused, Failure::Unreachable),
    (ErrorKind::ConnectionReset, Failure::Unreachable),
    (ErrorKind::ConnectionAborted, Failure::Unreachable),
    (ErrorKind::HostUnreachable, Failure::Unreachable),
    (ErrorKind::NetworkUnreachable, Failure::Unreachable),
    (ErrorKind::NetworkDown, Failure::Unreachable),
    (ErrorKind::TimedOut, Failure::Unreachable),
];

/// The failure of that kind.
pub(super) fn failure(kind: ErrorKind) -> Failure {
    let known = KNOWN.iter().find(|(known, _)| *known == kind);
    known.map_or(Failure::Other, |(_, failure)| *failure)
}

/// The same with what the system says.
pub(super) fn refused(error: &io::Error) -> Answer {
    let text = error.to_string();
    // The system's number helps nobody, and differs between systems.
    let text = text.split(" (os error ").next().unwrap_or_default();
    Answer::Refused(failure(error.kind()), text.to_owned())
}
