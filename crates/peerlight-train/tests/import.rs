//! `peerlight import` fetches the published weights with pip, and what it makes of them answers as
//! PyTorch does. Needs Python with pip, and the network or pip's cache (about 80 MB).
#![allow(clippy::disallowed_methods, reason = "a native test may read synchronously")]

#[path = "../../peerlight-explain/tests/support/mod.rs"]
mod support;

use std::{fs, path::Path, process::Command};

use burn::tensor::Device;
use peerlight_models::Bundle;
use safetensors::SafeTensors;
use support::networks::{Errors, check_attention, check_logits};

const NETS: [&str; 3] = ["efficientnet-lite0", "efficientnet-lite1", "efficientnet-lite2"];

fn import(out: &Path, precision: &str) -> Vec<u8> {
    let mut import = Command::new(env!("CARGO_BIN_EXE_peerlight"));
    import.arg("import").args(NETS).arg("--out").arg(out).args(["--precision", precision]);
    let output = import.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    fs::read(out).unwrap()
}

#[test]
fn imported_networks_agree_with_pytorch() {
    let folder = tempfile::tempdir().unwrap();
    let device = Device::flex();

    let single = import(&folder.path().join("single.safetensors"), "single");
    let bundle = Bundle::parse(&single).unwrap();
    assert_eq!([0, 1, 2].map(|peer| bundle.parameters(peer)), [4_631_000, 5_389_848, 6_063_024]);
    let bar = Errors { logit: 1e-3, stage: 1e-4, layer: 1e-3, map: 1e-3, rho: 1e-3 };
    for (peer, net) in ["lite0", "lite1", "lite2"].into_iter().enumerate() {
        check_logits(&bundle, peer, net, &device).below(bar);
    }
    check_attention(&bundle, &device).below(bar);

    let half = import(&folder.path().join("half.safetensors"), "half");
    assert!(half.len() * 2 < single.len() + 100_000);
    let bar = Errors { logit: 5e-2, stage: 2e-2, ..Errors::default() };
    check_logits(&Bundle::parse(&half).unwrap(), 2, "lite2", &device).below(bar);

    // The bundle that the page ships is what this makes: every number is the same.
    let shipped = fs::read(support::root().join("web/models/lite0-lite1.safetensors")).unwrap();
    let (half, shipped) = (SafeTensors::deserialize(&half).unwrap(), SafeTensors::deserialize(&shipped).unwrap());
    for (name, tensor) in shipped.iter() {
        assert_eq!(half.tensor(name).unwrap(), tensor, "{name}");
    }
    let kept = half.names().iter().filter(|name| !name.starts_with(NETS[2])).count();
    assert_eq!(kept, shipped.len());
}
