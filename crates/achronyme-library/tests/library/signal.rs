//! The functions for signals: what they refuse, and that nothing makes them panic.

use crate::heap::{Heap, Value};
use achronyme_library::{BUILTINS, Fault, Store};

use Value::Number;

/// The error of a call: kind and message.
fn refused(heap: &mut Heap, name: &str, arguments: &[Value]) -> String {
    match heap.call(name, arguments) {
        Ok(value) => heap.echo(value),
        Err(Fault { kind, message }) => format!("{kind} {message}"),
    }
}

#[test]
fn impossible_arguments_are_refused() {
    let heap = &mut Heap::default();
    let (word, none) = (heap.string("x"), heap.vector(&[]));
    let (pair, matrix) = (heap.numbers(&[1.0, 2.0]), heap.tensor(&[1, 2], &[1.0, 2.0]));
    let ragged = heap.vector(&[pair, none]);
    let cases: [(&str, &[Value], &str); 17] = [
        ("fft", &[word], "TypeError fft: requires a vector or tensor of numbers, got String"),
        ("fft", &[ragged], "TypeError fft: requires a vector or tensor of numbers, got Vector"),
        ("fft", &[pair, Number(0.0)], "ValueError fft: n must be at least 1"),
        ("fft", &[pair, Number(1.5)], "ValueError fft: n must be an integer from 0 on, got 1.5"),
        ("fft2", &[pair], "ShapeError fft2: expected two axes or more, got shape [2]"),
        ("hanning", &[Number(-1.0)], "ValueError hanning: n must be an integer from 0 on, got -1"),
        ("conv", &[none, none], "ValueError conv: empty input"),
        ("conv", &[pair, matrix], "ShapeError conv: expected one axis, got shape [1, 2]"),
        ("lfilter", &[pair, none, pair], "ValueError lfilter: b and a must not be empty"),
        ("lfilter", &[pair, Number(0.0), pair], "ValueError lfilter: a[0] must not be 0"),
        (
            "filtfilt",
            &[pair, pair, pair],
            "ValueError filtfilt: the signal must have more than 6 values, the padding, and has 2",
        ),
        (
            "butter",
            &[Number(2.0), Number(1.5)],
            "ValueError butter: frequencies must lie between 0 and 1, got 1.5",
        ),
        ("butter", &[Number(2.0), pair], "ValueError butter: a lowpass needs one frequency, got 2"),
        (
            "cheby1",
            &[Number(2.0), Number(-1.0), Number(0.5)],
            "ValueError cheby1: the ripple must be above 0 and up to 1000 dB, got -1",
        ),
        (
            "firwin",
            &[Number(4.0), Number(2.0)],
            "ValueError firwin: cutoffs must lie between 0 and half the sample rate",
        ),
        ("welch", &[none], "ValueError welch: x must not be empty, and nperseg at least 1"),
        ("resample", &[none, Number(3.0)], "ValueError resample: x and num must not be empty"),
    ];
    for (name, arguments, expected) in cases {
        assert_eq!(refused(heap, name, arguments), expected);
    }
}

#[test]
fn impossible_options_are_refused() {
    let heap = &mut Heap::default();
    let signal = heap.numbers(&[1.0, 2.0, 3.0, 4.0]);
    let (word, short) = (heap.string("x"), heap.numbers(&[1.0]));
    let cases = [
        ("fft", "axs", word, "ValueError fft: unknown option 'axs' (known: axis, norm, n)"),
        ("fft", "axis", Number(1.0), "ValueError fft: there is no axis 1 in an array of 1 axis"),
        (
            "fft",
            "norm",
            word,
            "ValueError fft: norm must be one of backward, ortho, forward, got \"x\"",
        ),
        ("fftn", "axes", signal, "ValueError fftn: there is no axis 1 in an array of 1 axis"),
        ("welch", "fs", Number(0.0), "ValueError welch: fs must be above 0, got 0"),
        (
            "welch",
            "noverlap",
            Number(4.0),
            "ValueError welch: noverlap must be less than nperseg, 4, got 4",
        ),
        ("welch", "nfft", Number(2.0), "ValueError welch: nfft must be at least nperseg, 4, got 2"),
        (
            "periodogram",
            "window",
            short,
            "ShapeError periodogram: window has 1 weights, expected 4",
        ),
        (
            "find_peaks",
            "distance",
            Number(0.5),
            "ValueError find_peaks: distance must be at least 1, got 0.5",
        ),
        (
            "find_peaks",
            "height",
            word,
            "TypeError find_peaks: height must be a number or a vector of two, got String",
        ),
    ];
    for (name, option, value, expected) in cases {
        let options = heap.record(&[(option, value)]);
        assert_eq!(refused(heap, name, &[signal, options]), expected);
    }
}

#[test]
fn null_says_that_nothing_is_done() {
    let heap = &mut Heap::default();
    let signal = heap.numbers(&[1.0, 2.0, 3.0, 4.0]);
    let (one, options) = (heap.numbers(&[1.0]), heap.record(&[("padtype", Value::Null)]));
    assert_eq!(heap.called("filtfilt", &[one, one, signal, options]), "[1, 2, 3, 4]");
    let two = Number(2.0);
    let options = heap.record(&[("boundary", Value::Null), ("nperseg", two)]);
    let spectra = heap.call("stft", &[signal, options]).unwrap();
    let times = heap.field(&spectra, "t").unwrap();
    assert_eq!(heap.echo(times), "[1, 2, 3]");
}

#[test]
fn complex_signals_have_whole_spectra() {
    let heap = &mut Heap::default();
    let (i, zero) = (heap.complex(0.0, 1.0), Number(0.0));
    let signal = heap.vector(&[i, zero, zero, zero]);
    let options = heap.record(&[("detrend", Value::Boolean(false))]);
    let spectrum = heap.call("periodogram", &[signal, options]).unwrap();
    let (f, pxx) = (heap.field(&spectrum, "f").unwrap(), heap.field(&spectrum, "pxx").unwrap());
    assert_eq!(heap.echo(f), "[0, 0.25, -0.5, -0.25]");
    assert_eq!(heap.echo(pxx), "[0.25, 0.25, 0.25, 0.25]");
}

#[test]
fn huge_results_are_refused() {
    let heap = &mut Heap::default();
    let (signal, huge) = (heap.numbers(&[1.0]), Number(1e15));
    let nfft = heap.record(&[("nfft", huge)]);
    let calls: [(&str, &[Value]); 8] = [
        ("fft", &[signal, huge]),
        ("irfft", &[signal, huge]),
        ("hanning", &[huge]),
        ("fftfreq", &[huge]),
        ("firwin", &[huge, Number(0.5)]),
        ("resample", &[signal, huge]),
        ("welch", &[signal, nfft]),
        ("istft", &[signal, nfft]),
    ];
    for (name, arguments) in calls {
        let refused = refused(heap, name, arguments);
        assert!(refused.starts_with("MemoryError"), "{name}: {refused}");
    }
}

/// Numbers without a pattern.
struct Noise(u64);

impl Noise {
    fn below(&mut self, count: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % count
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }

    /// One of the values; half of the time one of the first, which are numbers.
    fn value(&mut self, values: &[Value]) -> Value {
        let count = if self.below(2) == 0 { 12 } else { values.len() };
        self.of(&values[..count])
    }
}

/// Values of all kinds that functions for signals may take.
fn values(heap: &mut Heap) -> Vec<Value> {
    let mut values: Vec<Value> =
        [-1.0, 0.0, 0.3, 1.0, 2.0, 2.5, 3.0, 4.0, 7.0, 1e300, f64::NAN, f64::INFINITY]
            .map(Number)
            .to_vec();
    let wave: Vec<f64> = (0..40).map(|k| f64::from(k * k % 11)).collect();
    values.push(heap.numbers(&wave));
    values.push(heap.numbers(&[1.0, -0.5, 0.25]));
    values.push(heap.numbers(&[0.2, 0.5]));
    values.push(heap.numbers(&[0.0, 1.0]));
    values.push(heap.numbers(&[f64::NAN, 1.0, f64::INFINITY, 2.0, 1.0]));
    values.push(heap.vector(&[]));
    let complex = [heap.complex(0.5, 1.0), Number(1.0), heap.complex(0.0, -2.0)];
    values.push(heap.vector(&complex));
    values.push(heap.tensor(&[3, 4], &wave[..12]));
    values.push(heap.tensor(&[2, 6], &wave[..12]));
    values.push(heap.tensor(&[0, 3], &[]));
    values.push(heap.tensor(&[3, 0], &[]));
    for word in [
        "hann", "kaiser", "same", "valid", "ortho", "bandpass", "highpass", "sos", "zpk",
        "spectrum", "median", "even", "constant", "phase", "complex", "x",
    ] {
        values.push(heap.string(word));
    }
    let named = [heap.string("kaiser"), Number(5.0)];
    values.push(heap.vector(&named));
    values.extend([Value::Null, Value::Boolean(true), Value::Boolean(false)]);
    values
}

#[test]
fn no_arguments_make_a_function_panic() {
    let noise = &mut Noise(7);
    for row in BUILTINS.iter().filter(|row| (280..360).contains(&row.index)) {
        let names: Vec<&str> = row
            .parameters
            .split(['{', '}', ','])
            .map(|part| part.split([' ', '?', '=']).find(|name| !name.is_empty()).unwrap_or(""))
            .filter(|name| !name.is_empty())
            .collect();
        let heap = &mut Heap::default();
        let values = values(heap);
        let mut successes = 0;
        for _ in 0..10_000 {
            let min = usize::from(row.arity.min);
            let mut arguments: Vec<Value> =
                (0..min + noise.below(2)).map(|_| noise.value(&values)).collect();
            let mut options: Vec<(&str, Value)> = Vec::new();
            for _ in 0..noise.below(4) {
                let name = noise.of(&names);
                if !options.iter().any(|(other, _)| *other == name) {
                    options.push((name, noise.value(&values)));
                }
            }
            if !options.is_empty() {
                arguments.push(heap.record(&options));
            }
            successes += usize::from(heap.call(row.name, &arguments).is_ok());
        }
        assert!(successes > 0, "{} never succeeds", row.name);
    }
}
