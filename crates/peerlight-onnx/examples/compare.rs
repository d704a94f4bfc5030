//! Compares the logits of ONNX files with those that another program has computed: for each `NAME.onnx` of a folder
//! the raw 32-bit floats of `NAME.x` (two images, normalized) and `NAME.y` (their logits).
//!
//!     cargo run --example compare -- FOLDER [NAME ..]
#![allow(clippy::disallowed_methods, reason = "a native program may wait")]

use std::{fs, path::Path, time::Instant};

use burn::tensor::{Device, Tensor, TensorData};
use peerlight_models::{Layer, Network};
use peerlight_onnx::{NetworkInfo, Options, import};

fn floats(file: &Path) -> Vec<f32> {
    let bytes = fs::read(file).expect("the file is there");
    bytes.as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect()
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let Some(folder) = arguments.next() else {
        println!("usage: compare FOLDER [NAME ..]");
        return;
    };
    let names: Vec<String> = arguments.collect();
    let mut files: Vec<_> = fs::read_dir(&folder).expect("the folder is there").flatten().map(|f| f.path()).collect();
    files.sort();
    for file in files.into_iter().filter(|file| file.extension().is_some_and(|e| e == "onnx")) {
        let name = file.file_stem().expect("a name").to_string_lossy().into_owned();
        if (!names.is_empty() && !names.contains(&name)) || !file.with_extension("y").exists() {
            continue;
        }
        let bytes = fs::read(&file).expect("the file can be read");
        let start = Instant::now();
        let imported = match import(&bytes, &Options::default()) {
            Ok(imported) => imported,
            Err(error) => {
                println!("{name}: {error}");
                continue;
            }
        };
        let info = NetworkInfo::of(&imported.graph);
        let steps = imported.graph.nodes().len();
        let network = Network::new(imported.graph, imported.values, &Device::flex()).expect("its own values").folded();
        let opened = start.elapsed();
        let [channels, height, width] = info.input;
        let x = TensorData::new(floats(&file.with_extension("x")), [2, channels, height, width]);
        let x = Tensor::<4>::from_data(x, &Device::flex());
        let start = Instant::now();
        let features = network.run(Layer::INPUT, x);
        let logits: Vec<f32> = features.logits.into_data().try_to_vec().expect("floats");
        let ran = start.elapsed();
        let expected = floats(&file.with_extension("y"));
        assert_eq!(logits.len(), expected.len(), "{name}");
        let largest = expected.iter().fold(0.0f32, |a, b| a.max(b.abs()));
        let off = logits.iter().zip(&expected).map(|(a, b)| (a - b).abs()).fold(0.0f32, f32::max) / largest;
        println!(
            "{name}: off by {off:.1e}; {} head, {} layers, target {} {:?}, several {:?}, {} nodes, {:.1} M weights, \
             {:.2} G \
             multiplications, opened in {opened:.0?}, two images in {ran:.0?}",
            info.head,
            info.layers.len(),
            info.layers[info.target - 1].name,
            info.layers[info.target - 1].shape,
            info.several,
            steps,
            info.parameters as f64 / 1e6,
            info.cost as f64 / 1e9,
        );
    }
}
