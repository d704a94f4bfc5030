//! EfficientNet-Lite: one table for the family.
//!
//! Tan & Le, "EfficientNet", ICML 2019, without squeeze-and-excite and with ReLU6, as released by
//! Google as EfficientNet-Lite (2020). Inverted residual blocks (Sandler et al., MobileNetV2, CVPR
//! 2018): 1x1 expansion, depthwise k x k, 1x1 projection without activation, and the input added
//! where shapes allow. Batch norms are folded into the convolutions.

use peerlight_core::{Preprocess, Result};

use crate::{
    Architecture, Builder, Cut, Graph, Layer,
    kernels::{Activation, Geometry},
    ops::{Binary, Op},
};

/// Preprocessing of the published EfficientNet-Lite weights: (x * 255 - 127) / 128. With it they recognize most.
pub const PREPROCESS: Preprocess =
    Preprocess { side: 224, crop: 0.875, mean: [127.0 / 255.0; 3], std: [128.0 / 255.0; 3], bgr: false };

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

/// The epsilon of the batch norms, as in the published networks.
const EPSILON: f32 = 1e-3;

impl Architecture for Lite {
    fn id(&self) -> &'static str {
        self.id
    }

    fn name(&self) -> &'static str {
        self.name
    }

    fn graph(&self, classes: usize, batch_norms: bool) -> Result<Graph> {
        let (mut graph, image) = Builder::new([3, 224, 224]);
        let norm = batch_norms.then_some(EPSILON);
        let relu6 = Op::Activation(Activation::Relu6);
        let mut x = graph.conv("stem", Geometry::same(2, 1), image, [self.stem, 3, 3, 3], norm);
        x = graph.node("stem.relu6", relu6.clone(), &[x], &[]);
        let (mut channels, mut block, mut layers) = (self.stem, 0, Vec::new());
        for (row, stage) in self.rows.iter().zip(1..) {
            for repeat in 0..row.repeats {
                let (input, stride, inner) = (x, if repeat == 0 { row.stride } else { 1 }, channels * row.expand);
                let name = format!("blocks.{block}");
                if row.expand != 1 {
                    let expand = format!("{name}.expand");
                    x = graph.conv(&expand, Geometry::same(1, 1), x, [inner, channels, 1, 1], norm);
                    x = graph.node(&format!("{expand}.relu6"), relu6.clone(), &[x], &[]);
                }
                let depthwise = format!("{name}.depthwise");
                x = graph.conv(&depthwise, Geometry::same(stride, inner), x, [inner, 1, row.kernel, row.kernel], norm);
                x = graph.node(&format!("{depthwise}.relu6"), relu6.clone(), &[x], &[]);
                x = graph.conv(&format!("{name}.project"), Geometry::same(1, 1), x, [row.out, inner, 1, 1], norm);
                if stride == 1 && channels == row.out {
                    x = graph.node(&format!("{name}.add"), Op::Binary(Binary::Add), &[x, input], &[]);
                }
                channels = row.out;
                block += 1;
            }
            layers.push(Cut { name: format!("stage {stage}"), node: x });
        }
        x = graph.conv("head", Geometry::same(1, 1), x, [self.head, channels, 1, 1], norm);
        x = graph.node("head.relu6", relu6, &[x], &[]);
        layers.push(Cut { name: "head".into(), node: x });
        graph.classifier(x, self.head, classes);
        // The last block, and it with the three stages before it.
        graph.finish(layers, Layer(7), (4..=7).map(Layer).collect())
    }
}
