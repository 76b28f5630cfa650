//! Random types, values and rows for tests.

use proptest::prelude::*;
use rust_decimal::Decimal;

use crate::schema::Type;
use crate::value::Value;

/// Any type that a field may have.
pub(crate) fn types() -> impl Strategy<Value = Type> {
    let plain = prop_oneof![
        Just(Type::Int),
        Just(Type::Float),
        Just(Type::Decimal),
        Just(Type::Bool),
        Just(Type::String),
        Just(Type::Bytes),
        Just(Type::Timestamp),
        Just(Type::Duration),
        Just(Type::Moment),
    ];
    plain.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(|inner| Type::Option(Box::new(inner.inner().clone()))),
            inner.clone().prop_map(|inner| Type::List(Box::new(inner))),
            prop::collection::vec(inner.clone(), 0..3).prop_map(|types| {
                Type::Record(types.into_iter().map(|ty| ("f".to_owned(), ty)).collect())
            }),
            prop::collection::vec(prop::collection::vec(inner, 0..3), 1..3).prop_map(|cases| {
                Type::Union(cases.into_iter().map(|held| ("C".to_owned(), held)).collect())
            }),
        ]
    })
}

/// Any value of a type; small ones are frequent, so that pairs are often equal.
pub(crate) fn values(ty: &Type) -> BoxedStrategy<Value> {
    match ty {
        Type::Int => whole().prop_map(Value::Int).boxed(),
        Type::Timestamp => whole().prop_map(Value::Timestamp).boxed(),
        Type::Duration => whole().prop_map(Value::Duration).boxed(),
        Type::Moment => whole().prop_map(|number| Value::Moment(number.cast_unsigned())).boxed(),
        Type::Bool => any::<bool>().prop_map(Value::Bool).boxed(),
        Type::Float => {
            let floats = prop_oneof![
                prop::num::f64::ANY,
                (-2i8..3).prop_map(f64::from),
                Just(-0.0),
                Just(f64::NAN),
                Just(f64::INFINITY),
            ];
            floats.prop_map(Value::Float).boxed()
        }
        Type::Decimal => {
            let scaled =
                |number: i128, scale| Value::Decimal(Decimal::from_i128_with_scale(number, scale));
            let largest = (1i128 << 96) - 1;
            prop_oneof![
                (-1200i128..1200, 0u32..3).prop_map(move |(number, scale)| scaled(number, scale)),
                (-largest..=largest, 0u32..29)
                    .prop_map(move |(number, scale)| scaled(number, scale)),
            ]
            .boxed()
        }
        Type::String => "[ab\u{0}ä]{0,4}".prop_map(Value::String).boxed(),
        Type::Bytes => {
            let byte = prop_oneof![Just(0u8), Just(1), Just(255), any::<u8>()];
            prop::collection::vec(byte, 0..4).prop_map(Value::Bytes).boxed()
        }
        Type::Option(inner) => prop_oneof![1 => Just(Value::None), 3 => values(inner)].boxed(),
        Type::List(inner) => {
            prop::collection::vec(values(inner), 0..3).prop_map(Value::List).boxed()
        }
        Type::Record(fields) => {
            let values: Vec<_> = fields.iter().map(|(_, inner)| values(inner)).collect();
            values.prop_map(Value::Record).boxed()
        }
        Type::Union(cases) => {
            let cases = (0u32..).zip(cases).map(|(tag, (_, held))| {
                let held: Vec<_> = held.iter().map(values).collect();
                held.prop_map(move |held| Value::Tagged(tag, held)).boxed()
            });
            prop::strategy::Union::new(cases).boxed()
        }
    }
}

fn whole() -> impl Strategy<Value = i64> {
    prop_oneof![-3i64..4, any::<i64>(), (0u32..63).prop_map(|bits| -(1 << bits)), Just(i64::MAX)]
}

pub(crate) fn typed_value() -> impl Strategy<Value = (Type, Value)> {
    types().prop_flat_map(|ty| {
        let value = values(&ty);
        (Just(ty), value)
    })
}

pub(crate) fn typed_pair() -> impl Strategy<Value = (Type, Value, Value)> {
    types().prop_flat_map(|ty| {
        let (one, two) = (values(&ty), values(&ty));
        (Just(ty), one, two)
    })
}
