//! Running a recorded machine to its end, whatever guest it is of.

use machine::{Answer, Machine, Piece, Probes, Question, Tick};
use timeline::{Arrival, Timeline};

use crate::Failure;

/// Runs on to the end of the program; what it wrote on the way.
pub(crate) fn finish<M: Machine>(timeline: &mut Timeline<M>) -> Result<Vec<u8>, Failure> {
    let mut output = Vec::new();
    loop {
        match timeline.forward(Tick::MAX, &Probes::none()) {
            Arrival::Ended(_) => return Ok(output),
            Arrival::Asks(Question::Write(pieces)) => {
                pieces.iter().for_each(|Piece { bytes, .. }| output.extend_from_slice(bytes));
                timeline.answer(Answer::Done).map_err(Failure::from_display)?;
            }
            arrival @ (Arrival::Reached
            | Arrival::Probed(_)
            | Arrival::Asks(_)
            | Arrival::Trapped(_)) => {
                return Err(Failure(format!("the program stopped: {arrival:?}")));
            }
        }
    }
}
