//! Peers with different numbers of layers: each has its own last layer, and its own layer before it.
#![allow(clippy::disallowed_methods, reason = "a native test may read synchronously")]

use burn::tensor::{Device, Tensor};
use peerlight_core::Code;
use peerlight_explain::{Evidence, Explanation, Request, Session, Silent, options::EVIDENCE};
use peerlight_models::micro;
use peerlight_testkit::coarse::{self, ALL};
use pollster::block_on;

/// Shows the layers 3, 6 and 8 of eight, as its layers 1, 2 and 3.
const FEW: [usize; 3] = [3, 6, 8];

fn input() -> Tensor<4> {
    micro::input(&Device::flex())
}

fn explain(session: &Session, request: &Request) -> Explanation {
    let pass = block_on(session.forward_input(input(), &Silent)).unwrap();
    block_on(session.explain(&pass, &Request { target: Some(3.into()), ..request.clone() }, &Silent)).unwrap()
}

#[test]
fn every_peer_is_read_at_its_own_layers() {
    let class = Request::of("mutual").with(&EVIDENCE, Evidence::Class);
    let at = |request: &Request, layers: &[usize]| request.clone().at(layers.iter().copied());
    let alike = coarse::session([&ALL, &ALL]);
    for shown in [[&ALL[..], &FEW], [&FEW, &ALL]] {
        let unlike = coarse::session(shown);
        // Asked, the layers that are read of a network that shows all or few, and these by the numbers of all.
        for (request, of_all, of_few, same) in [
            (Request::of("cam"), vec![8], vec![3], vec![8]),
            (Request::of("grad-cam"), vec![7], vec![2], vec![6]),
            (Request::of("guided"), vec![4, 5, 6, 7], vec![1, 2], vec![3, 6]),
            (Request::of("mutual"), vec![4, 5, 6, 7], vec![1, 2], vec![3, 6]),
            (class.clone(), vec![8], vec![3], vec![8]),
        ] {
            let found = explain(&unlike, &request);
            for (i, peer) in found.peers.iter().enumerate() {
                let few = shown[i].len() == FEW.len();
                assert_eq!(&peer.layers, if few { &of_few } else { &of_all }, "{request:?}");
                let known = explain(&alike, &at(&request, if few { &same } else { &of_all }));
                assert_eq!(peer.map, known.peers[i].map, "{request:?}");
                assert!(!peer.map.blank, "{request:?}");
            }
            assert!(found.agreement.unwrap().abs() < 1.0 && !found.map.blank, "{request:?}");
        }
    }
}

#[test]
fn layers_that_one_peer_lacks_are_refused() {
    let session = coarse::session([&ALL, &FEW]);
    for layers in [vec![4], vec![8], vec![1, 3, 5]] {
        for method in ["cam", "grad-cam", "mutual"] {
            let request = Request::of(method).at(layers.clone());
            assert_eq!(session.check(&request).unwrap_err().code(), Code::AskInvalid, "{request:?}");
            let of_first = Request { peer: Some(0), ..request };
            if method == "grad-cam" {
                assert_eq!(session.check(&of_first), Ok(()), "{of_first:?}");
            }
        }
    }
}

#[test]
fn a_batch_is_refused_and_not_mistaken_for_an_image() {
    let session = coarse::session([&ALL, &ALL]);
    let shapes =
        [Tensor::cat(vec![input(), input()], 0), input().slice([0..1, 0..2]), input().slice([0..1, 0..3, 0..32])];
    for input in shapes {
        let found = block_on(session.forward_input(input.clone(), &Silent));
        assert_eq!(found.err().map(|e| e.code()), Some(Code::AskInvalid), "{:?}", input.dims());
    }
}
