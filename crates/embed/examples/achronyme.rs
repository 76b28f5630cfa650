//! Two programs in Achronyme inside of one Tokio runtime, on one thread.
//!
//! `cargo run -p embed --example achronyme`
//!
//! Each program has tasks, a channel and `sleep` of its own. Both call functions of this Rust
//! program, which answer when they can: an address that begins with `app:` is one. Neither program
//! could end if the other waited for it to be over, as they meet on the way.
#![expect(clippy::wildcard_enum_match_arm, reason = "the programs here ask few of the questions")]

use std::error::Error;
use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use achronyme::{NoFiles, Options};
use achronyme_vm::Vm;
use embed::{Answering, Execution, Outside};
use machine::{Answer, ExitCode, Failure, Question, Request, Response};
use tokio::sync::Barrier;

/// What both programs do, with numbers of their own.
const PROGRAM: &str = r#"
let [sender, receiver] = channel()
let produce = async numbers => do {
  for (n in numbers) {
    await sleep(1)
    await sender.send(n)
  }
  await sender.send(null)
}
spawn(produce, NUMBERS)

mut n = await receiver.recv()
while (n != null) {
  print(n, "squared is", await http_post("app:square", str(n)))
  n = await receiver.recv()
}
print("met:", await http_post("app:meet", "NAME"))
"#;

/// Memory for the objects of a program.
const MEMORY_BYTES: usize = 16 << 20;

fn main() -> Result<(), Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
    let texts = runtime.block_on(both())?;
    Ok(std::io::stdout().write_all(texts.concat().as_bytes())?)
}

/// Runs both programs at once; what each has printed.
async fn both() -> Result<[String; 2], Box<dyn Error>> {
    let place = Arc::new(Barrier::new(2));
    let (first, one) = start("first", "1..=3", &place)?;
    let (second, other) = start("second", "[10, 20]", &place)?;
    let (first, second) = tokio::join!(first, second);
    for ended in [first, second] {
        assert_eq!(ended.map_err(|trap| trap.to_string())?, ExitCode(0));
    }
    Ok([taken(&one), taken(&other)])
}

/// A program that is ready to run, and where its output goes.
fn start(
    name: &str,
    numbers: &str,
    place: &Arc<Barrier>,
) -> Result<(Execution<Vm, Application>, Printed), Box<dyn Error>> {
    let text = PROGRAM.replace("NUMBERS", numbers).replace("NAME", name);
    let mut sources = source::SourceMap::default();
    let made = achronyme::compile(name, &text, &mut sources, Options::default(), &mut NoFiles);
    let (program, _warnings) = made.map_err(|found| format!("{found:?}"))?;
    let printed = Printed::default();
    let outside = Application {
        printed: Arc::clone(&printed),
        place: Arc::clone(place),
        slept_nanoseconds: 0,
    };
    Ok((Execution::new(Vm::new(Arc::new(program), MEMORY_BYTES)?, outside), printed))
}

type Printed = Arc<Mutex<String>>;

fn taken(printed: &Printed) -> String {
    printed.lock().map(|text| text.clone()).unwrap_or_default()
}

/// The outside of one program: where it prints, its clock, and the functions it can call.
struct Application {
    printed: Printed,
    /// Where programs wait for each other.
    place: Arc<Barrier>,
    /// The program's clock. It shows how long the program has slept, so that each run is the same.
    slept_nanoseconds: i64,
}

impl Outside for Application {
    fn ask(&mut self, question: Question) -> Answering {
        match question {
            Question::Write(pieces) => {
                if let Ok(mut printed) = self.printed.lock() {
                    pieces.iter().for_each(|it| *printed += &String::from_utf8_lossy(&it.bytes));
                }
                at_once(Answer::Done)
            }
            Question::Clock => at_once(Answer::Integer(self.slept_nanoseconds)),
            Question::Sleep(nanoseconds) => {
                let slept = i64::try_from(nanoseconds).unwrap_or(i64::MAX);
                self.slept_nanoseconds = self.slept_nanoseconds.saturating_add(slept);
                let now = self.slept_nanoseconds;
                Box::pin(async move {
                    tokio::time::sleep(Duration::from_nanos(nanoseconds)).await;
                    Answer::Integer(now)
                })
            }
            Question::Fetch(request) => Box::pin(called(request, Arc::clone(&self.place))),
            other => at_once(Answer::Refused(Failure::Denied, format!("not here: {other:?}"))),
        }
    }
}

fn at_once(answer: Answer) -> Answering {
    Box::pin(std::future::ready(answer))
}

/// The functions that programs can call. As long as one takes, its program costs nothing.
async fn called(request: Request, place: Arc<Barrier>) -> Answer {
    let text = String::from_utf8_lossy(&request.body).into_owned();
    let answer = match &*request.url {
        "app:square" => match text.parse::<i64>() {
            Ok(number) => number.saturating_mul(number).to_string(),
            Err(_) => return Answer::Refused(Failure::Invalid, format!("{text} is no number")),
        },
        "app:meet" => {
            place.wait().await;
            format!("{text} and the other")
        }
        _ => return Answer::Refused(Failure::Missing, "there is no such function".into()),
    };
    Answer::Response(Response { status: 200, body: answer.into_bytes(), ..Response::default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_programs_run_at_once_and_print_what_they_should() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
        let printed = runtime.unwrap().block_on(both()).unwrap();
        let first = "1 squared is 1\n2 squared is 4\n3 squared is 9\nmet: first and the other\n";
        let second = "10 squared is 100\n20 squared is 400\nmet: second and the other\n";
        assert_eq!(printed, [first, second]);
    }
}
