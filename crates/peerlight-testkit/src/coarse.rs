//! Micro networks that show only some of their layers: peers of another depth, whose right answers are known.

use burn::tensor::Device;
use peerlight_explain::Session;
use peerlight_models::{Bundle, Layer, Network, micro};

/// All the layers of a micro network.
pub const ALL: [usize; 8] = [1, 2, 3, 4, 5, 6, 7, 8];

/// The micro networks, each showing these of its layers.
pub fn session(shown: [&[usize]; 2]) -> Session {
    of(networks(shown))
}

/// The same, each shuffled from its own cut by the seed 0.
pub fn shuffled(shown: [&[usize]; 2], after: [usize; 2]) -> Session {
    let pairs = networks(shown).into_iter().zip(after);
    of(pairs.map(|(network, after)| network.shuffled(0, Layer(after))).collect())
}

fn networks(shown: [&[usize]; 2]) -> Vec<Network> {
    let bytes = micro::bundle().unwrap();
    let bundle = Bundle::parse(&bytes).unwrap();
    let layers = shown.map(|shown| shown.iter().copied().map(Layer).collect::<Vec<_>>());
    (0..2).map(|peer| bundle.build(peer, &Device::flex()).unwrap().showing(&layers[peer])).collect()
}

fn of(networks: Vec<Network>) -> Session {
    let (bytes, device) = (micro::bundle().unwrap(), Device::flex());
    let info = Session::open(&Bundle::parse(&bytes).unwrap(), &device, "CPU").unwrap().info().clone();
    Session::of(info, networks, &device, "CPU")
}
