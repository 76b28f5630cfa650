//! The bodies of the fuzz targets without a fuzzer: all regressions, and a few hundred inputs that
//! are random or made from the corpus by small changes.
#![expect(clippy::unwrap_used, reason = "a test")]

use std::fs;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use fuzz_bodies::{BODIES, LOOKS};
use machine::{Machine as _, Probes, Stop, Tick};
use palindrome::{Past, Program, check};
use palindrome_asm::{Options, Unit};
use source::SourceMap;
use tacit_vm::{Image, Layout, Vm};
use testkit::ScriptedWorld;
use xtask::workspace_root;

/// Inputs for each body, unless `PALINDROME_FUZZ` says how many.
const INPUTS: u64 = 300;

fn seeds() -> RangeInclusive<u64> {
    #[expect(clippy::disallowed_methods, reason = "the soak asks for more this way")]
    let said = std::env::var("PALINDROME_FUZZ");
    1..=said.map_or(INPUTS, |said| said.parse().unwrap())
}

#[test]
fn regressions_stay_mended() {
    for (name, body) in BODIES {
        for path in files(&workspace_root().join("fuzz/regressions").join(name)) {
            body(&fs::read(&path).unwrap());
        }
    }
}

#[test]
fn random_inputs_break_no_promise() {
    for (_, body) in BODIES {
        for seed in seeds() {
            let mut random = Random(seed);
            let length = random.below(400);
            let input: Vec<u8> = (0..length).map(|_| random.byte()).collect();
            body(&input);
        }
    }
}

#[test]
fn changed_programs_and_images_break_no_promise() {
    let texts = programs("pvm");
    let images = texts.iter().filter_map(|text| fuzz_bodies::unpacked(&image(text)?));
    let images: Vec<Vec<u8>> = images.collect();
    assert!(images.len() > 50, "only {} programs assemble", images.len());
    for seed in seeds() {
        let mut random = Random(seed);
        fuzz_bodies::assemble(&random.change(&texts));
        fuzz_bodies::decode_image(&random.change(&images));
    }
}

#[test]
fn changed_programs_and_images_of_tacit_break_no_promise() {
    let texts = programs("tacit");
    let images: Vec<Vec<u8>> = texts.iter().filter_map(|text| tacit_image(text)).collect();
    assert!(images.len() > 200, "only {} programs compile", images.len());
    for seed in seeds() {
        let mut random = Random(seed);
        fuzz_bodies::compile_tacit(&random.change(&texts));
        fuzz_bodies::decode_tacit_image(&random.change(&images));
    }
}

fn tacit_image(text: &[u8]) -> Option<Vec<u8>> {
    let vm = Vm::new(Layout::DEFAULT);
    let text = String::from_utf8_lossy(text);
    let compiled = tacit::compile("seed.tacit", &text, vm.memory(), &tacit::Options::default());
    let image = Image { memory: Layout::DEFAULT.bytes(), unit: compiled.unit? };
    Some(image.to_bytes())
}

#[test]
fn changed_programs_of_palindrome_break_no_promise() {
    let texts = programs_ending("palindrome", "pal");
    assert!(texts.len() > 200, "only {} programs", texts.len());
    for seed in seeds() {
        fuzz_bodies::run_palindrome(&Random(seed).change(&texts));
    }
}

#[test]
fn changed_files_of_palindrome_break_no_promise() {
    let texts = programs_ending("palindrome", "pal");
    let texts = texts.iter().map(|text| String::from_utf8_lossy(text));
    let files: Vec<Vec<u8>> = texts.filter_map(|text| palindrome_file(&text)).collect();
    assert!(files.len() > 80, "only {} programs compile", files.len());
    let past = palindrome_past();
    for seed in seeds() {
        fuzz_bodies::decode_palindrome(&Random(seed).damage(&files));
        fuzz_bodies::open_past(&Random(seed).damage(std::slice::from_ref(&past)));
    }
}

fn palindrome_file(text: &str) -> Option<Vec<u8>> {
    let compiled = palindrome::compile(&check("seed.pal", text), Default::default()).ok()?;
    fuzz_bodies::unpacked(&compiled.to_bytes())
}

/// What two runs of a program have left.
fn palindrome_past() -> Vec<u8> {
    let options = palindrome::Options { keep_moments: true, ..Default::default() };
    let compiled = palindrome::compile(&check("seed.pal", LOOKS), options);
    let program = Program::new(compiled.unwrap()).unwrap();
    let mut past = Arc::new(Past::default());
    for _ in 0..2 {
        let begun = program.with_past(past.state().unwrap(), Arc::clone(&past)).unwrap();
        let mut vm = palindrome::Vm::load(begun);
        let mut world = ScriptedWorld::default();
        loop {
            match vm.run(Tick::MAX, &Probes::none()) {
                Stop::Asks(question) => vm.answer(&world.answer(&question)).unwrap(),
                Stop::Ended(_) => break,
                Stop::Reached | Stop::Probed(_) | Stop::Trapped(_) => panic!("it does not end"),
            }
        }
        past = vm.past().unwrap();
    }
    assert!(past.steps().len() > 5);
    past.to_bytes().unwrap()
}

#[test]
fn changed_programs_of_achronyme_break_no_promise() {
    let folder = workspace_root().join("bench/programs/achronyme");
    let texts: Vec<Vec<u8>> = files(&folder).iter().map(|path| fs::read(path).unwrap()).collect();
    assert!(texts.len() > 10);
    for seed in seeds() {
        fuzz_bodies::parse_achronyme(&Random(seed).change(&texts));
    }
    let texts = programs_ending("achronyme", "soc");
    assert!(texts.len() > 100, "only {} programs", texts.len());
    for seed in seeds() {
        fuzz_bodies::run_achronyme(&Random(seed).change(&texts));
        fuzz_bodies::achronyme_session(&Random(seed).change(&texts));
    }
}

#[test]
fn changed_images_of_achronyme_break_no_promise() {
    let folder = workspace_root().join("bench/programs/achronyme");
    let texts = files(&folder).into_iter().map(|path| fs::read_to_string(path).unwrap());
    let images: Vec<Vec<u8>> = texts.filter_map(|text| achronyme_image(&text)).collect();
    assert!(images.len() > 10, "only {} programs compile", images.len());
    for seed in seeds() {
        fuzz_bodies::decode_achronyme_image(&Random(seed).change(&images));
        fuzz_bodies::decode_achronyme_image(&Random(seed).damage(&images));
    }
}

#[test]
fn changed_data_breaks_no_promise() {
    let folder = workspace_root().join("crates/achronyme-data/tests/fixtures");
    let ending = |wanted: &str| -> Vec<Vec<u8>> {
        let paths = files(&folder).into_iter();
        let paths = paths.filter(|path| path.extension().is_some_and(|it| it == wanted));
        paths.map(|path| fs::read(path).unwrap()).collect()
    };
    let (arrays, archives) = (ending("npy"), ending("npz"));
    assert!(arrays.len() > 20 && archives.len() > 1);
    let tables = [
        "\0a,b\n1,\"x \"\"y\"\"\"\n,true\n".as_bytes().to_vec(),
        "\x0d# said\n1;2;3\n4;\"5\n\";\r\n".as_bytes().to_vec(),
    ];
    let values = [
        br#"{"a": [1, -2.5e-3, "\u00e9\n"], "b": [[1, 2], [3, 4]], "c": null}"#.to_vec(),
        b"[[[[1,2],[3,4]]], [], {}, true, \"x\"]".to_vec(),
    ];
    for seed in seeds() {
        fuzz_bodies::read_npy(&Random(seed).change(&arrays));
        fuzz_bodies::read_npz(&Random(seed).change(&archives));
        fuzz_bodies::read_csv(&Random(seed).change(&tables));
        fuzz_bodies::read_json(&Random(seed).change(&values));
    }
}

fn achronyme_image(text: &str) -> Option<Vec<u8>> {
    let mut sources = SourceMap::default();
    let options = achronyme::Options::default();
    let compiled =
        achronyme::compile("seed.soc", text, &mut sources, options, &mut achronyme::NoFiles);
    compiled.ok().map(|(program, _)| program.to_bytes())
}

fn image(text: &[u8]) -> Option<Vec<u8>> {
    let unit = Unit::new("seed.pvm", String::from_utf8_lossy(text));
    let mut none = |name: &str| Err(std::io::Error::other(format!("no {name}")));
    let assembled = palindrome_asm::assemble(&[unit], &Options::default(), &mut none);
    assembled.image.map(|image| image.to_bytes())
}

/// Every program of a language in the corpus.
fn programs(language: &str) -> Vec<Vec<u8>> {
    programs_ending(language, language)
}

fn programs_ending(language: &str, wanted: &str) -> Vec<Vec<u8>> {
    let folders = files(&workspace_root().join("corpus").join(language));
    let paths = folders.iter().flat_map(|folder| files(folder));
    let paths = paths.filter(|path| path.extension().is_some_and(|ending| ending == wanted));
    paths.map(|path| fs::read(path).unwrap()).collect()
}

/// What a folder holds, in order; nothing if it is not there.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

/// SplitMix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    fn byte(&mut self) -> u8 {
        self.next().to_le_bytes()[0]
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound as u64).unwrap()
    }

    /// One of `seeds` with a few bytes that are others, none more and none less.
    fn damage(&mut self, seeds: &[Vec<u8>]) -> Vec<u8> {
        let mut input = seeds[self.below(seeds.len())].clone();
        for _ in 0..=self.below(4) {
            let at = self.below(input.len());
            input[at] = match self.below(4) {
                0 => input[at].wrapping_add(1),
                1 => input[at].wrapping_sub(1),
                2 => input[self.below(input.len())],
                _ => self.byte(),
            };
        }
        input
    }

    /// One of `seeds` with a few bytes replaced, removed, or repeated.
    fn change(&mut self, seeds: &[Vec<u8>]) -> Vec<u8> {
        let mut input = seeds[self.below(seeds.len())].clone();
        for _ in 0..=self.below(4) {
            if input.is_empty() {
                break;
            }
            let at = self.below(input.len());
            match self.below(5) {
                4 => {
                    // Lines of another one, in between.
                    let other = &seeds[self.below(seeds.len())];
                    let lines: Vec<&[u8]> = other.split_inclusive(|byte| *byte == b'\n').collect();
                    let from = self.below(lines.len().max(1)).min(lines.len());
                    let to = (from + 1 + self.below(6)).min(lines.len());
                    let line = input[..at].iter().rposition(|byte| *byte == b'\n');
                    let at = line.map_or(0, |end| end + 1);
                    drop(input.splice(at..at, lines[from..to].concat()));
                }
                0 => input[at] = self.byte(),
                1 => drop(input.remove(at)),
                2 => input.truncate(at),
                _ => {
                    let end = (at + self.below(20)).min(input.len());
                    let piece = input[at..end].to_vec();
                    drop(input.splice(at..at, piece));
                }
            }
        }
        input
    }
}
