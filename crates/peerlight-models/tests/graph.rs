//! Graphs: what is found in them, what is refused, and that a network's twins compute the same.
#![allow(clippy::disallowed_methods, reason = "a native test may read synchronously")]

use burn::{
    module::{Module, ModuleVisitor, Param},
    tensor::{Device, Gradients, Tensor},
};
use peerlight_core::{Code, rng::normals};
use peerlight_models::{
    Builder, Cut, Graph, GraphSpec, Head, Layer, Network, NodeId, Role, architecture,
    kernels::{Activation, Geometry, use_avx512},
    ops::{Binary, Concat, Op, Reduce, Softmax},
};

const SIDE: usize = 16;

fn relu() -> Op {
    Op::Activation(Activation::Relu)
}

/// A stem, a residual block with batch norms, squeeze-and-excite, a concatenation, and a linear classifier.
fn builder() -> Builder {
    let (mut graph, image) = Builder::new([3, SIDE, SIDE]);
    let norm = Some(1e-5);
    let stem = graph.conv("stem", Geometry::same(2, 1), image, [8, 3, 3, 3], norm);
    let stem = graph.node("stem.relu", relu(), &[stem], &[]);
    let a = graph.conv("a", Geometry::same(1, 1), stem, [8, 8, 3, 3], norm);
    let a = graph.node("a.relu", relu(), &[a], &[]);
    let b = graph.conv("b", Geometry::same(1, 8), a, [8, 1, 3, 3], norm);
    let sum = graph.node("sum", Op::Binary(Binary::Add), &[stem, b], &[]);
    let block = graph.node("block", relu(), &[sum], &[]);
    let pooled = graph.node("excite.average", Op::Reduce(Reduce::global_average(true)), &[block], &[]);
    let gate = graph.conv("excite", Geometry::same(1, 1), pooled, [8, 8, 1, 1], None);
    let gate = graph.node("excite.gate", Op::Activation(Activation::Sigmoid), &[gate], &[]);
    let excited = graph.node("excited", Op::Binary(Binary::Mul), &[block, gate], &[]);
    let left = graph.conv("left", Geometry::same(2, 1), excited, [4, 8, 1, 1], norm);
    let right = graph.conv("right", Geometry::same(2, 1), excited, [6, 8, 3, 3], norm);
    let both = graph.node("both", Op::Concat(Concat { axis: 1 }), &[left, right], &[]);
    graph.classifier(both, 10, 5);
    graph
}

fn network() -> Network {
    let network = Network::fresh(builder().finish_with_found_layers().unwrap(), 3, &Device::flex());
    // Norms that do something.
    let moved = network.forward_train(images(8)).1;
    let mut network = network;
    network.update_running_stats(&moved, 0.7);
    network
}

fn images(count: usize) -> Tensor<4> {
    normals(11, 0, [count, 3, SIDE, SIDE], &Device::flex())
}

fn values<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor.into_data().try_to_vec().unwrap()
}

fn off<const D: usize>(a: Tensor<D>, b: Tensor<D>) -> f32 {
    values((a - b).abs().max())[0]
}

#[test]
fn layers_are_where_all_data_flows_through() {
    let graph = builder().finish_with_found_layers().unwrap();
    let names: Vec<&str> = graph.layers().iter().map(|cut| cut.name.as_str()).collect();
    // Inside the block the shortcut is alive, in the excitation what it excites, and one branch beside the other.
    assert_eq!(names, ["stem.relu", "block", "excited", "both"]);
    assert_eq!(graph.target(), Layer(4));
    // Of each size the last that something was added to, and at last the last.
    assert_eq!(graph.several(), [Layer(2), Layer(4)]);
    assert!(matches!(graph.head(), Head::Linear(_)));
    assert_eq!((graph.input(), graph.classes()), ([3, SIDE, SIDE], 5));
    let sizes = graph.layers().iter().map(|cut| graph.shape(cut.node).to_vec()).collect::<Vec<_>>();
    assert_eq!(sizes, [vec![8, 8, 8], vec![8, 8, 8], vec![8, 8, 8], vec![10, 4, 4]]);
    let conv = |positions: u64, weights: u64| positions * weights;
    let known = conv(64, 8 * 27) + conv(64, 8 * 72) + conv(64, 72) + 64 + conv(16, 32) + conv(16, 6 * 72) + 50;
    assert_eq!(graph.cost(), known);
}

#[test]
fn a_run_from_any_layer_gives_the_same() {
    let network = network();
    let features = network.run(Layer::INPUT, images(2));
    assert_eq!(features.last(), network.last());
    let logits = values(features.logits.clone());
    assert_eq!(values(network.logits(Layer::INPUT, images(2))), logits);
    for layer in (1..=network.layers()).map(Layer) {
        let resumed = network.run(layer, features.at(layer).clone());
        assert_eq!(values(resumed.logits.clone()), logits, "{layer:?}");
        for later in (layer.0 + 1..=network.layers()).map(Layer) {
            assert_eq!(values(resumed.at(later).clone()), values(features.at(later).clone()));
        }
    }
    // The classifier's rows over the mean of the last layer are the logits.
    let pooled: Tensor<2> = features.at(network.last()).clone().flatten::<3>(2, 3).mean_dim(2).squeeze_dim(2);
    let rows = pooled.matmul(network.linear_head().unwrap().transpose());
    let differences = values(features.logits - rows);
    let (first, second) = differences.split_at(5);
    assert!(first.iter().zip(second).all(|(a, b)| (a - b).abs() < 1e-5), "the bias is all that is missing");
}

#[test]
fn norms_are_folded_and_put_back_without_a_change() {
    let network = network();
    let logits = network.logits(Layer::INPUT, images(4));
    let folded = network.folded();
    assert_eq!((network.norms(), folded.norms()), (5, 0));
    assert!(off(folded.logits(Layer::INPUT, images(4)), logits.clone()) < 1e-5);
    let again = folded.insert_batch_norms(images(8)).unwrap();
    // The gate's convolution sees one pixel: it had no norm, and gets none.
    assert_eq!(again.norms(), 5);
    assert!(off(again.logits(Layer::INPUT, images(4)), logits.clone()) < 1e-4);
    // By the moments of the batch that they come from, the norms do nothing but what the convolutions did.
    assert!(off(again.forward_train(images(8)).0.logits, network.logits(Layer::INPUT, images(8))) < 1e-4);
    let names = |network: &Network| network.graph().layers().iter().map(|cut| cut.name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&again), names(&network));
    let halfway = again.folded().interpolate(&folded, 0.5).unwrap();
    assert!(off(halfway.logits(Layer::INPUT, images(4)), logits) < 1e-4);
}

/// The gradient of every parameter that wants one, after a training pass.
fn trained() -> Vec<Option<Vec<f32>>> {
    let device = Device::flex().autodiff();
    let network = Network::fresh(builder().finish_with_found_layers().unwrap(), 3, &device);
    let x: Tensor<4> = normals(11, 0, [4, 3, SIDE, SIDE], &device);
    let (features, moments) = network.forward_train(x);
    assert_eq!(moments.len(), network.norms());
    let gradients = features.logits.powf_scalar(2.0).sum().backward();
    let mut visitor = Trained { gradients: &gradients, found: Vec::new() };
    network.visit(&mut visitor);
    visitor.found
}

struct Trained<'a> {
    gradients: &'a Gradients,
    found: Vec<Option<Vec<f32>>>,
}

impl ModuleVisitor for Trained<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let value = param.val();
        if value.is_require_grad() {
            self.found.push(value.grad(self.gradients).map(values));
        }
    }
}

#[test]
fn training_passes_reach_every_parameter() {
    let (found, graph) = (trained(), builder().finish_with_found_layers().unwrap());
    let reached = |gradient: &Option<Vec<f32>>| gradient.as_ref().is_some_and(|g| g.iter().any(|&g| g != 0.0));
    assert_eq!(found.len(), graph.parameters().iter().filter(|p| p.role.is_trained()).count());
    assert!(found.iter().all(reached));
}

#[test]
fn training_has_the_same_bits_on_all_registers() {
    let [wide, narrow] = [true, false].map(|yes| {
        use_avx512(yes);
        trained()
    });
    use_avx512(true);
    assert_eq!(wide, narrow);
}

#[test]
fn an_opaque_head_has_a_gradient_in_place_of_weights() {
    let (mut graph, image) = Builder::new([3, SIDE, SIDE]);
    let stem = graph.conv("stem", Geometry::same(2, 1), image, [6, 3, 3, 3], None);
    let stem = graph.node("relu", relu(), &[stem], &[]);
    let pooled = graph.node("average", Op::Reduce(Reduce::global_average(false)), &[stem], &[]);
    let gate = graph.node("gate", Op::Softmax(Softmax { axis: 1 }), &[pooled], &[]);
    let (weight, bias) =
        (graph.parameter("out.weight", &[4, 6], Role::Weight), graph.parameter("out.bias", &[4], Role::Bias));
    graph.node("out", Op::Linear(peerlight_models::ops::Linear {}), &[gate], &[weight, bias]);
    let network = Network::fresh(graph.finish_with_found_layers().unwrap(), 5, &Device::flex());
    assert_eq!(network.graph().head(), Head::Opaque);
    assert!(network.linear_head().is_none());
    let features = network.run(Layer::INPUT, images(2));
    let weights = Tensor::<2>::from_floats([[1.0, -1.0, 0.0, 0.0], [0.0, 0.0, 2.0, 0.0]], &Device::flex());
    let gradient = network.logit_gradient(&features, weights.clone());
    // By differences.
    let last = features.at(network.last()).clone();
    let score = |x: Tensor<4>| (network.logits(network.last(), x) * weights.clone()).sum();
    let step = 0.05;
    for (image, channel) in [(0, 2), (1, 5)] {
        let mut more = Tensor::<4>::zeros(last.dims(), &Device::flex());
        more = more.slice_assign(
            [image..image + 1, channel..channel + 1, 3..4, 4..5],
            Tensor::full([1, 1, 1, 1], step, &Device::flex()),
        );
        let slope = (score(last.clone() + more.clone()) - score(last.clone() - more)) / (2.0 * step);
        let own = gradient.clone().slice([image..image + 1, channel..channel + 1, 3..4, 4..5]).sum();
        assert!(off(slope, own.clone()) < 1e-4 + 0.02 * values(own.abs())[0]);
    }
}

/// What is refused of a graph from a file.
#[test]
fn graphs_that_cannot_be_are_refused() {
    let spec = || builder().finish_with_found_layers().unwrap().spec().clone();
    let place = |spec: &GraphSpec, name: &str| spec.nodes.iter().position(|node| node.name == name).unwrap();
    type Change = fn(&mut GraphSpec, &dyn Fn(&GraphSpec, &str) -> usize);
    let changes: Vec<(&str, Change)> = vec![
        ("nothing", |s, _| *s = GraphSpec { nodes: Vec::new(), ..s.clone() }),
        ("no image", |s, _| drop(s.nodes.remove(0))),
        ("a circle", |s, at| {
            let (a, block) = (at(s, "a"), at(s, "block"));
            s.nodes[a].inputs = vec![NodeId(block)];
        }),
        ("a node that there is not", |s, _| s.nodes[3].inputs = vec![NodeId(999)]),
        ("a parameter that there is not", |s, _| s.nodes[1].parameters[0].0 = 999),
        ("a parameter too few", |s, _| s.nodes[2].parameters.truncate(3)),
        ("two nodes of a name", |s, _| s.nodes[4].name = s.nodes[3].name.clone()),
        ("two parameters of a name", |s, _| s.parameters[1].name = s.parameters[0].name.clone()),
        ("a stride of 0", |s, _| {
            if let Op::Conv(conv) = &mut s.nodes[1].op {
                conv.stride[0] = 0;
            }
        }),
        ("an enormous stride", |s, _| {
            if let Op::Conv(conv) = &mut s.nodes[1].op {
                conv.dilation = [usize::MAX; 2];
            }
        }),
        ("no groups", |s, _| {
            if let Op::Conv(conv) = &mut s.nodes[1].op {
                conv.groups = 0;
            }
        }),
        ("an enormous image", |s, _| {
            if let Op::Input(input) = &mut s.nodes[0].op {
                input.shape = [3, usize::MAX, usize::MAX];
            }
        }),
        ("an enormous parameter", |s, _| s.parameters[0].shape = vec![usize::MAX; 4]),
        ("an empty parameter", |s, _| s.parameters[0].shape = vec![0]),
        ("an axis that there is not", |s, at| {
            let both = at(s, "both");
            s.nodes[both].op = Op::Concat(Concat { axis: 9 });
        }),
        ("a layer inside the block", |s, at| {
            let a = at(s, "a.relu");
            s.layers[1] = Cut { name: "a".into(), node: NodeId(a) };
        }),
        ("layers out of order", |s, _| s.layers.swap(0, 1)),
        ("no layers", |s, _| s.layers.clear()),
        ("a default that is no layer", |s, _| s.target = Layer(9)),
        ("no defaults", |s, _| s.several.clear()),
        ("an end that is none", |s, at| {
            let stem = at(s, "stem.relu");
            let more = peerlight_models::Node {
                name: "more".into(),
                op: Op::Constant(peerlight_models::ops::Constant {}),
                inputs: Vec::new(),
                parameters: s.nodes[stem].parameters.clone(),
            };
            s.nodes.push(more);
        }),
    ];
    assert!(Graph::new(spec()).is_ok());
    for (what, change) in changes {
        let mut spec = spec();
        change(&mut spec, &place);
        let error = Graph::new(spec).expect_err(what);
        assert_eq!(error.code(), Code::BundleInvalid, "{what}: {error}");
        assert!(error.to_string().ends_with('.'), "{what}: {error}");
    }
}

#[test]
fn a_graph_survives_json() {
    let spec = builder().finish_with_found_layers().unwrap().spec().clone();
    let json = serde_json::to_string(&spec).unwrap();
    assert_eq!(serde_json::from_str::<GraphSpec>(&json).unwrap(), spec);
}

#[test]
fn fewer_layers_are_the_same_network() {
    let graph = architecture("efficientnet-lite-micro").unwrap().graph(10, false).unwrap();
    let network = Network::fresh(graph, 1, &Device::flex());
    let x: Tensor<4> = normals(2, 0, [1, 3, 64, 64], &Device::flex());
    let few = network.showing(&[Layer(3), Layer(6), Layer(8)]);
    assert_eq!((few.graph().target(), few.graph().several()), (Layer(2), &[Layer(1), Layer(2)][..]));
    let (all, some) = (network.run(Layer::INPUT, x.clone()), few.run(Layer::INPUT, x));
    for (own, whole) in [(1, 3), (2, 6), (3, 8)] {
        assert_eq!(values(some.at(Layer(own)).clone()), values(all.at(Layer(whole)).clone()));
    }
    assert_eq!(values(some.logits), values(all.logits));
}

#[test]
fn some_of_the_classes_are_the_same_logits() {
    let network = network();
    let x = images(2);
    let (all, few) = (network.logits(Layer::INPUT, x.clone()), network.with_classes(&[4, 0, 2]).unwrap());
    let rows: Vec<Vec<f32>> = values(all).chunks(5).map(<[f32]>::to_vec).collect();
    let expected: Vec<f32> = rows.iter().flat_map(|row| [row[4], row[0], row[2]]).collect();
    assert_eq!((values(few.logits(Layer::INPUT, x)), few.graph().classes()), (expected, 3));
    assert_eq!(few.graph().head(), network.graph().head());
    assert_eq!(network.with_classes(&[5]).unwrap_err().code(), Code::ClassesInvalid);
    let (mut graph, image) = Builder::new([3, SIDE, SIDE]);
    let x = graph.conv("conv", Geometry::same(2, 1), image, [5, 3, 3, 3], None);
    let x = graph.node("relu", relu(), &[x], &[]);
    graph.node("mean", Op::Reduce(Reduce::global_average(true)), &[x], &[]);
    let other = Network::fresh(graph.finish_with_found_layers().unwrap(), 1, &Device::flex());
    assert_eq!(other.with_classes(&[1, 2]).unwrap_err().code(), Code::ClassesInvalid);
    assert_eq!((other.graph().size_for([40, 24]), other.graph().size_for([1 << 20; 2])), ([40, 24], [SIDE; 2]));
}

/// Image by image on whatever threads there are, and all at once as [`Network::run`] does.
#[test]
fn logits_of_a_batch_are_those_of_each_image() {
    let (network, batch) = (network(), images(5));
    let logits = network.logits(Layer::INPUT, batch.clone());
    let alone = (0..5).map(|i| network.logits(Layer::INPUT, batch.clone().narrow(0, i, 1))).collect();
    assert_eq!(values(logits.clone()), values(Tensor::cat(alone, 0)));
    assert!(off(logits, network.run(Layer::INPUT, batch).logits) < 1e-5);
}
