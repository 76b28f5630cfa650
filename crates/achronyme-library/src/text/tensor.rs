//! Text of tensors.

use super::check_length;
use crate::{Fault, TensorView};

/// Writes the numbers in nested brackets; all axes but the last begin a new line per item.
pub(super) fn write_tensor<T: Copy>(
    text: &mut String,
    tensor: TensorView<'_, T>,
    write: impl Fn(&mut String, T),
) -> Result<(), Fault> {
    let Some((width, outer)) = tensor.shape.split_last() else {
        if let Some(number) = tensor.data.first() {
            write(text, *number);
        }
        return Ok(());
    };
    let rows = outer.iter().fold(1, |rows: usize, length| rows.saturating_mul(*length));
    if rows == 0 {
        text.push_str("[]");
        return Ok(());
    }
    for row in 0..rows {
        let opened = brackets_at(outer, row);
        if row > 0 {
            text.push_str(",\n");
            text.extend(std::iter::repeat_n(' ', outer.len() - opened));
        }
        text.extend(std::iter::repeat_n('[', opened + 1));
        for (i, number) in
            tensor.data.get(row * width..).unwrap_or(&[]).iter().take(*width).enumerate()
        {
            if i > 0 {
                text.push_str(", ");
            }
            write(text, *number);
        }
        text.extend(std::iter::repeat_n(']', brackets_at(outer, row + 1) + 1));
        check_length(text)?;
    }
    Ok(())
}

/// How many outer axes begin anew at a row: all at the first, and likewise all end after the last.
fn brackets_at(outer: &[usize], row: usize) -> usize {
    let mut left = row;
    let mut count = 0;
    for length in outer.iter().rev() {
        if !left.is_multiple_of(*length) {
            break;
        }
        left /= length;
        count += 1;
    }
    count
}
