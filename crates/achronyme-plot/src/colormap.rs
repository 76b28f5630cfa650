//! Colour maps: from shares to colours.

use crate::number::{count, real};
use crate::{Color, Error};

/// How numbers become colours in a heat map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colormap {
    name: &'static str,
    /// Colours at equal distances.
    stops: &'static [u32],
}

/// Viridis, magma, inferno and plasma are by S. van der Walt and N. Smith (CC0); the diverging ones
/// are ColorBrewer's `RdBu`, by C. Brewer, and K. Moreland's "cool to warm" of 2009.
const MAPS: &[Colormap] = &[
    Colormap {
        name: "viridis",
        stops: &[
            0x44_01_54, 0x48_1a_6c, 0x47_2f_7d, 0x41_44_87, 0x39_56_8c, 0x31_68_8e, 0x2a_78_8e,
            0x23_88_8e, 0x1f_98_8b, 0x22_a8_84, 0x35_b7_79, 0x54_c5_68, 0x7a_d1_51, 0xa5_db_36,
            0xd2_e2_1b, 0xfd_e7_25,
        ],
    },
    Colormap {
        name: "magma",
        stops: &[
            0x00_00_04, 0x0b_09_24, 0x20_11_4b, 0x3b_0f_70, 0x57_15_7e, 0x72_1f_81, 0x8c_29_81,
            0xa8_32_7d, 0xc4_3c_75, 0xde_49_68, 0xf1_60_5d, 0xfa_7f_5e, 0xfe_9f_6d, 0xfe_bf_84,
            0xfd_de_a0, 0xfc_fd_bf,
        ],
    },
    Colormap {
        name: "inferno",
        stops: &[
            0x00_00_04, 0x0c_08_26, 0x24_0c_4f, 0x42_0a_68, 0x5d_12_6e, 0x78_1c_6d, 0x93_26_67,
            0xae_30_5c, 0xc7_3e_4c, 0xdd_51_3a, 0xed_69_25, 0xf8_85_0f, 0xfc_a5_0a, 0xfa_c6_2d,
            0xf2_e6_61, 0xfc_ff_a4,
        ],
    },
    Colormap {
        name: "plasma",
        stops: &[
            0x0d_08_87, 0x33_05_97, 0x50_02_a2, 0x6a_00_a8, 0x84_05_a7, 0x9c_17_9e, 0xb1_2a_90,
            0xc3_3d_80, 0xd3_51_71, 0xe1_64_62, 0xed_79_53, 0xf6_8f_44, 0xfc_a6_36, 0xfe_c0_29,
            0xf9_dc_24, 0xf0_f9_21,
        ],
    },
    Colormap {
        name: "coolwarm",
        stops: &[
            0x3b_4c_c0, 0x5d_7c_e6, 0x82_a6_fb, 0xa7_c5_fe, 0xc9_d8_ef, 0xdd_dd_dd, 0xf0_cd_bb,
            0xf7_b1_94, 0xf1_8d_6f, 0xde_60_4d, 0xb4_04_26,
        ],
    },
    Colormap {
        name: "redblue",
        stops: &[
            0x67_00_1f, 0xb2_18_2b, 0xd6_60_4d, 0xf4_a5_82, 0xfd_db_c7, 0xf7_f7_f7, 0xd1_e5_f0,
            0x92_c5_de, 0x43_93_c3, 0x21_66_ac, 0x05_30_61,
        ],
    },
    Colormap { name: "gray", stops: &[0x00_00_00, 0xff_ff_ff] },
];

impl Colormap {
    /// The map with this name.
    ///
    /// # Errors
    ///
    /// If there is none.
    pub fn named(name: &str) -> Result<Self, Error> {
        let lower = name.to_ascii_lowercase();
        MAPS.iter().find(|map| map.name == lower).copied().ok_or_else(|| {
            let names: Vec<_> = MAPS.iter().map(|map| map.name).collect();
            Error::new(format!("unknown colormap '{name}' (known: {})", names.join(", ")))
        })
    }

    /// The colour of a share; what is outside of 0 to 1 has the colour of the nearer end.
    pub(crate) fn color(self, share: f64) -> Color {
        let place = share.clamp(0.0, 1.0) * real(self.stops.len() - 1);
        let index = count(place).min(self.stops.len() - 2);
        let stop = |index: usize| {
            let [_, red, green, blue] = self.stops[index].to_be_bytes();
            Color::new(red, green, blue)
        };
        stop(index).toward(stop(index + 1), place - real(index))
    }
}

impl Default for Colormap {
    fn default() -> Self {
        MAPS[0]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_of_a_map_are_its_first_and_last_colors() {
        for map in MAPS {
            assert_eq!(map.color(-1.0), map.color(0.0));
            assert_eq!(map.color(2.0), map.color(1.0));
        }
        assert_eq!(Colormap::default().color(0.0).to_string(), "#440154");
        assert_eq!(Colormap::default().color(1.0).to_string(), "#fde725");
    }
}
