//! EfficientNet-Lite: one table for the family.
//!
//! Tan & Le, "EfficientNet", ICML 2019, without squeeze-and-excite and with ReLU6, as released by
//! Google as EfficientNet-Lite (2020). Inverted residual blocks (Sandler et al., MobileNetV2, CVPR
//! 2018): 1x1 expansion, depthwise k x k, 1x1 projection without activation, and the input added
//! where shapes allow. Batch norms are folded into the convolutions.

use peerlight_core::Preprocess;

use crate::{Architecture, ConvKind, ConvShape};

/// Preprocessing of the published EfficientNet-Lite weights: (x * 255 - 127) / 128. Measured: with it they recognize most.
pub const PREPROCESS: Preprocess =
    Preprocess { side: 224, crop: 0.875, mean: [127.0 / 255.0; 3], std: [128.0 / 255.0; 3] };

/// A row of the table: `repeats` blocks with a `kernel`, the first with `stride`; channels are
/// multiplied by `expand` inside and come out as `out`.
struct Row {
    repeats: usize,
    kernel: usize,
    stride: usize,
    expand: usize,
    out: usize,
}

/// A member of the family.
pub struct Lite {
    id: &'static str,
    name: &'static str,
    stem: usize,
    rows: [Row; 7],
    head: usize,
}

const fn rows(repeats: [usize; 7], out: [usize; 7], expand: [usize; 7]) -> [Row; 7] {
    const KERNEL: [usize; 7] = [3, 3, 5, 3, 5, 5, 3];
    const STRIDE: [usize; 7] = [1, 2, 2, 2, 1, 2, 1];
    let mut rows = [const { Row { repeats: 1, kernel: 3, stride: 1, expand: 1, out: 8 } }; 7];
    let mut i = 0;
    while i < 7 {
        rows[i] = Row { repeats: repeats[i], kernel: KERNEL[i], stride: STRIDE[i], expand: expand[i], out: out[i] };
        i += 1;
    }
    rows
}

const WIDTHS: [usize; 7] = [16, 24, 40, 80, 112, 192, 320];
const EXPAND: [usize; 7] = [1, 6, 6, 6, 6, 6, 6];

/// EfficientNet-Lite0: width 1.0, depth 1.0.
pub static LITE0: Lite = Lite {
    id: "efficientnet-lite0",
    name: "EfficientNet-Lite0",
    stem: 32,
    rows: rows([1, 2, 2, 3, 3, 4, 1], WIDTHS, EXPAND),
    head: 1280,
};
/// EfficientNet-Lite1: width 1.0, depth 1.1. The first and last rows are never repeated more.
pub static LITE1: Lite = Lite {
    id: "efficientnet-lite1",
    name: "EfficientNet-Lite1",
    stem: 32,
    rows: rows([1, 3, 3, 4, 4, 5, 1], WIDTHS, EXPAND),
    head: 1280,
};
/// EfficientNet-Lite2: width 1.1, depth 1.2; stem and head keep their width.
pub static LITE2: Lite = Lite {
    id: "efficientnet-lite2",
    name: "EfficientNet-Lite2",
    stem: 32,
    rows: rows([1, 3, 3, 4, 4, 5, 1], [16, 24, 48, 88, 120, 208, 352], EXPAND),
    head: 1280,
};
/// A net of the same make with some thousands of weights, for the known-answer test of a device
/// and for tests.
pub static MICRO: Lite = Lite {
    id: "efficientnet-lite-micro",
    name: "EfficientNet-Lite micro",
    stem: 8,
    rows: rows([1, 1, 1, 1, 1, 2, 1], [8, 8, 16, 16, 16, 24, 24], [1, 2, 2, 2, 2, 2, 2]),
    head: 32,
};

impl Architecture for Lite {
    fn id(&self) -> &'static str {
        self.id
    }

    fn name(&self) -> &'static str {
        self.name
    }

    fn stages(&self) -> usize {
        self.rows.len() + 1
    }

    fn convolutions(&self) -> Vec<ConvShape> {
        let conv = |kind, weight, stride| ConvShape {
            kind,
            weight,
            stride,
            groups: 1,
            begins_block: false,
            residual: false,
            ends_stage: false,
        };
        let mut all = vec![conv(ConvKind::Stem, [self.stem, 3, 3, 3], 2)];
        let (mut channels, mut block) = (self.stem, 0);
        for row in &self.rows {
            for repeat in 0..row.repeats {
                let stride = if repeat == 0 { row.stride } else { 1 };
                let inner = channels * row.expand;
                if row.expand != 1 {
                    let expand = conv(ConvKind::Expand(block), [inner, channels, 1, 1], 1);
                    all.push(ConvShape { begins_block: true, ..expand });
                }
                let k = row.kernel;
                let begins_block = row.expand == 1;
                all.push(ConvShape {
                    groups: inner,
                    begins_block,
                    ..conv(ConvKind::Depthwise(block), [inner, 1, k, k], stride)
                });
                all.push(ConvShape {
                    residual: stride == 1 && channels == row.out,
                    ends_stage: repeat + 1 == row.repeats,
                    ..conv(ConvKind::Project(block), [row.out, inner, 1, 1], 1)
                });
                channels = row.out;
                block += 1;
            }
        }
        all.push(ConvShape { ends_stage: true, ..conv(ConvKind::Head, [self.head, channels, 1, 1], 1) });
        all
    }
}
