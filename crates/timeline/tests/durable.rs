//! What durable runs keep, whatever happens to the files; and forgetting what is too much.
#![expect(clippy::unwrap_used, reason = "a test")]

use machine::{Answer, Machine, Probes, Question, StateHash, Tick};
use testkit::toy::{Op, Toy};
use timeline::{
    Arrival, Intent, Options, Outside, RecordedProgram, Recorder, Recording, RecordingError,
    SavedState, Start, Timeline,
};

fn program() -> RecordedProgram {
    RecordedProgram { kind: "toy".to_owned(), image: vec![1, 2, 3], arguments: Vec::new() }
}

/// The recording of a durable run, with all that only such a run has.
fn durable() -> Vec<u8> {
    let mut recorder = Recorder::create(Vec::new(), &program()).unwrap();
    let start = Start { run: 7, folder: b"/work".to_vec(), output_file: (1, 2), output_base: 3 };
    recorder.start(&start).unwrap();
    let outside = Outside { input: 10, output: 20, error: 30, elapsed: 1 << 40 };
    recorder.push(Tick::at(5), &Answer::Integer(9)).unwrap();
    recorder.outside(outside);
    recorder.intent(&Intent { tick: Tick::at(8), before: Some(4) }).unwrap();
    recorder.push(Tick::at(8), &Answer::Done).unwrap();
    recorder.outside(Outside { input: 11, ..outside });
    recorder.intent(&Intent { tick: Tick::at(9), before: None }).unwrap();
    recorder.into_writer()
}

#[test]
fn a_durable_recording_cut_off_or_flipped_anywhere_opens_to_a_prefix_or_says_why_not() {
    let bytes = durable();
    let whole = Recording::from_bytes(&bytes).unwrap();
    assert_eq!(whole.outside.input, 11);
    assert_eq!(whole.intent, Some(Intent { tick: Tick::at(9), before: None }));
    assert_eq!(whole.start.as_ref().map(|start| start.run), Some(7));
    let check = |part: &Recording| {
        assert!(whole.answers.starts_with(&part.answers) && part.end <= whole.end);
        // Where the outside was belongs to the answers before it, and to no others.
        let input = [0, 10, 11][part.answers.len()];
        assert_eq!(part.outside.input, input, "{part:?}");
        // What was answered was done.
        let last = part.answers.last().map_or(Tick::ZERO, |(tick, _)| *tick);
        assert!(part.intent.is_none_or(|intent| intent.tick > last), "{part:?}");
    };
    for cut in 0..bytes.len() {
        if let Ok(part) = Recording::from_bytes(&bytes[..cut]) {
            check(&part);
        }
        let mut flipped = bytes.clone();
        flipped[cut] ^= 1 << (cut % 8);
        if let Ok(part) = Recording::from_bytes(&flipped) {
            check(&part);
        }
    }
}

#[test]
fn a_state_is_read_as_it_was_written_and_never_where_it_is_torn() {
    let state = SavedState {
        start: Start { run: 1, folder: b"/".to_vec(), output_file: (0, 0), output_base: 0 },
        tick: Tick { safepoints: 1 << 50, steps: 3 },
        hash: StateHash(5),
        log_bytes: 100,
        outside: Outside { input: 1, output: 2, error: 3, elapsed: 4 },
        is_line_open: true,
        variables: vec![(b"A".to_vec(), b"b".to_vec())],
        state: vec![7; 5000],
    };
    let bytes = state.to_bytes().unwrap();
    assert!(bytes.len() < 200, "it is compressed");
    assert_eq!(SavedState::from_bytes(&bytes), Some(state));
    for cut in 0..bytes.len() {
        assert_eq!(SavedState::from_bytes(&bytes[..cut]), None, "cut off at {cut}");
        let mut flipped = bytes.clone();
        flipped[cut] ^= 1 << (cut % 8);
        assert_eq!(SavedState::from_bytes(&flipped), None, "flipped at {cut}");
    }
}

#[test]
fn what_follows_a_state_is_read_without_what_came_before() {
    let bytes = durable();
    let whole = Recording::from_bytes(&bytes).unwrap();
    let first_end = bytes.len() - tail_bytes(&bytes);
    let state = SavedState {
        start: whole.start.clone().unwrap(),
        tick: Tick::at(8),
        hash: StateHash(0),
        log_bytes: first_end as u64,
        outside: Outside::default(),
        is_line_open: false,
        variables: Vec::new(),
        state: Vec::new(),
    };
    let part = Recording::since(&state, program(), &bytes[first_end..]);
    assert_eq!(part.answers, whole.answers[1..]);
    assert_eq!((part.end, part.intent, part.outside), (whole.end, whole.intent, whole.outside));
    assert_eq!(part.bytes_good, bytes.len() as u64);
}

/// Bytes of the last answers of a durable recording, and of what follows them.
fn tail_bytes(bytes: &[u8]) -> usize {
    let is_whole = |cut: &usize| {
        let part = Recording::from_bytes(&bytes[..*cut]);
        part.is_ok_and(|part| {
            part.answers.len() == 1 && part.recovered.is_none() && part.intent.is_some()
        })
    };
    bytes.len() - (0..bytes.len()).find(is_whole).unwrap()
}

#[test]
fn a_run_that_is_told_too_much_forgets_its_beginning_and_says_so() {
    let ops = [Op::Clock(0), Op::Add(1, 0), Op::Jump(0)];
    let mut timeline = Timeline::new(
        Toy::new(&ops, 1),
        Options { spacing: 64, answers: 64 << 10, ..Options::default() },
    );
    let mut begin = None;
    for round in 0..10_000 {
        assert_eq!(timeline.forward(Tick::MAX, &Probes::none()), Arrival::Asks(Question::Clock));
        timeline.answer(Answer::Integer(round)).unwrap();
        begin = timeline.forget_excess().or(begin);
        assert!(timeline.info().answers < 2000, "answers are bounded");
    }
    let begin = begin.unwrap();
    assert_eq!(timeline.start(), begin);
    let (now, hash) = (timeline.now().tick, timeline.machine().state_hash());
    assert_eq!(timeline.goto(Tick::ZERO), Arrival::Reached);
    assert_eq!(timeline.now().tick, begin, "time begins where the past does");
    timeline.goto(now);
    assert_eq!(timeline.machine().state_hash(), hash);
    assert_eq!(timeline.back(3), 3);
    let saved = timeline.save(Vec::new(), &program());
    assert!(matches!(saved, Err(RecordingError::Forgotten(tick)) if tick == begin), "{saved:?}");
}
