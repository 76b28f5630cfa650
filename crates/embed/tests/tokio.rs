//! Programs in Achronyme as futures on Tokio.
#![expect(clippy::unwrap_used, reason = "a test")]
#![expect(clippy::wildcard_enum_match_arm, reason = "the programs here ask few of the questions")]

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use std::sync::Arc;

use achronyme::{NoFiles, Options};
use achronyme_vm::Vm;
use embed::{Answering, Execution, Outside};
use machine::{Answer, ExitCode, Machine as _, Question, Response};
use tokio::sync::mpsc;
use tokio::task::LocalSet;

fn vm(text: &str) -> Vm {
    let mut sources = source::SourceMap::default();
    let made = achronyme::compile("a.soc", text, &mut sources, Options::default(), &mut NoFiles);
    Vm::new(Arc::new(made.unwrap().0), 8 << 20).unwrap()
}

fn block_on<F: Future>(future: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    LocalSet::new().block_on(&runtime, future)
}

fn response(text: &str) -> Answer {
    Answer::Response(Response { status: 200, body: text.into(), ..Response::default() })
}

/// Notes every answer, so that the run can be had again.
#[derive(Clone, Default)]
struct Noting {
    answers: Rc<RefCell<VecDeque<Answer>>>,
    asked: Option<mpsc::UnboundedSender<String>>,
}

impl Outside for Noting {
    fn ask(&mut self, question: Question) -> Answering {
        let answer = match question {
            Question::Fetch(request) => {
                if let Some(asked) = &self.asked {
                    asked.send(request.url.clone()).unwrap();
                }
                response(&request.url)
            }
            Question::Clock => Answer::Integer(0),
            Question::Sleep(nanoseconds) => Answer::Integer(nanoseconds.cast_signed()),
            other => unreachable!("{other:?}"),
        };
        self.answers.borrow_mut().push_back(answer.clone());
        Box::pin(async move {
            tokio::task::yield_now().await;
            answer
        })
    }
}

#[test]
fn answers_that_were_noted_give_the_same_run_again() {
    const TEXT: &str = "let get = async n => do {\n  await sleep(n)\n  await http_get(str(n))\n}\n\
                        await join_all([get(3), get(1)])\n";
    let noting = Noting::default();
    let mut first = Execution::new(vm(TEXT), noting.clone());
    assert_eq!(block_on(&mut first).unwrap(), ExitCode(0));
    assert_eq!(first.machine().echo().unwrap(), "[\"3\", \"1\"]");

    let mut answers = noting.answers.take();
    let again = move |_: Question| answers.pop_front().unwrap();
    let mut second = Execution::new(vm(TEXT), again);
    assert_eq!(block_on(&mut second).unwrap(), ExitCode(0));
    assert_eq!(second.machine().state_hash(), first.machine().state_hash());
}

#[test]
fn a_program_without_end_lets_others_go_on_and_can_be_given_up() {
    block_on(async {
        let (asked, mut calls) = mpsc::unbounded_channel();
        let busy = Execution::new(vm("while (true) { 1 }"), Noting::default()).with_slice(1_000);
        let busy = tokio::task::spawn_local(busy);
        let other = Noting { asked: Some(asked), ..Noting::default() };
        let other = Execution::new(vm("for (n in 1..=3) { await http_get(str(n)) }"), other);
        let other = tokio::task::spawn_local(other);
        assert_eq!(other.await.unwrap().unwrap(), ExitCode(0));
        let mut seen = Vec::new();
        while let Some(call) = calls.recv().await {
            seen.push(call);
        }
        assert_eq!(seen, ["1", "2", "3"]);
        assert!(!busy.is_finished());
        busy.abort();
        assert!(busy.await.unwrap_err().is_cancelled());
    });
}

#[test]
fn an_error_of_the_program_is_what_the_future_gives_and_can_be_walked_back_from() {
    let mut machine = vm("let v = [1, 2]\nlet i = 7\nv[i]\n");
    let (start, before) = (machine.tick(), machine.snapshot());
    let mut run = Execution::new(machine, Noting::default());
    let trap = block_on(&mut run).unwrap_err();
    assert!(trap.to_string().contains("Index 7 out of bounds"), "{trap}");
    let mut machine = run.into_machine();
    assert!(machine.tick() > start);
    machine.restore(&before);
    assert_eq!(machine.tick(), start);
}
