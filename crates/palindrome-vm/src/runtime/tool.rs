//! Questions to the tool that made the program, about programs: such as whether another one works.

use machine::{Answer, Question};

use super::{Call, Outcome};
use crate::moment::wrong;
use crate::trap::Trap;

pub(super) fn tool_number(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    match call.answer() {
        None => ask(call),
        Some(Answer::Integer(number)) => Ok(Outcome::Value(*number)),
        Some(answer) => Err(refused(answer)),
    }
}

pub(super) fn tool_text(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    match call.answer() {
        None => ask(call),
        Some(Answer::Bytes(bytes)) => {
            let text = String::from_utf8_lossy(bytes).into_owned();
            call.new_text(text.as_bytes()).map(Outcome::Value)
        }
        Some(answer) => Err(refused(answer)),
    }
}

fn ask(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let list = call.argument(0);
    let words = call.elements(list)?.into_iter().map(|word| call.text(word));
    let words = words.collect::<Result<Vec<_>, _>>()?;
    Ok(Outcome::Asks(Question::Tool(words)))
}

fn refused(answer: &Answer) -> Trap {
    match answer {
        Answer::Refused(_, reason) => wrong(reason.clone()),
        Answer::Done
        | Answer::Integer(_)
        | Answer::Bytes(_)
        | Answer::Nothing
        | Answer::Failed(_)
        | Answer::Pairs(_)
        | Answer::Response(_) => Trap::BadAnswer,
    }
}
