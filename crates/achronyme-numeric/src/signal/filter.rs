//! Filters with a rational transfer function, run over signals.

use super::sample::Sample;
use crate::{Array, Error, Lines};

/// A filter b₀ + b₁z⁻¹ + … over 1 + a₁z⁻¹ + …
#[derive(Clone, Debug, PartialEq)]
pub struct Filter<T> {
    numerator: Vec<T>,
    denominator: Vec<T>,
}

impl<T: Sample> Filter<T> {
    /// From the coefficients of both polynomials, which are divided by the first of the denominator.
    ///
    /// # Errors
    /// One of them has no coefficients, or the first of the denominator is 0.
    pub fn new(numerator: &[T], denominator: &[T]) -> Result<Self, Error> {
        let Some(first) = denominator.first().filter(|_| !numerator.is_empty()) else {
            return Err(Error::value("b and a must not be empty"));
        };
        if *first == T::default() {
            return Err(Error::value("a[0] must not be 0"));
        }
        let order = numerator.len().max(denominator.len());
        let divided = |coefficients: &[T]| {
            let mut divided: Vec<T> = coefficients.iter().map(|c| *c / *first).collect();
            divided.resize(order, T::default());
            divided
        };
        Ok(Self { numerator: divided(numerator), denominator: divided(denominator) })
    }

    /// How many numbers the filter remembers.
    #[must_use]
    pub fn order(&self) -> usize {
        self.numerator.len() - 1
    }

    /// Runs over a signal, in direct form II transposed; `state`, as long as the order, is what the
    /// filter remembers before and after.
    pub fn run(&self, signal: &mut [T], state: &mut [T]) {
        if let Ok(state) = state.try_into() {
            self.run_short::<1>(signal, state);
        } else if let Ok(state) = state.try_into() {
            self.run_short::<2>(signal, state);
        } else if let Ok(state) = state.try_into() {
            self.run_short::<3>(signal, state);
        } else if let Ok(state) = state.try_into() {
            self.run_short::<4>(signal, state);
        } else {
            let rest = (&self.numerator[1..], &self.denominator[1..]);
            step_through(self.numerator[0], rest, signal, state);
        }
    }

    /// The same, what it remembers in registers.
    fn run_short<const ORDER: usize>(&self, signal: &mut [T], state: &mut [T; ORDER]) {
        let part = |coefficients: &[T]| std::array::from_fn(|k| coefficients[k + 1]);
        let (numerator, denominator): ([T; ORDER], [T; ORDER]) =
            (part(&self.numerator), part(&self.denominator));
        let mut own = *state;
        step_through(self.numerator[0], (&numerator, &denominator), signal, &mut own);
        *state = own;
    }

    /// What the filter remembers after an endless signal of ones.
    ///
    /// # Errors
    /// It does not settle, since the denominator is 0 at z = 1.
    pub fn settled(&self) -> Result<Vec<T>, Error> {
        let gain = self.numerator[0];
        let terms: Vec<T> =
            (1..=self.order()).map(|k| self.numerator[k] - self.denominator[k] * gain).collect();
        let mut sum = T::default();
        for coefficient in &self.denominator {
            sum += *coefficient;
        }
        if sum == T::default() && self.order() > 0 {
            return Err(Error::singular("the filter has a pole at 1 and never settles"));
        }
        let mut state = Vec::with_capacity(terms.len());
        let mut next = T::default();
        for term in &terms {
            next += *term;
        }
        next = next / sum;
        let first = next;
        let (mut coefficients, mut seen) = (self.denominator[0], T::default());
        for (k, term) in terms.iter().enumerate() {
            state.push(next);
            coefficients += self.denominator[k + 1];
            seen += *term;
            next = coefficients * first - seen;
        }
        Ok(state)
    }

    /// Runs over each line, from rest or from the states in `initial`, an
    /// array of the same shape but with the order as length of the axis. The states after it follow.
    ///
    /// # Errors
    /// `initial` has another shape.
    pub fn run_lines(
        &self,
        lines: Lines<'_, T>,
        initial: Option<&Array<T>>,
    ) -> Result<(Array<T>, Array<T>), Error> {
        let order = self.order();
        let shape = lines.shape_with(order);
        let mut states = Vec::new();
        if let Some(initial) = initial {
            if initial.shape() != shape {
                return Err(Error::shape(format!(
                    "zi has shape {:?}, expected {shape:?}",
                    initial.shape()
                )));
            }
            Lines::of(initial, lines.axis())?
                .map(1, |line, _: &mut [T]| states.push(line.to_vec()))?;
        }
        let mut states = states.into_iter();
        let mut after = Vec::new();
        let results = lines.map(lines.length(), |line, target| {
            let mut state = states.next().unwrap_or_else(|| vec![T::default(); order]);
            target.copy_from_slice(line);
            self.run(target, &mut state);
            after.push(state);
        })?;
        let mut after = after.into_iter();
        let zeros = Array::new(shape.clone(), vec![T::default(); shape.iter().product()])?;
        let last = Lines::of(&zeros, lines.axis())?.map(order, |_, target| {
            if let Some(state) = after.next() {
                target.copy_from_slice(&state);
            }
        })?;
        Ok((results, last))
    }
}

/// One number after the other. Of what is remembered, only two operations wait for each other.
#[inline(always)]
fn step_through<T: Sample>(
    gain: T,
    (numerator, denominator): (&[T], &[T]),
    signal: &mut [T],
    state: &mut [T],
) {
    let Some(last) = state.len().checked_sub(1) else {
        for value in signal {
            *value = *value * gain;
        }
        return;
    };
    for value in signal {
        let x = *value;
        let y = x * gain + state[0];
        *value = y;
        for k in 0..last {
            state[k] = (state[k + 1] + x * numerator[k]) - y * denominator[k];
        }
        state[last] = x * numerator[last] - y * denominator[last];
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SIGNAL: [f64; 8] = [1.0, 2.0, -1.0, 0.5, 3.0, -2.0, 0.0, 4.0];

    fn filtered(b: &[f64], a: &[f64], x: &[f64]) -> Vec<f64> {
        let filter = Filter::new(b, a).unwrap();
        let mut signal = x.to_vec();
        filter.run(&mut signal, &mut vec![0.0; filter.order()]);
        signal
    }

    #[test]
    fn filters_are_scipys() {
        let expected = [0.2, 0.8, 0.8, 0.2, 0.85, 0.925, -0.1375, 0.731_25];
        for (y, expected) in filtered(&[0.2, 0.3], &[1.0, -0.5], &SIGNAL).iter().zip(expected) {
            assert!((y - expected).abs() < 1e-15);
        }
        assert_eq!(filtered(&[2.0], &[2.0, 1.0], &[1.0, 0.0, 0.0]), [1.0, -0.5, 0.25]);
        assert_eq!(filtered(&[3.0], &[1.5], &[1.0, 2.0]), [2.0, 4.0]);
    }

    #[test]
    fn a_settled_filter_goes_on_as_it_is() {
        let filter = Filter::new(&[0.2, 0.3, 0.1], &[1.0, -0.5, 0.25, 0.1]).unwrap();
        let mut state = filter.settled().unwrap();
        let before = state.clone();
        let mut ones = [1.0; 4];
        filter.run(&mut ones, &mut state);
        for (before, after) in before.iter().zip(&state) {
            assert!((before - after).abs() < 1e-15);
        }
        assert!((ones[0] - ones[3]).abs() < 1e-15);
        assert!(Filter::new(&[1.0], &[1.0, -1.0]).unwrap().settled().is_err());
        assert!(Filter::new(&[2.0], &[1.0]).unwrap().settled().unwrap().is_empty());
    }

    #[test]
    fn lines_have_states_of_their_own() {
        let filter = Filter::new(&[1.0], &[1.0, -1.0]).unwrap();
        let array = Array::new(vec![2, 2], vec![1.0, 2.0, 3.0, 4.0]).unwrap();
        let (sums, last) = filter.run_lines(Lines::of(&array, 0).unwrap(), None).unwrap();
        assert_eq!(
            (sums.data(), last.shape()),
            ([1.0, 2.0, 4.0, 6.0].as_slice(), [1, 2].as_slice())
        );
        let start = Array::new(vec![1, 2], vec![10.0, 20.0]).unwrap();
        let (sums, last) = filter.run_lines(Lines::of(&array, 0).unwrap(), Some(&start)).unwrap();
        assert_eq!(sums.data(), [11.0, 22.0, 14.0, 26.0]);
        assert_eq!(last.data(), [14.0, 26.0]);
        assert!(filter.run_lines(Lines::of(&array, 1).unwrap(), Some(&start)).is_err());
    }

    #[test]
    fn filters_without_coefficients_are_refused() {
        assert!(Filter::<f64>::new(&[], &[1.0]).is_err());
        assert!(Filter::new(&[1.0], &[]).is_err());
        assert!(Filter::new(&[1.0], &[0.0, 1.0]).is_err());
    }

    proptest! {
        #[test]
        fn filters_are_linear(
            x in prop::collection::vec(-1.0..1.0, 1..40),
            factor in -2.0..2.0_f64,
        ) {
            let (b, a) = ([0.2, 0.3, -0.4], [1.0, -0.5, 0.25]);
            let scaled: Vec<f64> = x.iter().map(|x| x * factor).collect();
            for (y, z) in filtered(&b, &a, &x).iter().zip(filtered(&b, &a, &scaled)) {
                prop_assert!(f64::abs(y * factor - z) < 1e-14);
            }
        }

        #[test]
        fn the_inverse_filter_undoes_a_filter(x in prop::collection::vec(-1.0..1.0, 0..40)) {
            let (b, a) = ([1.0, 0.3, -0.2], [1.0, -0.5, 0.25]);
            for (y, x) in filtered(&a, &b, &filtered(&b, &a, &x)).iter().zip(&x) {
                prop_assert!((y - x).abs() < 1e-13);
            }
        }
    }
}
