//! Which numbers are marked on an axis, and how they are written.

use crate::number::{count, integer, leading_exponent, power_of_ten, whole};

/// The marked numbers of an axis.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Ticks {
    /// The numbers with what is written at them, ascending.
    pub(crate) major: Vec<(f64, String)>,
    /// Numbers with a small mark and no text.
    pub(crate) minor: Vec<f64>,
    /// What all texts have in common and stands at the end of the axis, such as `×10⁶`.
    pub(crate) note: String,
}

/// How texts are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Alphabet {
    /// With `−`, `×` and raised digits.
    Unicode,
    /// Such as a keyboard has.
    Ascii,
}

impl Alphabet {
    pub(crate) fn minus(self) -> char {
        match self {
            Self::Unicode => '−',
            Self::Ascii => '-',
        }
    }

    /// Ten to a power.
    fn power(self, exponent: i64) -> String {
        match self {
            Self::Ascii => format!("1e{exponent}"),
            Self::Unicode => format!("10{}", raised(exponent)),
        }
    }

    fn times_power(self, exponent: i64) -> String {
        match self {
            Self::Ascii => format!("x1e{exponent}"),
            Self::Unicode => format!("×{}", self.power(exponent)),
        }
    }

    /// A number with so many decimals; zero has no sign.
    pub(crate) fn fixed(self, number: f64, decimals: usize) -> String {
        let text = format!("{number:.decimals$}");
        match text.strip_prefix('-') {
            Some(rest) if rest.bytes().all(|byte| matches!(byte, b'0' | b'.')) => rest.to_owned(),
            Some(rest) => format!("{}{rest}", self.minus()),
            None => text,
        }
    }

    /// A number in few digits: at most four that count.
    pub(crate) fn short(self, number: f64) -> String {
        if number.is_nan() {
            return "NaN".to_owned();
        }
        if number.abs() < f64::MIN_POSITIVE {
            return "0".to_owned();
        }
        // Rounding may give one digit more, so the exponent is taken after it.
        let rounded: f64 = format!("{number:.3e}").parse().unwrap_or(number);
        let exponent = leading_exponent(rounded.abs());
        if (-4..6).contains(&exponent) {
            let decimals = count(integer((3 - exponent).max(0)));
            return trimmed(&self.fixed(rounded, decimals));
        }
        let mantissa = format!("{rounded:.3e}");
        let mantissa = mantissa.split('e').next().unwrap_or_default();
        let mantissa = trimmed(&mantissa.replace('-', &self.minus().to_string()));
        match self {
            Self::Ascii => format!("{mantissa}e{exponent}"),
            Self::Unicode => format!("{mantissa}{}", self.times_power(exponent)),
        }
    }
}

/// Without zeros behind the last decimal that counts.
fn trimmed(text: &str) -> String {
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text.to_owned()
    }
}

/// A whole number in raised digits.
fn raised(exponent: i64) -> String {
    let raise = |letter| match letter {
        '-' => '⁻',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        digit => char::from_u32(0x2070 + u32::from(digit) - u32::from('0')).unwrap_or(digit),
    };
    exponent.to_string().chars().map(raise).collect()
}

/// Multiples of 1, 2 or 5 times a power of ten between two numbers, at most so many.
///
/// The numbers must be finite, differ, and `lo` be the lesser.
pub(crate) fn linear(lo: f64, hi: f64, most: usize, alphabet: Alphabet) -> Ticks {
    let most = most.max(2);
    let rough = (hi - lo) / crate::number::real(most);
    if !(rough > 0.0 && rough.is_finite()) {
        return Ticks::default();
    }
    let mut exponent = leading_exponent(rough);
    let mut factor = 1;
    // The first step of the sequence with few enough ticks; the rough one is at most tenfold off.
    let step = loop {
        let step = Step { factor, exponent };
        let (first, last) = step.between(lo, hi);
        if last - first < whole(crate::number::real(most)) {
            break step;
        }
        (factor, exponent) = match factor {
            1 => (2, exponent),
            2 => (5, exponent),
            _ => (1, exponent + 1),
        };
    };
    step.ticks(lo, hi, alphabet)
}

/// The distance of ticks: a factor times a power of ten.
#[derive(Clone, Copy)]
struct Step {
    factor: i64,
    exponent: i64,
}

impl Step {
    fn size(self) -> f64 {
        self.times(1)
    }

    /// A multiple, correctly rounded while the product of the factors is exact.
    fn times(self, multiple: i64) -> f64 {
        let product = integer(multiple.saturating_mul(self.factor));
        if self.exponent >= 0 {
            product * power_of_ten(self.exponent)
        } else if self.exponent > -300 {
            product / power_of_ten(-self.exponent)
        } else {
            product * power_of_ten(self.exponent)
        }
    }

    /// The first and last multiple within limits that are taken a little wider, as they are rounded.
    fn between(self, lo: f64, hi: f64) -> (i64, i64) {
        let slack = 1e-9 * (hi - lo) / self.size();
        (whole((lo / self.size() - slack).ceil()), whole((hi / self.size() + slack).floor()))
    }

    fn ticks(self, lo: f64, hi: f64, alphabet: Alphabet) -> Ticks {
        let (first, last) = self.between(lo, hi);
        let greatest = self.times(first).abs().max(self.times(last).abs());
        if greatest <= 0.0 {
            return Ticks { major: vec![(0.0, "0".to_owned())], ..Ticks::default() };
        }
        let top = leading_exponent(greatest);
        let mut ticks = Ticks::default();
        // So many digits are too many to read: what all have in common is written once.
        let mut base = 0;
        if top - self.exponent > 6 {
            let unit = 10_i64.pow(2);
            base = first.div_euclid(unit) * unit;
            let sign = if base < 0 { alphabet.minus() } else { '+' };
            let size = plain(self.times(base.abs()), top - self.exponent, alphabet);
            ticks.note = format!("{sign}{size}");
        }
        let least = (first - base).abs().max((last - base).abs()).max(1);
        let shown = leading_exponent(self.times(least).max(f64::MIN_POSITIVE));
        let power = if (-4..6).contains(&shown) && self.exponent > -7 { 0 } else { shown };
        let decimals = count(integer((power - self.exponent).max(0)));
        if power != 0 {
            ticks.note = format!("{}{}", alphabet.times_power(power), spaced(&ticks.note));
        }
        for multiple in first..=last {
            let scaled = Self { exponent: self.exponent - power, ..self }.times(multiple - base);
            ticks.major.push((self.times(multiple), alphabet.fixed(scaled, decimals)));
        }
        ticks
    }
}

/// A positive number with so many digits behind the first one, with a power of ten if that is
/// shorter.
fn plain(number: f64, digits: i64, alphabet: Alphabet) -> String {
    let digits = count(integer(digits.clamp(0, 17)));
    let text = format!("{number:.digits$e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let mantissa = trimmed(mantissa);
    let exponent: i64 = exponent.parse().unwrap_or(0);
    // All digits of the mantissa, and few zeros that are only there for the size of the number.
    if (0..12).contains(&exponent) && mantissa.len() + 2 > count(integer(exponent)) {
        return trimmed(&alphabet.fixed(number, digits.saturating_sub(count(integer(exponent)))));
    }
    match alphabet {
        Alphabet::Ascii => format!("{mantissa}e{exponent}"),
        Alphabet::Unicode if mantissa == "1" => alphabet.power(exponent),
        Alphabet::Unicode => format!("{mantissa}{}", alphabet.times_power(exponent)),
    }
}

fn spaced(note: &str) -> String {
    if note.is_empty() { String::new() } else { format!(" {note}") }
}

/// Powers of ten between two positive numbers, at most so many; if there are too few for a scale,
/// also 2 and 5 times those, or as for [`linear`].
pub(crate) fn logarithmic(lo: f64, hi: f64, most: usize, alphabet: Alphabet) -> Ticks {
    let most = most.max(2);
    let is_within = |number: f64| number >= lo * (1.0 - 1e-9) && number <= hi * (1.0 + 1e-9);
    let (first, last) = (leading_exponent(lo), leading_exponent(hi) + 1);
    let decades: Vec<i64> =
        (first..=last).filter(|power| is_within(power_of_ten(*power))).collect();
    let is_plain = first >= -4 && last <= 5;
    let write = |factor: i64, power: i64| {
        if is_plain {
            let decimals = count(integer((-power).max(0)));
            alphabet.fixed(integer(factor) * power_of_ten(power), decimals)
        } else if factor == 1 {
            alphabet.power(power)
        } else {
            match alphabet {
                Alphabet::Ascii => format!("{factor}e{power}"),
                Alphabet::Unicode => format!("{factor}{}", alphabet.times_power(power)),
            }
        }
    };
    let multiples = |factors: &'static [i64]| {
        (first - 1..=last).flat_map(move |power| factors.iter().map(move |factor| (*factor, power)))
    };
    if decades.len() >= 2 {
        let stride = decades.len().div_ceil(most);
        let stride_whole = whole(crate::number::real(stride));
        let major = decades.iter().filter(|power| power.rem_euclid(stride_whole) == 0);
        let major: Vec<_> = major.map(|power| (power_of_ten(*power), write(1, *power))).collect();
        let minor: Vec<f64> = if stride > 1 {
            decades.iter().map(|power| power_of_ten(*power)).collect()
        } else {
            multiples(&[2, 3, 4, 5, 6, 7, 8, 9])
                .map(|(factor, power)| integer(factor) * power_of_ten(power))
                .filter(|number| is_within(*number))
                .collect()
        };
        return Ticks { major, minor, note: String::new() };
    }
    let factors: &'static [i64] = if most >= 3 { &[1, 2, 5] } else { &[1] };
    let major: Vec<_> = multiples(factors)
        .map(|(factor, power)| (integer(factor) * power_of_ten(power), write(factor, power)))
        .filter(|(number, _)| is_within(*number))
        .collect();
    if major.len() >= 3 {
        let minor = multiples(&[3, 4, 6, 7, 8, 9])
            .map(|(factor, power)| integer(factor) * power_of_ten(power))
            .filter(|number| is_within(*number))
            .collect();
        return Ticks { major, minor, note: String::new() };
    }
    linear(lo, hi, most.min(6), alphabet)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(ticks: &Ticks) -> Vec<&str> {
        ticks.major.iter().map(|(_, text)| text.as_str()).collect()
    }

    #[test]
    fn ticks_are_multiples_of_one_two_or_five() {
        assert_eq!(texts(&linear(0.0, 10.0, 6, Alphabet::Ascii)), ["0", "2", "4", "6", "8", "10"]);
        assert_eq!(
            texts(&linear(-1.05, 1.05, 9, Alphabet::Ascii)),
            ["-1.0", "-0.5", "0.0", "0.5", "1.0"]
        );
        assert_eq!(texts(&linear(0.0, 0.3, 4, Alphabet::Unicode)), ["0.0", "0.1", "0.2", "0.3"]);
    }

    #[test]
    fn what_large_and_close_numbers_have_in_common_is_written_once() {
        let ticks = linear(0.0, 3e6, 4, Alphabet::Unicode);
        assert_eq!((texts(&ticks), ticks.note.as_str()), (vec!["0", "1", "2", "3"], "×10⁶"));
        let ticks = linear(1e9, 1e9 + 3.0, 4, Alphabet::Ascii);
        assert_eq!((texts(&ticks), ticks.note.as_str()), (vec!["0", "1", "2", "3"], "+1e9"));
        let ticks = linear(0.0, 3e-9, 4, Alphabet::Ascii);
        assert_eq!((texts(&ticks), ticks.note.as_str()), (vec!["0", "1", "2", "3"], "x1e-9"));
    }

    #[test]
    fn logarithmic_ticks_are_decades_while_there_are_enough() {
        assert_eq!(
            texts(&logarithmic(0.5, 2000.0, 6, Alphabet::Ascii)),
            ["1", "10", "100", "1000"]
        );
        assert_eq!(
            texts(&logarithmic(1e-9, 1e3, 5, Alphabet::Unicode)),
            ["10⁻⁹", "10⁻⁶", "10⁻³", "10⁰", "10³"]
        );
        assert_eq!(texts(&logarithmic(2.0, 30.0, 5, Alphabet::Ascii)), ["2", "5", "10", "20"]);
        assert_eq!(
            texts(&logarithmic(3.0, 4.0, 6, Alphabet::Ascii)),
            ["3.0", "3.2", "3.4", "3.6", "3.8", "4.0"]
        );
    }

    #[test]
    fn short_numbers_have_four_digits_at_most() {
        for (number, text) in [
            (0.0, "0"),
            (-0.0, "0"),
            (3.0, "3"),
            (2.0 / 3.0, "0.6667"),
            (-12345.6, "-12350"),
            (999_999.9, "1e6"),
            (1.5e-9, "1.5e-9"),
        ] {
            assert_eq!(Alphabet::Ascii.short(number), text);
        }
    }

    proptest::proptest! {
        #[test]
        fn there_are_some_ticks_but_not_too_many(lo in -1e12..1e12_f64, size in 1e-3..1e12_f64, most in 2_usize..12) {
            let ticks = linear(lo, lo + size, most, Alphabet::Unicode);
            proptest::prop_assert!(ticks.major.len() <= most);
            proptest::prop_assert!(!ticks.major.is_empty());
            let positive = lo.abs() + 1e-3;
            let ticks = logarithmic(positive, positive + size, most, Alphabet::Unicode);
            proptest::prop_assert!(ticks.major.len() <= most.max(8));
        }
    }
}
