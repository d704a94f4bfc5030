//! Our side of the benchmark of training; tests/bench/train.py is PyTorch's, with the same networks, loss and
//! optimizer.
//!
//! For each line on standard input it makes one step of the trainer: Lite0 and Lite1 from scratch as peers, with
//! batch norms that are trained. A step is all of `Trainer::step`: normalizing the images, forward passes, maps, the
//! regional transfer loss, backward passes, clipping, SGD with momentum, and running statistics. Each is answered
//! with its milliseconds and the first peer's cross-entropy.
//!
//!     cargo run --release -p peerlight-train --example train_step -- 224 16

use std::{
    io::{BufRead, Write, stdin, stdout},
    time::Instant,
};

use burn::tensor::Device;
use peerlight_core::{Code, Error, Result};
use peerlight_train::{Batch, Networks, Recipe, Start, Trainer, rng::CounterRng};

const CLASSES: usize = 1000;
const LEARNING_RATE: f64 = 0.01;

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1).filter_map(|argument| argument.parse().ok());
    let (side, images) = (arguments.next().unwrap_or(224), arguments.next().unwrap_or(16));
    let peers = ["efficientnet-lite0", "efficientnet-lite1"].map(String::from).to_vec();
    let recipe = Recipe { networks: Networks { peers, ..Networks::default() }, ..Recipe::default() };
    let start = Start::from_scratch(&recipe.networks)?;
    let device = Device::flex().autodiff();
    let peers = start.build(&recipe.networks, CLASSES, recipe.schedule.seed, &device, None)?;
    let mut trainer = Trainer::new(peers, &recipe, &start.preprocess, CLASSES, &[device])?;
    let mut rng = CounterRng::new(&[0]);
    let rgb = (0..images * side * side * 3).map(|_| rng.uniform(0.0, 256.0) as u8).collect();
    let classes = (0..images).map(|i| Some(i * 61 % CLASSES)).collect();
    let batch = Batch { first: 0, side, rgb, classes };
    println!("ready");
    for _ in stdin().lock().lines() {
        let start = Instant::now();
        let report = trainer.step(&batch, LEARNING_RATE)?;
        let milliseconds = start.elapsed().as_secs_f64() * 1e3;
        println!("{milliseconds:.3} {}", report.peers[0].terms.cross_entropy);
        stdout().flush().map_err(|e| Error::caused_by(Code::FileUnwritable, "Nobody reads the output.", e))?;
    }
    Ok(())
}
