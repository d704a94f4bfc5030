//! What must hold for any convolution, window, manifest and list of classes: drawn values, shrunk to the smallest that
//! fails.
#![allow(clippy::disallowed_methods, reason = "a native test may read synchronously")]

use burn::tensor::{
    Device, Tensor,
    module::conv2d,
    ops::{ConvOptions, PadMode},
};
use peerlight_core::{Preprocess, rng::normals};
use peerlight_models::{
    Builder, Bundle, Classes, Cut, Graph, Layer, Manifest, Network, NodeId, PeerManifest, Precision,
    kernels::{Geometry, Padding},
    micro,
    ops::{Op, Pool, PoolKind},
};
use proptest::{array::uniform2, array::uniform4, collection::vec, prelude::*, sample::select};

/// A convolution of a small image, whether it fits in or not.
#[derive(Debug, Clone)]
struct Drawn {
    channels: usize,
    outputs: usize,
    size: [usize; 2],
    kernel: [usize; 2],
    geometry: Geometry,
}

fn drawn() -> impl Strategy<Value = Drawn> {
    let padding = prop_oneof![
        Just(Padding::Same),
        uniform4(0..4usize).prop_map(|[top, left, bottom, right]| Padding::Explicit { top, left, bottom, right }),
    ];
    let steps = (uniform2(1..4usize), uniform2(1..4usize), padding, 1..4usize);
    (steps, 1..3usize, 1..3usize, uniform2(1..14usize), uniform2(1..6usize)).prop_map(
        |((stride, dilation, padding, groups), inputs, outputs, size, kernel)| {
            let geometry = Geometry { stride, dilation, padding, groups };
            Drawn { channels: groups * inputs, outputs: groups * outputs, size, kernel, geometry }
        },
    )
}

impl Drawn {
    /// Whether the filter fits into the padded image.
    fn fits(&self) -> bool {
        (0..2).all(|axis| {
            let (before, after) = self.geometry.zeros(axis, self.size[axis], self.kernel[axis]);
            (self.kernel[axis] - 1) * self.geometry.dilation[axis] < before + self.size[axis] + after
        })
    }

    fn weight(&self) -> [usize; 4] {
        [self.outputs, self.channels / self.geometry.groups, self.kernel[0], self.kernel[1]]
    }

    /// A graph of the convolution, with a classifier behind it.
    fn graph(&self) -> peerlight_core::Result<(Graph, NodeId)> {
        let (mut graph, image) = Builder::new([self.channels, self.size[0], self.size[1]]);
        let conv = graph.conv("conv", self.geometry, image, self.weight(), None);
        graph.classifier(conv, self.outputs, 2);
        let layer = Cut { name: "conv".into(), node: conv };
        Ok((graph.finish(vec![layer], Layer(1), vec![Layer(1)])?, conv))
    }

    /// The image, padded as TensorFlow or PyTorch pads it.
    fn padded(&self, image: Tensor<4>) -> Tensor<4> {
        let [down, across] = [0, 1].map(|axis| match self.geometry.padding {
            Padding::Explicit { top, bottom, .. } if axis == 0 => (top, bottom),
            Padding::Explicit { left, right, .. } => (left, right),
            Padding::Same => {
                let (size, stride) = (self.size[axis], self.geometry.stride[axis]);
                let span = (self.kernel[axis] - 1) * self.geometry.dilation[axis] + 1;
                let total = ((size.div_ceil(stride) - 1) * stride + span).saturating_sub(size);
                (total / 2, total - total / 2)
            }
        });
        image.pad((across.0, across.1, down.0, down.1), PadMode::Constant(0.0))
    }
}

fn values<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor.into_data().try_to_vec().unwrap()
}

/// A name as folders and lists of classes have them.
fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        select(vec![
            "cat",
            "Cat",
            "hot_dog",
            "hot dog",
            "tench, Tinca tinca",
            "tench",
            "class 1",
            "n01440764",
            "é",
            "7"
        ])
        .prop_map(String::from),
        "[a-c]{1,2}",
        ".{0,6}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_graph_foretells_the_shape_and_the_values_of_burns_convolution(drawn in drawn(), seed in any::<u64>()) {
        let (graph, conv) = match drawn.graph() {
            Ok(built) => built,
            Err(why) => {
                prop_assert!(!drawn.fits(), "refused, but it fits: {}", why);
                return Ok(());
            }
        };
        prop_assert!(drawn.fits(), "accepted, but it does not fit");
        let shape = graph.shape(conv).to_vec();
        let device = Device::flex();
        let image = normals(seed, 0, [2, drawn.channels, drawn.size[0], drawn.size[1]], &device);
        let weight = normals(seed, 10_000, drawn.weight(), &device);
        let options = ConvOptions::new(drawn.geometry.stride, [0, 0], drawn.geometry.dilation, drawn.geometry.groups);
        let expected = conv2d(drawn.padded(image.clone()), weight.clone(), None, options);
        prop_assert_eq!(&expected.dims()[1..], &shape[..]);
        let mut arrays = vec![values(weight)];
        arrays.extend(graph.parameters()[1..].iter().map(|own| vec![0.0; own.shape.iter().product()]));
        let network = Network::new(graph, arrays, &device).unwrap();
        let found = values(network.run(Layer::INPUT, image).at(Layer(1)).clone());
        prop_assert!(found.iter().zip(values(expected)).all(|(a, b)| (a - b).abs() < 1e-4));
    }

    #[test]
    fn a_graph_foretells_the_shape_of_a_pool(
        size in uniform2(1..14usize), kernel in uniform2(1..5usize), stride in uniform2(1..4usize),
        sides in uniform4(0..3usize), is_max in any::<bool>(), ceil_mode in any::<bool>(),
    ) {
        let [top, left, bottom, right] = sides;
        let kind = if is_max { PoolKind::Max } else { PoolKind::Mean { count_padding: true } };
        let padding = Padding::Explicit { top, left, bottom, right };
        let (mut builder, image) = Builder::new([2, size[0], size[1]]);
        let pool = Pool { kind, kernel, stride, padding, dilation: [1; 2], ceil_mode };
        let pooled = builder.node("pool", Op::Pool(pool), &[image], &[]);
        builder.classifier(pooled, 2, 2);
        let Ok(graph) = builder.finish_with_found_layers() else { return Ok(()) };
        let zeros = |own: &peerlight_models::Parameter| vec![0.5; own.shape.iter().product()];
        let (shape, arrays) = (graph.shape(pooled).to_vec(), graph.parameters().iter().map(zeros).collect());
        let cut = graph.layers().iter().position(|cut| cut.node == pooled);
        let network = Network::new(graph, arrays, &Device::flex()).unwrap();
        let features = network.run(Layer::INPUT, Tensor::ones([1, 2, size[0], size[1]], &Device::flex()));
        if let Some(cut) = cut {
            let found = features.at(Layer(cut + 1)).clone();
            prop_assert_eq!(&found.dims()[1..], &shape[..]);
            // Of ones the greatest is one, and no mean is above it.
            let low = if is_max { 1.0 } else { 0.0 };
            prop_assert!(values(found).iter().all(|v| (low..=1.0 + 1e-6).contains(v)));
        }
    }

    #[test]
    fn a_bundle_says_what_was_written_into_it(
        (title, license, source) in (".{0,20}", ".{0,20}", ".{0,20}"),
        ids in select(vec![vec!["a"], vec!["one-2", "b"], vec!["x", "Y", "z"]]),
        labels in vec(".{0,12}", micro::CLASSES),
        (side, crop, bgr) in (16..256usize, 1..=1000u32, any::<bool>()),
        own in any::<bool>(),
    ) {
        let preprocess = Preprocess { side, crop: f64::from(crop) / 1000.0, mean: [0.25; 3], std: [0.5; 3], bgr };
        let mut manifest = Manifest { name: title, license, source, labels, preprocess, ..micro::manifest(&ids) };
        if own {
            let preprocess = Some(Preprocess { side: 64, ..manifest.preprocess.clone() });
            let labels = Some(manifest.labels.iter().rev().cloned().collect());
            let name = Some("ü".into());
            manifest.peers[0] = PeerManifest { preprocess, labels, name, ..manifest.peers[0].clone() };
        }
        let tensors = micro::tensors(&ids).unwrap();
        let bytes = Bundle::write(&manifest, &tensors, Precision::Single).unwrap();
        let read = Bundle::parse(&bytes).unwrap();
        prop_assert_eq!(&read.manifest, &manifest);
        let last = ids.len() - 1;
        let network = read.build(last, &Device::flex()).unwrap();
        let arrays = network.arrays(&mut |tensor| Ok(tensor.into_data().try_to_vec().unwrap())).unwrap();
        for (name, array) in arrays {
            prop_assert_eq!(&tensors[&[ids[last], ".", &name].concat()], &array);
        }
        prop_assert_eq!(Bundle::write(&read.manifest, &tensors, Precision::Single).unwrap(), bytes);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn classes_of_peers_are_matched_once_each(lists in vec(vec(name(), 1..8), 1..4)) {
        let classes = Classes::of(lists.iter().map(Vec::as_slice));
        for (peer, list) in lists.iter().enumerate() {
            for (own, label) in list.iter().enumerate() {
                let class = classes.listed(peer, own);
                prop_assert_eq!(classes.own(peer, class), Some(own), "{}", label);
            }
            let theirs = (0..classes.names().len()).filter(|class| classes.own(peer, *class).is_some()).count();
            prop_assert_eq!(theirs, list.len());
        }
        // The first peer's classes come first, as they are; the same list again adds none.
        prop_assert_eq!(&classes.names()[..lists[0].len()], &lists[0][..]);
        let again = Classes::of([&lists[0][..], &lists[0][..]]);
        prop_assert_eq!(again.names(), &lists[0][..]);
    }
}
