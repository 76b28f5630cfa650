//! Recordings: whatever happens to the file, what opens is a prefix of the truth.
#![expect(clippy::unwrap_used, reason = "a test")]

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use machine::{Answer, ExitCode, Failure, Machine, Probes, Question, Response, StateHash, Tick};
use testkit::ScriptedWorld;
use testkit::toy::{Op, Toy, ToyTrap};
use timeline::{
    Arrival, Ending, Options, RecordedProgram, Recorder, Recording, RecordingError, Timeline,
    Verification,
};

/// Reads two numbers a round and divides them; writes the quotient.
const DIVIDE: [Op; 8] = [
    Op::ReadLine(0),
    Op::ReadLine(1),
    Op::Clock(2),
    Op::Entropy(3),
    Op::Divide(0, 1),
    Op::Write(0),
    Op::Set(1, 0),
    Op::Jump(0),
];

fn program() -> RecordedProgram {
    RecordedProgram {
        kind: "toy".to_owned(),
        image: format!("{DIVIDE:?}").into_bytes(),
        arguments: vec![b"-v".to_vec(), Vec::new(), vec![0xff]],
    }
}

fn new_timeline() -> Timeline<Toy> {
    Timeline::new(Toy::new(&DIVIDE, 1), Options::default())
}

/// Runs to the end and shows every question, once answered, to `watch`.
fn run(
    timeline: &mut Timeline<Toy>,
    world: &mut ScriptedWorld,
    mut watch: impl FnMut(&Timeline<Toy>),
) -> Arrival<ToyTrap> {
    loop {
        match timeline.forward(Tick::MAX, &Probes::none()) {
            Arrival::Asks(question) => {
                let answer = world.answer(&question);
                timeline.answer(answer).unwrap();
                watch(timeline);
            }
            arrival @ (Arrival::Reached
            | Arrival::Probed(_)
            | Arrival::Trapped(_)
            | Arrival::Ended(_)) => return arrival,
        }
    }
}

fn lines() -> ScriptedWorld {
    ScriptedWorld::with_lines(&["84", "2", "-9", "4", "1000000", "7", "1", "0"])
}

/// A finished, saved run with every kind of frame.
fn saved() -> (Timeline<Toy>, Vec<u8>) {
    let mut timeline = new_timeline();
    let arrival = run(&mut timeline, &mut lines(), |_| {});
    assert_eq!(arrival, Arrival::Trapped(ToyTrap::DivisionByZero));
    timeline.set_mark("crash");
    timeline.add_note("the last line was 0");
    let mut bytes = Vec::new();
    timeline.save(&mut bytes, &program()).unwrap();
    (timeline, bytes)
}

fn assert_is_prefix(part: &Recording, whole: &Recording) {
    assert_eq!(part.program, whole.program);
    assert!(whole.answers.starts_with(&part.answers));
    assert!(whole.hashes.starts_with(&part.hashes));
    assert!(whole.marks.starts_with(&part.marks));
    assert!(whole.notes.starts_with(&part.notes));
    assert!(part.end <= whole.end);
    assert!(part.ending.is_none() || part.ending == whole.ending);
}

#[test]
fn a_saved_run_is_replayed_exactly_and_performs_nothing() {
    let (first, bytes) = saved();
    let recording = Recording::from_bytes(&bytes).unwrap();
    assert_eq!(recording.program, program());
    assert_eq!(recording.recovered, None);
    assert_eq!(recording.bytes_good, bytes.len() as u64);
    assert_eq!(recording.ending, Some(Ending::Trapped("division by zero".to_owned())));

    let toy = Toy::new(&DIVIDE, 1);
    let mut again = Timeline::from_recording(toy, &recording, Options::default());
    assert!(again.is_replaying());
    let arrival = again.forward(Tick::MAX, &Probes::none());
    assert_eq!(arrival, Arrival::Trapped(ToyTrap::DivisionByZero));
    assert_eq!(again.now(), first.now());
    assert_eq!(again.machine().state_hash(), first.machine().state_hash());
    assert_eq!(again.outputs(), first.outputs());
    assert_eq!(again.mark("crash"), Some(first.now()));
    assert_eq!(again.notes(), first.notes());
    assert!(matches!(again.verify(), Verification::Same { checked: 2 }));
}

#[test]
fn a_recording_cut_off_anywhere_opens_up_to_its_last_whole_frame_and_goes_on() {
    let (first, bytes) = saved();
    let whole = Recording::from_bytes(&bytes).unwrap();
    let mut opened = 0;
    for length in 0..bytes.len() {
        let part = match Recording::from_bytes(&bytes[..length]) {
            Ok(part) => part,
            Err(RecordingError::NotARecording | RecordingError::NoProgram) => continue,
            Err(error) => unreachable!("{error}"),
        };
        opened += 1;
        assert_is_prefix(&part, &whole);
        let lost = part.recovered.map_or(0, |recovered| recovered.bytes_lost);
        assert_eq!(part.bytes_good + lost, length as u64);

        let toy = Toy::new(&DIVIDE, 1);
        let mut again = Timeline::from_recording(toy, &part, Options::default());
        assert_eq!(again.goto(part.end), Arrival::Reached);
        if part.answers.is_empty() {
            run(&mut again, &mut lines(), |_| {});
        }
        again.forward(Tick::MAX, &Probes::none());
        assert_eq!(again.machine().state_hash(), first.machine().state_hash());
    }
    assert!(opened > 100, "only {opened} of {} lengths opened", bytes.len());
}

#[test]
fn a_recording_with_a_flipped_bit_opens_to_a_prefix_of_the_truth_or_says_why_not() {
    let (_, bytes) = saved();
    let whole = Recording::from_bytes(&bytes).unwrap();
    for index in 0..bytes.len() {
        for bit in 0..8 {
            let mut damaged = bytes.clone();
            damaged[index] ^= 1 << bit;
            match Recording::from_bytes(&damaged) {
                Ok(part) => assert_is_prefix(&part, &whole),
                Err(
                    RecordingError::NotARecording
                    | RecordingError::NoProgram
                    | RecordingError::Newer { .. },
                ) => {}
                Err(error) => unreachable!("{error}"),
            }
        }
    }
}

#[test]
fn frames_with_good_checksums_and_bad_contents_are_refused_without_large_allocations() {
    let frame = |kind: u8, payload: &[u8]| {
        let mut hasher = crc32fast::Hasher::new();
        hasher.update(&[kind]);
        hasher.update(payload);
        let mut bytes = u32::try_from(payload.len()).unwrap().to_le_bytes().to_vec();
        bytes.push(kind);
        bytes.extend(hasher.finalize().to_le_bytes());
        bytes.extend(payload);
        bytes
    };
    let header = b"PALREC\r\n\x01\0\0\0";
    let huge = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f];

    // A program that claims to expand to 2^62 bytes.
    let payload = [&[0][..], &huge, &[1, 0, 0]].concat();
    let bytes = [&header[..], &frame(1, &payload)].concat();
    assert!(matches!(Recording::from_bytes(&bytes), Err(RecordingError::NoProgram)));

    // After a good program, answers that claim to be 2^62, and a frame kind from the future.
    let mut good = Vec::new();
    new_timeline().save(&mut good, &program()).unwrap();
    let end = Recording::from_bytes(&good).unwrap();
    let future = [&good[..], &frame(200, b"whatever")].concat();
    assert_eq!(Recording::from_bytes(&future).unwrap().recovered, None);
    let payload = [&[9, 0][..], &huge].concat();
    let bytes = [&good[..], &frame(2, &payload)].concat();
    let opened = Recording::from_bytes(&bytes).unwrap();
    assert_eq!(opened.bytes_good, end.bytes_good);
    assert!(opened.recovered.is_some());
}

#[test]
fn every_answer_is_read_as_it_was_written() {
    let failures = [
        Failure::Closed,
        Failure::Full,
        Failure::Denied,
        Failure::Other,
        Failure::Missing,
        Failure::Unreachable,
        Failure::Invalid,
    ];
    let response = Response {
        status: 404,
        headers: vec![("content-type".to_owned(), b"text/plain\xff".to_vec())],
        body: b"none".to_vec(),
    };
    let mut answers = vec![
        Answer::Done,
        Answer::Integer(-1),
        Answer::Bytes(vec![0, 255]),
        Answer::Nothing,
        Answer::Pairs(vec![(b"HOME".to_vec(), b"/".to_vec()), (Vec::new(), vec![0xff])]),
        Answer::Response(response),
    ];
    answers.extend(failures.map(Answer::Failed));
    answers.extend(failures.map(|failure| Answer::Refused(failure, failure.to_string())));

    let mut bytes = Vec::new();
    new_timeline().save(&mut bytes, &program()).unwrap();
    let empty = Recording::from_bytes(&bytes).unwrap();
    let mut recorder = Recorder::resume(&mut bytes, &empty);
    let given = || answers.iter().zip(10..).map(|(answer, at)| (Tick::at(at), answer.clone()));
    for (tick, answer) in given() {
        recorder.push(tick, &answer).unwrap();
    }
    recorder.flush().unwrap();
    drop(recorder);
    assert!(Recording::from_bytes(&bytes).unwrap().answers.iter().cloned().eq(given()));
}

#[test]
fn a_later_format_is_refused_and_says_so() {
    let (_, mut bytes) = saved();
    bytes[8] = 2;
    let error = Recording::from_bytes(&bytes).unwrap_err();
    assert!(matches!(error, RecordingError::Newer { found: 2, known: 1 }));
    bytes[8] = 1;
    bytes[10] = 77;
    assert!(Recording::from_bytes(&bytes).unwrap().recovered.is_none());
}

#[test]
fn a_full_disk_is_said_and_leaves_a_good_recording_of_what_came_before() {
    let (_, bytes) = saved();
    let whole = Recording::from_bytes(&bytes).unwrap();
    for room in 0..bytes.len() {
        let (mut timeline, _) = saved();
        let mut disk = SmallDisk { bytes: Vec::new(), room };
        let error = timeline.save(&mut disk, &program()).unwrap_err();
        assert!(matches!(error, RecordingError::Full(_)), "{error}");
        assert!(error.to_string().contains("no space"));
        assert_eq!(disk.bytes, bytes[..room]);
        if let Ok(part) = Recording::from_bytes(&disk.bytes) {
            assert_is_prefix(&part, &whole);
        }
    }
}

#[test]
fn a_recorder_that_failed_once_writes_nothing_more() {
    let mut recorder = Recorder::create(SmallDisk { bytes: Vec::new(), room: 300 }, &program());
    let recorder = recorder.as_mut().unwrap();
    let bytes = Answer::Bytes(vec![b'x'; 400]);
    recorder.push(Tick::at(1), &bytes).unwrap();
    assert!(matches!(recorder.flush(), Err(RecordingError::Full(_))));
    recorder.reached(Tick::at(2));
    assert!(matches!(recorder.flush(), Err(RecordingError::Stopped)));
}

#[test]
fn a_run_that_is_followed_can_be_cut_off_and_resumed() {
    let mut timeline = new_timeline();
    let mut recorder = Recorder::create(Vec::new(), &program()).unwrap();
    let mut world = lines();
    run(&mut timeline, &mut world, |timeline| {
        recorder.follow(timeline).unwrap();
        recorder.flush().unwrap();
    });
    let bytes = recorder.into_writer();
    let whole = Recording::from_bytes(&bytes).unwrap();
    assert_eq!(whole.end, timeline.end());

    let part = Recording::from_bytes(&bytes[..bytes.len() / 2]).unwrap();
    let good = bytes[..usize::try_from(part.bytes_good).unwrap()].to_vec();
    let toy = Toy::new(&DIVIDE, 1);
    let mut again = Timeline::from_recording(toy, &part, Options::default());
    let mut recorder = Recorder::resume(good, &part);
    again.goto(part.end);
    let (mut rest, mut skipped) = (lines(), 0);
    while skipped < part.answers.iter().filter(|answer| is_line(&answer.1)).count() {
        rest.answer(&Question::ReadLine);
        skipped += 1;
    }
    run(&mut again, &mut rest, |timeline| recorder.follow(timeline).unwrap());
    recorder.end(again.end(), &Ending::Interrupted).unwrap();
    let resumed = Recording::from_bytes(recorder.writer()).unwrap();
    assert_eq!(resumed.recovered, None);
    assert_eq!(resumed.end, whole.end);
    assert_eq!(resumed.answers.len(), whole.answers.len());
}

fn is_line(answer: &Answer) -> bool {
    matches!(answer, Answer::Bytes(_))
}

#[test]
fn a_changed_branch_cannot_be_saved_and_its_origin_still_can() {
    let (mut timeline, bytes) = saved();
    let main = timeline.now().branch;
    timeline.back(1);
    let set = |toy: &mut Toy| -> Result<(), ()> {
        toy.set_cell(1, 1);
        Ok(())
    };
    timeline.change("one", set).unwrap();
    let error = timeline.save(io::sink(), &program()).unwrap_err();
    assert!(matches!(error, RecordingError::Edited(_)));
    timeline.switch(main).unwrap();
    timeline.goto(timeline.end());
    let mut again = Vec::new();
    timeline.save(&mut again, &program()).unwrap();
    assert_eq!(again, bytes);
}

#[test]
fn a_compute_bound_run_takes_few_bytes() {
    let ops = [Op::Set(0, 3), Op::Set(1, 1), Op::Add(2, 1), Op::Jump(2)];
    let mut timeline = Timeline::new(Toy::new(&ops, 1), Options::default());
    timeline.forward(Tick::at(10_000_000), &Probes::none());
    let mut bytes = Vec::new();
    timeline.save(&mut bytes, &RecordedProgram::default()).unwrap();
    assert!(bytes.len() < 160 + 100, "{} bytes for 20 million instructions", bytes.len());
}

#[test]
fn a_wrong_hash_in_a_recording_is_found_in_its_interval() {
    let (_, bytes) = saved();
    let mut recording = Recording::from_bytes(&bytes).unwrap();
    let good = recording.hashes[0];
    recording.hashes[0].1 = StateHash(1);
    let toy = Toy::new(&DIVIDE, 1);
    let mut timeline = Timeline::from_recording(toy, &recording, Options::default());
    let differs = Verification::Differs {
        from: Tick::ZERO,
        to: good.0,
        expected: StateHash(1),
        found: good.1,
    };
    assert_eq!(timeline.verify(), differs);
    assert_eq!(timeline.now().tick, Tick::ZERO);
}

#[test]
fn every_kind_of_answer_and_ending_survives() {
    let answers = [
        Answer::Done,
        Answer::Integer(i64::MIN),
        Answer::Bytes(vec![0, 255, b'\n']),
        Answer::Nothing,
        Answer::Failed(Failure::Closed),
        Answer::Failed(Failure::Full),
        Answer::Failed(Failure::Denied),
        Answer::Failed(Failure::Other),
    ];
    let endings =
        [Ending::Ended(ExitCode(7)), Ending::Trapped("why".to_owned()), Ending::Interrupted];
    for ending in endings {
        let mut recorder = Recorder::create(Vec::new(), &RecordedProgram::default()).unwrap();
        let mut expected = Vec::new();
        for (number, answer) in (0..).zip(&answers) {
            let tick = Tick { safepoints: u64::from(number / 2) << 40, steps: number };
            recorder.push(tick, answer).unwrap();
            expected.push((tick, answer.clone()));
        }
        recorder.end(Tick::MAX, &ending).unwrap();
        let recording = Recording::from_bytes(recorder.writer()).unwrap();
        assert_eq!(recording.answers, expected);
        assert_eq!(recording.end, Tick::MAX);
        assert_eq!(recording.ending, Some(ending));
    }
}

#[test]
fn the_golden_recording_of_format_1_opens_for_ever() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/format_1.recording");
    let recording = Recording::open(&path).unwrap();
    assert_eq!(recording.recovered, None);
    assert_eq!(recording.program.kind, "toy");
    assert!(recording.program.image.starts_with(b"[ReadLine(0), ReadLine(1), "));
    assert_eq!(recording.program.arguments, [&b"-v"[..], b"", b"\xff"]);
    assert_eq!(recording.answers.len(), 16);
    assert_eq!(recording.answers[0], (Tick::ZERO, Answer::Bytes(b"84".to_vec())));
    assert_eq!(recording.answers[6], (Tick { safepoints: 1, steps: 2 }, Answer::Integer(2_000)));
    assert_eq!(recording.end, Tick { safepoints: 3, steps: 4 });
    assert_eq!(recording.ending, Some(Ending::Trapped("division by zero".to_owned())));
    assert_eq!(recording.hashes.len(), 1);
    assert_eq!(recording.marks, [(recording.end, "crash".to_owned())]);
    assert_eq!(recording.notes, [(recording.end, "the last line was 0".to_owned())]);
}

#[test]
fn a_file_that_is_not_there_is_an_error_with_a_cause() {
    let folder = tempfile::tempdir().unwrap();
    let error = Recording::open(&folder.path().join("none")).unwrap_err();
    assert!(matches!(error, RecordingError::Io { action: "read", .. }));
    fs::write(folder.path().join("text"), "hello").unwrap();
    let error = Recording::open(&folder.path().join("text")).unwrap_err();
    assert_eq!(error.to_string(), "this is not a recording");
}

/// A disk with room for so many bytes.
#[derive(Debug)]
struct SmallDisk {
    bytes: Vec<u8>,
    room: usize,
}

impl Write for SmallDisk {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = bytes.len().min(self.room);
        if count == 0 && !bytes.is_empty() {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.bytes.extend(&bytes[..count]);
        self.room -= count;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
