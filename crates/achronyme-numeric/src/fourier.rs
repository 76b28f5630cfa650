//! Fourier transforms of any length, along any axis.

mod axis;
mod butterfly;
mod chirp;
mod columns;
mod lane;
mod order;
mod real;
pub(crate) mod roots;
mod split;
mod stockham;
mod transform;

pub use axis::{
    Direction, Norm, half_transform, half_transform_back, transform, transform_axes,
    transform_real, transform_real_axes,
};
pub(crate) use chirp::good_length;
pub use order::{center, frequencies, half_frequencies, uncenter};
pub use real::RealTransform;
pub use transform::{Transform, Work};

#[cfg(test)]
mod tests;
