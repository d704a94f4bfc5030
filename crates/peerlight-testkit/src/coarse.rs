//! A network that shows only some of another's layers: a peer of another depth, whose right answers are known.

use std::sync::{Arc, Mutex};

use burn::tensor::{Device, Tensor};
use peerlight_explain::Session;
use peerlight_models::{Bundle, Features, Layer, Network, micro};

/// The cuts that [`Network::shuffled`] was called with.
pub type Log = Arc<Mutex<Vec<usize>>>;

/// All the layers of a micro network.
pub const ALL: [usize; 8] = [1, 2, 3, 4, 5, 6, 7, 8];

struct Coarse {
    net: Box<dyn Network>,
    shown: Vec<usize>,
    log: Log,
}

impl Coarse {
    /// The layer of the whole network.
    fn inner(&self, layer: Layer) -> Layer {
        if layer == Layer::INPUT { layer } else { Layer(self.shown[layer.0 - 1]) }
    }
}

impl Network for Coarse {
    fn run(&self, from: Layer, x: Tensor<4>) -> Features {
        let whole = self.net.run(self.inner(from), x);
        let shown = self.shown[from.0..].iter().map(|&layer| whole.at(Layer(layer)).clone());
        Features::new(from, shown.collect(), whole.logits.clone())
    }

    fn classifier(&self) -> Tensor<2> {
        self.net.classifier()
    }

    fn stages(&self) -> usize {
        self.shown.len()
    }

    fn shuffled(&self, seed: u64, from: Layer) -> Box<dyn Network> {
        self.log.lock().unwrap().push(from.0);
        let net = self.net.shuffled(seed, self.inner(from));
        Box::new(Self { net, shown: self.shown.clone(), log: self.log.clone() })
    }
}

/// The micro networks, each showing these of its layers, and what they were shuffled from.
pub fn session(shown: [&[usize]; 2]) -> (Session, [Log; 2]) {
    let bytes = micro::bundle().unwrap();
    let bundle = Bundle::parse(&bytes).unwrap();
    let device = Device::flex();
    let logs: [Log; 2] = Default::default();
    let coarse = |peer: usize| -> Box<dyn Network> {
        let net = bundle.build(peer, &device).unwrap();
        Box::new(Coarse { net, shown: shown[peer].to_vec(), log: logs[peer].clone() })
    };
    let info = Session::open(&bundle, &device, "CPU").unwrap().info().clone();
    (Session::of(info, vec![coarse(0), coarse(1)], &device, "CPU"), logs)
}
