//! Our side of the benchmark of forward passes; tests/bench/forward.py is the rivals'.
//!
//! For each line on standard input, a number of passes, it passes the same image so often through the network of an
//! ONNX file. It answers with the median of the passes' milliseconds and the first logit.
//!
//!     cargo run --release -p peerlight-onnx --example forward -- MODEL.onnx BATCH
#![allow(clippy::disallowed_methods, reason = "a native program may wait")]

use std::{
    fs,
    io::{BufRead, Write, stdin, stdout},
    time::Instant,
};

use burn::tensor::{Device, Tensor, TensorData};
use peerlight_models::{Layer, Network};
use peerlight_onnx::{Options, import};

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let file = arguments.next().ok_or("usage: forward MODEL.onnx BATCH")?;
    let batch = arguments.next().map_or(Ok(1), |batch| batch.parse())?;
    let device = Device::flex();
    let imported = import(&fs::read(file)?, &Options::default())?;
    let [channels, height, width] = imported.graph.input();
    let network = Network::new(imported.graph, imported.values, &device)?.folded();
    // As in forward.py: what matters is that both sides see the same.
    let values = (0..batch * channels * height * width).map(|i| (i * 37 % 101) as f32 / 50.0 - 1.0).collect();
    let x = Tensor::<4>::from_data(TensorData::new::<f32, _>(values, [batch, channels, height, width]), &device);
    println!("ready");
    for line in stdin().lock().lines() {
        let (mut times, mut first) = (Vec::new(), f32::NAN);
        for _ in 0..line?.trim().parse()? {
            let start = Instant::now();
            let logits = network.logits(Layer::INPUT, x.clone());
            first = logits.into_data().try_to_vec::<f32>()?[0];
            times.push(start.elapsed().as_secs_f64() * 1e3);
        }
        times.sort_by(f64::total_cmp);
        println!("{:.4} {first}", times.get(times.len() / 2).ok_or("no pass")?);
        stdout().flush()?;
    }
    Ok(())
}
