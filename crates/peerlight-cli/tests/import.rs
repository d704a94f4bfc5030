//! `peerlight import` fetches the published weights with pip, and what it makes of them answers as
//! PyTorch does. Needs Python with pip, and the network or pip's cache (about 60 MB).
#![allow(clippy::disallowed_methods, reason = "a native test may read synchronously")]

use std::{fs, process::Command};

use burn::tensor::Device;
use peerlight_models::{Array, Bundle, Precision};
use peerlight_testkit::{
    golden::root,
    networks::{Errors, Maps, check_attention, check_logits},
};
use safetensors::SafeTensors;

const NETS: [&str; 3] = ["efficientnet-lite0", "efficientnet-lite1", "efficientnet-lite2"];

/// The three networks as they are published, in single precision.
fn imported() -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("made/all.safetensors");
    let mut import = Command::new(env!("CARGO_BIN_EXE_peerlight"));
    import.arg("import").args(NETS).arg("--out").arg(&out).args(["--precision", "single"]);
    let output = import.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    fs::read(out).unwrap()
}

/// The peers at these places as a bundle of their own.
fn part(all: &[u8], places: [usize; 2], precision: Precision) -> Vec<u8> {
    let mut manifest = Bundle::parse(all).unwrap().manifest;
    manifest.peers = places.map(|place| manifest.peers[place].clone()).to_vec();
    let file = SafeTensors::deserialize(all).unwrap();
    let chosen = file.iter().filter(|(name, _)| places.iter().any(|&place| name.starts_with(NETS[place])));
    let arrays = chosen.map(|(name, tensor)| {
        let values = tensor.data().as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
        (name.to_string(), Array { shape: tensor.shape().to_vec(), values })
    });
    Bundle::write(&manifest, &arrays.collect(), precision).unwrap()
}

#[test]
fn imported_networks_agree_with_pytorch() {
    let device = Device::flex();
    let all = imported();
    let bundle = Bundle::parse(&all).unwrap();
    // Counted by hand from the architecture's table, batch norms folded in.
    assert_eq!([0, 1, 2].map(|peer| bundle.parameters(peer)), [4_631_000, 5_389_848, 6_063_024]);
    let bar = Errors { logit: 1e-3, stage: 1e-4, ..Errors::default() };
    for (peer, net) in ["lite0", "lite1", "lite2"].into_iter().enumerate() {
        check_logits(&bundle, peer, net, &device).below(bar);
    }
    let pair = part(&all, [0, 1], Precision::Single);
    check_attention(&Bundle::parse(&pair).unwrap(), &device).below(Maps {
        attention: Errors { layer: 1e-4, map: 1e-4, rho: 1e-4, agreement: 1e-4, ..Errors::default() },
        // The bridge alone needs this much; the other two images are within 1e-4 here too.
        class: Errors { layer: 1e-2, map: 1e-2, rho: 0.2, agreement: 1e-3, ..Errors::default() },
        guided: Errors { map: 1e-4, rho: 1e-3, agreement: 1e-4, ..Errors::default() },
    });

    let half = part(&all, [1, 2], Precision::Half);
    let bar = Errors { logit: 5e-2, stage: 2e-2, ..Errors::default() };
    check_logits(&Bundle::parse(&half).unwrap(), 1, "lite2", &device).below(bar);

    // The bundle that the page ships holds these very numbers.
    let shipped = fs::read(root().join("web/models/lite0-lite1.safetensors")).unwrap();
    let made = part(&all, [0, 1], Precision::Half);
    let (made, shipped) = (SafeTensors::deserialize(&made).unwrap(), SafeTensors::deserialize(&shipped).unwrap());
    assert_eq!(made.len(), shipped.len());
    for (name, tensor) in shipped.iter() {
        assert!(made.tensor(name).unwrap() == tensor, "{name}");
    }
}
