//! Records of images that no network saw.

use peerlight_metrics::{AgreementRecord, Record};

/// An image with a small box, and the values of its joint map.
pub fn record(image: &str, hit: bool, values: impl IntoIterator<Item = (String, f64)>) -> Record {
    let judged = AgreementRecord {
        method: "mutual".into(),
        peer: None,
        class: 0,
        hit: Some(hit),
        energy: None,
        correct: None,
        masked: None,
        values: values.into_iter().collect(),
        regions: Vec::new(),
    };
    Record {
        image: image.into(),
        class: None,
        boxes: Vec::new(),
        small: true,
        agreement: None,
        predicted: vec![0, 0],
        entries: Vec::new(),
        judged: vec![judged],
    }
}
