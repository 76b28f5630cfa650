//! Distributions against values computed with sixty digits, and the laws that hold between what they
//! say.

use achronyme_numeric::distribution::{Family, Quantity};
use proptest::prelude::*;

/// Family, parameters, x; density, probability of at most x, of more.
type Row = (Family, &'static [f64], f64, [f64; 3]);

/// Computed with mpmath from the definitions.
const KNOWN: &[Row] = &[
    (
        Family::Normal,
        &[1.5, 2.0],
        -30.0,
        [2.715_142_398_756_417e-55, 3.434_065_749_272_140_6e-56, 1.0],
    ),
    (
        Family::Normal,
        &[1.5, 2.0],
        0.3,
        [0.166_612_301_445_899_8, 0.274_253_117_750_073_6, 0.725_746_882_249_926_5],
    ),
    (
        Family::Normal,
        &[1.5, 2.0],
        9.0,
        [0.000_176_297_841_183_722_7, 0.999_911_582_714_799_2, 8.841_728_520_080_387e-5],
    ),
    (
        Family::T,
        &[1.0],
        -3.0,
        [0.031_830_988_618_379_07, 0.102_416_382_349_566_72, 0.897_583_617_650_433_3],
    ),
    (
        Family::T,
        &[1.0],
        0.2,
        [0.306_067_198_253_644_87, 0.562_832_958_189_001_1, 0.437_167_041_810_998_8],
    ),
    (
        Family::T,
        &[1.0],
        40.0,
        [0.000_198_819_416_729_413_27, 0.992_043_910_087_974_2, 0.007_956_089_912_025_814],
    ),
    (
        Family::T,
        &[4.5],
        -3.0,
        [0.018_402_946_650_727_74, 0.017_190_433_944_379_812, 0.982_809_566_055_620_2],
    ),
    (
        Family::T,
        &[4.5],
        0.001,
        [0.377_546_590_108_904_5, 0.500_377_546_743_924_2, 0.499_622_453_256_075_8],
    ),
    (
        Family::T,
        &[4.5],
        40.0,
        [3.619_270_113_069_792_4e-8, 0.999_999_677_521_739_3, 3.224_782_606_460_499e-7],
    ),
    (
        Family::T,
        &[1_000_000.0],
        -3.0,
        [0.004_431_917_105_672_042, 0.001_349_931_270_710_898_5, 0.998_650_068_729_289_1],
    ),
    (
        Family::T,
        &[1_000_000.0],
        0.2,
        [0.391_042_588_550_359_95, 0.579_259_689_104_885_6, 0.420_740_310_895_114_43],
    ),
    (
        Family::T,
        &[1_000_000.0],
        6.0,
        [6.077_740_789_739_537_5e-9, 0.999_999_999_013_075_1, 9.869_249_061_772_174e-10],
    ),
    (
        Family::T,
        &[0.25],
        10_000_000_000.0,
        [2.856_614_091_400_130_5e-14, 0.998_857_354_363_439_9, 0.001_142_645_636_560_052_1],
    ),
    (
        Family::ChiSquared,
        &[1.0],
        0.5,
        [0.439_391_289_467_722_4, 0.520_499_877_813_046_5, 0.479_500_122_186_953_5],
    ),
    (
        Family::ChiSquared,
        &[1.0],
        9.0,
        [0.001_477_282_803_979_335_7, 0.997_300_203_936_739_8, 0.002_699_796_063_260_189],
    ),
    (
        Family::ChiSquared,
        &[1.0],
        80.0,
        [1.894_897_820_206_492_5e-19, 1.0, 3.744_097_384_202_899e-19],
    ),
    (
        Family::ChiSquared,
        &[10.0],
        0.5,
        [6.337_896_997_651_407e-5, 6.611_710_561_034_247e-6, 0.999_993_388_289_439],
    ),
    (
        Family::ChiSquared,
        &[10.0],
        9.0,
        [0.094_903_810_270_062_2, 0.467_896_423_625_284_5, 0.532_103_576_374_715_5],
    ),
    (
        Family::ChiSquared,
        &[10.0],
        80.0,
        [2.265_788_936_155_514_2e-13, 0.999_999_999_999_498, 5.020_464_318_829_134e-13],
    ),
    (
        Family::F,
        &[3.0, 7.0],
        0.1,
        [0.586_139_263_311_786_3, 0.042_529_320_181_903_25, 0.957_470_679_818_096_7],
    ),
    (
        Family::F,
        &[3.0, 7.0],
        2.0,
        [0.146_356_950_201_897_93, 0.797_306_357_513_349_1, 0.202_693_642_486_650_92],
    ),
    (
        Family::F,
        &[3.0, 7.0],
        50.0,
        [2.848_405_757_029_117_3e-6, 0.999_957_189_639_612_7, 4.281_036_038_735_932e-5],
    ),
    (
        Family::F,
        &[200.0, 5_000.0],
        0.7,
        [0.022_978_461_771_054_354, 0.000_515_308_627_675_650_5, 0.999_484_691_372_324_3],
    ),
    (
        Family::F,
        &[200.0, 5_000.0],
        1.0,
        [3.908_687_307_342_002_5, 0.512_519_564_649_927_4, 0.487_480_435_350_072_57],
    ),
    (
        Family::F,
        &[200.0, 5_000.0],
        1.5,
        [0.000_328_471_779_628_771_3, 0.999_990_119_109_780_3, 9.880_890_219_654_547e-6],
    ),
    (
        Family::Gamma,
        &[0.5, 1.0],
        0.01,
        [5.585_758_033_944_685, 0.112_462_916_018_284_9, 0.887_537_083_981_715_2],
    ),
    (
        Family::Gamma,
        &[0.5, 1.0],
        3.0,
        [0.016_217_391_109_880_488, 0.985_694_121_564_570_4, 0.014_305_878_435_429_64],
    ),
    (
        Family::Gamma,
        &[0.5, 1.0],
        20.0,
        [2.600_281_868_827_193_3e-10, 0.999_999_999_746_037_1, 2.539_628_589_470_865e-10],
    ),
    (
        Family::Gamma,
        &[9.0, 0.5],
        0.01,
        [1.244_696_728_008_578_3e-18, 1.385_767_394_655_282_5e-21, 1.0],
    ),
    (
        Family::Gamma,
        &[9.0, 0.5],
        3.0,
        [0.206_515_467_061_688_6, 0.152_762_506_015_438_7, 0.847_237_493_984_561_3],
    ),
    (
        Family::Gamma,
        &[9.0, 0.5],
        20.0,
        [1.381_052_303_942_408_6e-9, 0.999_999_999_143_072_9, 8.569_271_064_141_691e-10],
    ),
    (
        Family::Gamma,
        &[0.01, 2.0],
        1.0e-30,
        [5.005_655_640_227_654e27, 0.500_565_564_022_765_4, 0.499_434_435_977_234_6],
    ),
    (
        Family::Gamma,
        &[0.01, 2.0],
        0.5,
        [0.015_449_237_322_547_021, 0.989_551_581_773_005_1, 0.010_448_418_226_994_891],
    ),
    (Family::Beta, &[2.0, 3.0], 0.01, [0.117_612_000_000_000_01, 0.000_592_03, 0.999_407_97]),
    (Family::Beta, &[2.0, 3.0], 0.4, [1.728, 0.524_8, 0.475_199_999_999_999_96]),
    (
        Family::Beta,
        &[2.0, 3.0],
        0.999,
        [1.198_800_000_000_002_1e-5, 0.999_999_996_003, 3.997_000_000_000_011e-9],
    ),
    (
        Family::Beta,
        &[0.5, 0.5],
        0.01,
        [3.199_134_725_855_654, 0.063_768_560_858_519_85, 0.936_231_439_141_480_1],
    ),
    (
        Family::Beta,
        &[0.5, 0.5],
        0.4,
        [0.649_747_334_361_396_8, 0.435_905_783_151_025_1, 0.564_094_216_848_974_9],
    ),
    (
        Family::Beta,
        &[0.5, 0.5],
        0.999,
        [10.070_879_119_947_09, 0.979_864_958_366_622_5, 0.020_135_041_633_377_5],
    ),
    (
        Family::Beta,
        &[40.0, 0.3],
        0.5,
        [2.979_396_087_432_56e-12, 3.663_084_823_950_246e-14, 0.999_999_999_999_963_4],
    ),
    (
        Family::Beta,
        &[40.0, 0.3],
        0.99,
        [17.113_926_652_678_128, 0.224_255_471_987_541_34, 0.775_744_528_012_458_6],
    ),
    (
        Family::Binomial,
        &[20.0, 0.3],
        0.0,
        [0.000_797_922_662_976_120_2, 0.000_797_922_662_976_120_2, 0.999_202_077_337_023_9],
    ),
    (
        Family::Binomial,
        &[20.0, 0.3],
        6.0,
        [0.191_638_982_753_442_57, 0.608_009_812_200_924, 0.391_990_187_799_076],
    ),
    (
        Family::Binomial,
        &[20.0, 0.3],
        19.0,
        [1.627_166_053_799_999e-9, 0.999_999_999_965_132_1, 3.486_784_400_999_997_5e-11],
    ),
    (
        Family::Binomial,
        &[1_000.0, 0.5],
        0.0,
        [9.332_636_185_032_189e-302, 9.332_636_185_032_189e-302, 1.0],
    ),
    (
        Family::Binomial,
        &[1_000.0, 0.5],
        6.0,
        [1.276_866_363_756_293_7e-286, 1.284_604_869_062_588e-286, 1.0],
    ),
    (
        Family::Binomial,
        &[1_000.0, 0.5],
        450.0,
        [0.000_169_397_245_277_115_68, 0.000_865_268_042_488_158_8, 0.999_134_731_957_511_8],
    ),
    (
        Family::Binomial,
        &[1_000.0, 0.5],
        900.0,
        [5.958_935_980_362_645e-162, 1.0, 7.427_818_096_436_505e-163],
    ),
    (
        Family::Poisson,
        &[4.0],
        0.0,
        [0.018_315_638_888_734_18, 0.018_315_638_888_734_18, 0.981_684_361_111_265_8],
    ),
    (
        Family::Poisson,
        &[4.0],
        3.0,
        [0.195_366_814_813_164_6, 0.433_470_120_366_708_96, 0.566_529_879_633_291],
    ),
    (
        Family::Poisson,
        &[4.0],
        20.0,
        [8.277_463_646_553_658e-9, 0.999_999_998_076_941_5, 1.923_058_459_414_695_2e-9],
    ),
    (Family::Poisson, &[500.0], 0.0, [7.124_576_406_741_286e-218, 7.124_576_406_741_286e-218, 1.0]),
    (
        Family::Poisson,
        &[500.0],
        3.0,
        [1.484_286_751_404_434_4e-210, 1.493_228_166_040_658_8e-210, 1.0],
    ),
    (
        Family::Poisson,
        &[500.0],
        480.0,
        [0.012_137_592_474_089_784, 0.192_061_579_280_994_74, 0.807_938_420_719_005_2],
    ),
    (
        Family::Poisson,
        &[500.0],
        700.0,
        [5.592_174_952_790_204e-18, 1.0, 1.374_550_947_596_634_7e-17],
    ),
    (
        Family::Poisson,
        &[1.0e-5],
        0.0,
        [0.999_990_000_049_999_8, 0.999_990_000_049_999_8, 9.999_950_000_166_666e-6],
    ),
    (
        Family::Poisson,
        &[1.0e-5],
        1.0,
        [9.999_900_000_499_999e-6, 0.999_999_999_950_000_3, 4.999_966_666_791_667e-11],
    ),
    (
        Family::Poisson,
        &[1.0e-5],
        2.0,
        [4.999_950_000_25e-11, 0.999_999_999_999_999_8, 1.666_654_166_716_667e-16],
    ),
];

#[track_caller]
fn assert_near(value: f64, expected: f64, tolerance: f64, what: &str) {
    let error = (value - expected).abs();
    assert!(error <= tolerance * expected.abs() + 1e-320, "{what}: {value:e} is not {expected:e}");
}

#[test]
fn known_values() {
    const TOLERANCE: f64 = 5e-13;
    for (family, parameters, x, [density, below, above]) in KNOWN {
        let what = format!("{family:?} {parameters:?} {x}");
        let ask = |quantity| family.ask(parameters, quantity, *x);
        assert_near(ask(Quantity::Density), *density, TOLERANCE, &what);
        assert_near(ask(Quantity::Below), *below, TOLERANCE, &what);
        assert_near(ask(Quantity::Above), *above, TOLERANCE, &what);
    }
}

#[test]
fn parameters_that_make_no_distribution_give_nan() {
    let invalid: [(Family, &[f64]); 12] = [
        (Family::Normal, &[0.0, 0.0]),
        (Family::Normal, &[f64::NAN, 1.0]),
        (Family::Uniform, &[1.0, 1.0]),
        (Family::T, &[-2.0]),
        (Family::ChiSquared, &[0.0]),
        (Family::F, &[1.0, 0.0]),
        (Family::Exponential, &[-1.0]),
        (Family::Gamma, &[1.0, f64::INFINITY]),
        (Family::Beta, &[0.0, 1.0]),
        (Family::Binomial, &[1.5, 0.5]),
        (Family::Binomial, &[3.0, 1.1]),
        (Family::Poisson, &[-1.0]),
    ];
    for (family, parameters) in invalid {
        assert!(!family.is_valid(parameters), "{family:?} {parameters:?}");
        for quantity in QUANTITIES {
            assert!(family.ask(parameters, quantity, 0.5).is_nan(), "{family:?} {parameters:?}");
        }
    }
}

const QUANTITIES: [Quantity; 5] =
    [Quantity::Density, Quantity::LnDensity, Quantity::Below, Quantity::Above, Quantity::Quantile];

#[test]
fn the_ends_of_the_support_are_the_outermost_quantiles() {
    let ends: [(Family, &[f64], f64, f64); 4] = [
        (Family::Normal, &[0.0, 1.0], f64::NEG_INFINITY, f64::INFINITY),
        (Family::Uniform, &[2.0, 5.0], 2.0, 5.0),
        (Family::Binomial, &[7.0, 0.5], 0.0, 7.0),
        (Family::Poisson, &[7.0], 0.0, f64::INFINITY),
    ];
    for (family, parameters, start, end) in ends {
        let quantile = |p| family.ask(parameters, Quantity::Quantile, p).to_bits();
        assert_eq!(quantile(0.0), start.to_bits());
        assert_eq!(quantile(1.0), end.to_bits());
        assert_eq!(quantile(1.5), f64::NAN.to_bits());
    }
}

#[test]
fn nothing_hangs_or_panics_on_extreme_numbers() {
    let numbers = [0.0, -0.0, 5e-324, 1e-300, 1e-10, 0.5, 1.0, 1.5, 1e10, 1e17, 1e300, f64::MAX];
    let numbers = numbers.into_iter().chain([f64::INFINITY, f64::NAN, -1.0, f64::NEG_INFINITY]);
    let numbers: Vec<f64> = numbers.collect();
    for family in Family::ALL {
        for a in &numbers {
            for b in &numbers {
                let parameters = &[*a, *b][..family.parameters().len()];
                for x in &numbers {
                    for quantity in QUANTITIES {
                        let value = family.ask(parameters, quantity, *x);
                        let is_probability = matches!(quantity, Quantity::Below | Quantity::Above);
                        assert!(
                            !is_probability || value.is_nan() || (0.0..=1.0).contains(&value),
                            "{family:?} {parameters:?} {quantity:?} {x}: {value}"
                        );
                    }
                }
            }
        }
    }
}

/// Families that are continuous, and two numbers above 0.
fn continuous() -> impl Strategy<Value = (Family, Vec<f64>)> {
    let positive = || (-2.0..4.0_f64).prop_map(|x| libm::exp(2.0 * x));
    (0..8_usize, positive(), positive()).prop_map(|(index, a, b)| {
        let family = Family::ALL[index];
        let parameters = if family == Family::Uniform { vec![a, a + b] } else { vec![a, b] };
        let count = family.parameters().len();
        (family, parameters[..count].to_vec())
    })
}

proptest! {
    #[test]
    fn quantiles_undo_probabilities((family, parameters) in continuous(), p in 1e-6..0.999_999_f64) {
        let x = family.ask(&parameters, Quantity::Quantile, p);
        let density = family.ask(&parameters, Quantity::Density, x);
        // What the rounding of x alone may change.
        let rounding = (density * x).abs() * 1e-15;
        if x > 1e-290 && (family != Family::Beta || x < 0.999) {
            let back = family.ask(&parameters, Quantity::Below, x);
            prop_assert!((back - p).abs() <= 1e-12 * p + rounding, "{back} is not {p}");
        }
    }

    #[test]
    fn both_sides_are_one_together((family, parameters) in continuous(), x in 0.0..50.0_f64) {
        let below = family.ask(&parameters, Quantity::Below, x);
        let above = family.ask(&parameters, Quantity::Above, x);
        prop_assert!((below + above - 1.0).abs() <= 1e-15);
    }

    #[test]
    fn quantiles_of_counts_are_the_least_that_suffice(
        n in 1..2000_u16, share in 0.001..0.999_f64, p in 1e-9..1.0_f64,
    ) {
        let n = f64::from(n);
        for (family, parameters) in [(Family::Binomial, vec![n, share]), (Family::Poisson, vec![n * share])] {
            let k = family.ask(&parameters, Quantity::Quantile, p);
            prop_assert!(family.ask(&parameters, Quantity::Below, k) >= p);
            prop_assert!(family.ask(&parameters, Quantity::Below, k - 1.0) < p);
        }
    }

    #[test]
    fn the_symmetric_ones_are_symmetric(x in 0.0..30.0_f64, df in 0.1..1e5_f64) {
        for (family, parameters) in [(Family::Normal, vec![0.0, 1.0]), (Family::T, vec![df])] {
            let ask = |quantity, x| family.ask(&parameters, quantity, x).to_bits();
            assert_eq!(ask(Quantity::Below, -x), ask(Quantity::Above, x));
            assert_eq!(ask(Quantity::Density, -x), ask(Quantity::Density, x));
        }
    }

    #[test]
    fn probabilities_are_sums_of_those_of_numbers(n in 1..60_u8, p in 0.0..1.0_f64) {
        let parameters = [f64::from(n), p];
        let mut sum = 0.0;
        for k in 0..=n {
            let k = f64::from(k);
            sum += Family::Binomial.ask(&parameters, Quantity::Density, k);
            let below = Family::Binomial.ask(&parameters, Quantity::Below, k);
            prop_assert!((below - sum).abs() <= 1e-13, "{below} is not {sum}");
        }
    }
}
