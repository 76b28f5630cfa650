//! Columns of tables: what they are made of, and what is taken out of them.

use crate::functions::Call;
use crate::{Complex, Fault, Store, View};

/// A table, taken apart.
pub(super) struct Table<V> {
    pub(super) names: Vec<String>,
    /// As many as names, each with `count` cells.
    pub(super) columns: Vec<V>,
    pub(super) count: usize,
}

impl<V: Clone> Table<V> {
    /// The table at this place of a call.
    pub(super) fn read<S: Store<Value = V>>(
        store: &S,
        call: &Call<V>,
        place: usize,
    ) -> Result<Self, Fault> {
        parts(store, call.at(place)?).ok_or_else(|| call.wanted(store, place, "a table"))
    }

    /// The place of a column.
    pub(super) fn place(&self, call: &Call<V>, name: &str) -> Result<usize, Fault> {
        self.names.iter().position(|known| known == name).ok_or_else(|| {
            let known = self.names.join(", ");
            call.value_error(format!("there is no column '{name}' (known: {known})"))
        })
    }

    /// The table with these rows; where there is none, all is missing.
    pub(super) fn with_rows<S: Store<Value = V>>(
        self,
        store: &mut S,
        places: &[Option<usize>],
    ) -> Result<Self, Fault> {
        let mut columns = Vec::with_capacity(self.columns.len());
        for column in &self.columns {
            columns.push(taken(store, column, places)?);
        }
        Ok(Self { columns, count: places.len(), ..self })
    }

    pub(super) fn value<S: Store<Value = V>>(&self, store: &mut S) -> Result<V, Fault> {
        let names = self.names.iter().map(String::as_str);
        let fields: Vec<(&str, V, bool)> =
            names.zip(&self.columns).map(|(name, column)| (name, column.clone(), false)).collect();
        let columns = store.new_record(&fields)?;
        #[expect(clippy::cast_precision_loss, reason = "far fewer")]
        let count = store.number(self.count as f64);
        store.new_record(&[("columns", columns, false), ("nrows", count, false)])
    }
}

/// Whether a value is a table.
pub(super) fn is_table<S: Store>(store: &S, value: &S::Value) -> bool {
    parts(store, value).is_some()
}

/// A table taken apart; `None` if the value is none.
pub(super) fn parts<S: Store>(store: &S, value: &S::Value) -> Option<Table<S::Value>> {
    if store.view(value) != View::Record {
        return None;
    }
    let record = store.field(value, "columns").filter(|it| store.view(it) == View::Record)?;
    let View::Number(rows) = store.view(&store.field(value, "nrows")?) else { return None };
    let mut names = Vec::new();
    let mut columns = Vec::new();
    for field in store.fields(&record) {
        names.push(field.name.to_owned());
        columns.push(field.value);
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "is compared")]
    let count = rows as usize;
    let fits = |column: &S::Value| is_column(store, column) && len(store, column) == count;
    #[expect(clippy::cast_precision_loss, clippy::float_cmp, reason = "a whole number")]
    let is_sound = count as f64 == rows && columns.iter().all(fits);
    is_sound.then_some(Table { names, columns, count })
}

fn is_column<S: Store>(store: &S, value: &S::Value) -> bool {
    match store.view(value) {
        View::Vector => true,
        View::Tensor => store.tensor(value).is_some_and(|it| it.shape.len() == 1),
        View::ComplexTensor => store.complex_tensor(value).is_some_and(|it| it.shape.len() == 1),
        _ => false,
    }
}

/// How many cells a column has.
pub(super) fn len<S: Store>(store: &S, column: &S::Value) -> usize {
    match (store.tensor(column), store.complex_tensor(column)) {
        (Some(tensor), _) => tensor.data.len(),
        (_, Some(tensor)) => tensor.data.len(),
        (None, None) => store.elements(column).len(),
    }
}

/// What is in a cell.
pub(super) fn cell<S: Store>(
    store: &mut S,
    column: &S::Value,
    row: usize,
) -> Result<S::Value, Fault> {
    let number = store.tensor(column).and_then(|tensor| tensor.data.get(row).copied());
    if let Some(number) = number {
        let is_mask = store.is_mask(column);
        return Ok(if is_mask { store.boolean(number != 0.0) } else { store.number(number) });
    }
    let complex = store.complex_tensor(column).and_then(|tensor| tensor.data.get(row).copied());
    match complex {
        Some(number) => store.new_complex(number),
        None => Ok(store.elements(column).get(row).cloned().unwrap_or_else(|| store.null())),
    }
}

/// A value as a column: vectors of numbers or truth values become tensors. `None` if it is none.
pub(super) fn column_of<S: Store>(
    store: &mut S,
    value: &S::Value,
) -> Result<Option<S::Value>, Fault> {
    if !is_column(store, value) {
        return Ok(None);
    }
    if store.view(value) != View::Vector {
        return Ok(Some(value.clone()));
    }
    let cells = store.elements(value).to_vec();
    of_cells(store, &cells).map(Some)
}

/// A column of these cells: a tensor of numbers, in which null becomes NaN; a mask; or a vector.
pub(super) fn of_cells<S: Store>(store: &mut S, cells: &[S::Value]) -> Result<S::Value, Fault> {
    let (mut numbers, mut truths, mut complex) = (0, 0, 0);
    for cell in cells {
        match store.view(cell) {
            View::Number(_) => numbers += 1,
            View::Complex(_) => complex += 1,
            View::Boolean(_) => truths += 1,
            View::Null => {}
            _ => return store.new_vector(cells),
        }
    }
    if truths > 0 && truths == cells.len() {
        let is_true = |cell: &S::Value| f64::from(store.view(cell) == View::Boolean(true));
        let data: Vec<f64> = cells.iter().map(is_true).collect();
        store.new_mask(&[data.len()], &data)
    } else if truths == 0 && complex > 0 {
        let data = cells.iter().map(|cell| match store.view(cell) {
            View::Complex(number) => number,
            View::Number(number) => Complex::from(number),
            _ => Complex::new(f64::NAN, f64::NAN),
        });
        let data: Vec<Complex> = data.collect();
        store.new_complex_tensor(&[data.len()], &data)
    } else if truths == 0 && numbers > 0 {
        let data = cells.iter().map(|cell| match store.view(cell) {
            View::Number(number) => number,
            _ => f64::NAN,
        });
        let data: Vec<f64> = data.collect();
        store.new_tensor(&[data.len()], &data)
    } else {
        store.new_vector(cells)
    }
}

/// These places of a column; where there is none, the cell is missing.
pub(super) fn taken<S: Store>(
    store: &mut S,
    column: &S::Value,
    places: &[Option<usize>],
) -> Result<S::Value, Fault> {
    let whole = !places.contains(&None);
    store.room(places.len().saturating_mul(size_of::<f64>()))?;
    if let Some(tensor) = store.tensor(column).filter(|_| whole || !store.is_mask(column)) {
        let at = |place: &Option<usize>| place.and_then(|place| tensor.data.get(place).copied());
        let data: Vec<f64> = places.iter().map(|place| at(place).unwrap_or(f64::NAN)).collect();
        return match store.is_mask(column) {
            true => store.new_mask(&[data.len()], &data),
            false => store.new_tensor(&[data.len()], &data),
        };
    }
    if let Some(tensor) = store.complex_tensor(column) {
        let missing = Complex::new(f64::NAN, f64::NAN);
        let at = |place: &Option<usize>| place.and_then(|place| tensor.data.get(place).copied());
        let data: Vec<Complex> = places.iter().map(|place| at(place).unwrap_or(missing)).collect();
        return store.new_complex_tensor(&[data.len()], &data);
    }
    let mut cells = Vec::with_capacity(places.len());
    for place in places {
        cells.push(match place {
            Some(place) => cell(store, column, *place)?,
            None => store.null(),
        });
    }
    store.new_vector(&cells)
}

/// The names at this place of a call: a string, or a vector of them.
pub(super) fn texts<S: Store>(
    store: &S,
    call: &Call<S::Value>,
    place: usize,
) -> Result<Vec<String>, Fault> {
    let value = call.at(place)?;
    let text = |value: &S::Value| {
        (store.view(value) == View::String).then(|| store.text(value).to_owned())
    };
    let texts = match store.view(value) {
        View::Vector => store.elements(value).iter().map(text).collect(),
        _ => text(value).map(|text| vec![text]),
    };
    texts.ok_or_else(|| call.wanted(store, place, "a name, or a vector of names"))
}
