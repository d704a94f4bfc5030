//! Joint maps of some of the peers, and other fusions, on three micro networks.

use peerlight_core::{Rect, Rgba8};
use peerlight_explain::{Request, Session, Silent};
use peerlight_metrics::{AgreementPlan, AgreementRecord, Also, Effort, LabeledImage, Protocol, Record};
use peerlight_models::{Bundle, Precision, micro};
use peerlight_testkit::drawn;
use pollster::block_on;

fn record(session: &Session, plan: AgreementPlan) -> Record {
    let image = Rgba8::new(90, 70, drawn(90, 70)).unwrap();
    let boxes = vec![Rect::from([20.0, 20.0, 60.0, 50.0])];
    let image = LabeledImage { name: "1.png".into(), image, class: None, boxes };
    let protocol =
        Protocol { methods: Vec::new(), peers: vec![0], metrics: vec!["energy".parse().unwrap()], agreement: plan };
    block_on(protocol.evaluate(session, &image, &Silent, &())).unwrap()
}

#[test]
fn committees_and_fusions_are_those_of_their_own_requests() {
    let ids = ["a", "b", "c"];
    let bytes = Bundle::write(&micro::manifest(&ids), &micro::tensors(&ids).unwrap(), Precision::Single).unwrap();
    let device = burn::tensor::Device::flex();
    let session = Session::open(&Bundle::parse(&bytes).unwrap(), &device, "CPU").unwrap();
    let product: Request = "mutual:fuse=product".parse().unwrap();
    let methods = vec![Request::default(), product];
    let also = vec![Also::Committees, Also::Fusions];
    let record = record(&session, AgreementPlan { methods, effort: Effort::Masked, also });
    let find = |method: &str, peer: Option<usize>| -> &AgreementRecord {
        let found = record.judged.iter().find(|of| of.method == method && of.peer == peer);
        found.unwrap_or_else(|| panic!("no {method} of {peer:?}"))
    };

    let pairs = ["mutual of a+b", "mutual of a+c", "mutual of b+c"].map(|name| find(name, None).values["regional-7"]);
    let near = |a: f64, b: f64, what: &str| assert!((a - b).abs() < 1e-5, "{what}: {a} {b}");
    near(find("mutual", None).values["regional-7"], pairs.iter().sum::<f64>() / 3.0, "all");
    near(find("mutual", Some(0)).values["regional-7"], (pairs[0] + pairs[1]) / 2.0, "a with both others");
    near(find("mutual", Some(1)).values["regional-7"], (pairs[0] + pairs[2]) / 2.0, "b with both others");
    assert!((pairs[0] - pairs[1]).abs() > 1e-3, "the pairs differ: {pairs:?}");
    assert_eq!(find("mutual of a+b", None).masked, None);

    // The same fusion, once by the method's setting.
    let [fused, set] = ["mutual fused product", "mutual:fuse=product"].map(|name| find(name, None));
    near(fused.energy.unwrap(), set.energy.unwrap(), "energy");
    let [own, setting, plain] = [fused, set, find("mutual", None)].map(|of| of.masked.unwrap());
    near(own[0], plain[0], "the whole image");
    near(own[1], setting[1], "the half that is kept");
    assert_ne!(find("mutual fused median", None).energy, find("mutual", None).energy);
}
