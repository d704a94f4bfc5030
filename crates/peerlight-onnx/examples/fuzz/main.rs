//! Reads files that were changed at random, and tells those that make the reader panic, take longer than a second, or
//! take more memory than it may. `cargo xtask fuzz` runs it.
//!
//!     fuzz onnx|bundle RUNS FIRST SEEDS ..
//!
//! Run i changes one of the files SEEDS by random numbers that depend on i alone, so that a run can be repeated.
#![allow(clippy::disallowed_methods, reason = "a native program may wait")]

mod bundle;
mod memory;
mod onnx;
mod random;

use std::{
    collections::BTreeSet,
    fs,
    panic::catch_unwind,
    process::ExitCode,
    sync::{LazyLock, Mutex},
    time::{Duration, Instant},
};

use burn::tensor::{Device, Tensor};
use peerlight_models::{Bundle, Graph, Layer, Network};
use peerlight_onnx::{Options, import, inspect};
use random::Random;

/// The most memory that reading one file may take. A constant of an ONNX file may have 16 million elements more than
/// the file has bytes, of 16 bytes each while shapes are computed with it.
const MOST_MEMORY: usize = 512 << 20;
/// The most time that reading one file may take.
const MOST_TIME: Duration = Duration::from_secs(1);
/// Networks of at most this many multiplications and numbers at a layer are run, too.
const SMALL: usize = 1 << 20;

static BEGAN: LazyLock<Instant> = LazyLock::new(Instant::now);
/// What the last panic said.
static PLACE: Mutex<String> = Mutex::new(String::new());

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [kind, runs, first, files @ ..] = arguments.as_slice() else {
        println!("usage: fuzz onnx|bundle RUNS FIRST SEEDS ..");
        return ExitCode::FAILURE;
    };
    let (runs, first): (u64, u64) = (runs.parse().expect("a number"), first.parse().expect("a number"));
    let files = files.iter().map(|file| fs::read(file).expect("a seed that can be read"));
    let seeds: Vec<Vec<u8>> = match kind.as_str() {
        "onnx" => files.collect(),
        _ => bundle::seeds(&files.collect::<Vec<_>>()),
    };
    let change: fn(&mut Random, &[Vec<u8>]) -> Vec<u8> = if kind == "onnx" { onnx::changed } else { bundle::changed };
    let read: fn(&[u8]) -> bool = if kind == "onnx" { read_onnx } else { read_bundle };
    std::panic::set_hook(Box::new(|info| *PLACE.lock().expect("no other panics") = info.to_string()));
    let mut faults: BTreeSet<String> = BTreeSet::new();
    let (mut accepted, mut most_memory, mut longest) = (0u64, 0, Duration::ZERO);
    for run in first..first + runs {
        let bytes = change(&mut Random::new(run), &seeds);
        let before = memory::begin();
        let start = clock();
        let outcome = catch_unwind(|| read(&bytes));
        let took = clock().saturating_sub(start);
        let memory = memory::most_since(before);
        let fault = match outcome {
            Err(_) => Some(PLACE.lock().expect("no other panics").clone()),
            Ok(_) if took > MOST_TIME => Some(format!("{took:.1?}")),
            Ok(_) if memory > MOST_MEMORY => Some(format!("{} MB", memory >> 20)),
            Ok(was_read) => {
                accepted += u64::from(was_read);
                None
            }
        };
        if let Some(fault) = fault.filter(|fault| faults.insert(fault.clone())) {
            let file = std::env::temp_dir().join(format!("peerlight-fuzz-{kind}-{run}"));
            fs::write(&file, &bytes).expect("the temporary folder can be written to");
            println!("{kind} run {run}: {fault}\nThe file is {}", file.display());
        }
        (most_memory, longest) = (most_memory.max(memory), longest.max(took));
        let done = run + 1 - first;
        if done.is_multiple_of(100_000) || done == runs {
            println!(
                "{kind}: {done} runs, {accepted} files read, longest {longest:.1?}, most memory {:.1} MB",
                most_memory as f64 / (1 << 20) as f64
            );
        }
    }
    if faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The time that this thread has had the processor for, or, where the system does not tell, any growing time.
fn clock() -> Duration {
    let text = fs::read_to_string("/proc/thread-self/schedstat").ok();
    let used = text.and_then(|text| text.split(' ').next()?.parse().ok()).map(Duration::from_nanos);
    used.unwrap_or_else(|| BEGAN.elapsed())
}

fn read_onnx(bytes: &[u8]) -> bool {
    let options = Options { side: Some(16), ..Options::default() };
    _ = inspect(bytes, &options);
    let Ok(imported) = import(bytes, &options) else { return false };
    let network = is_small(&imported.graph).then(|| Network::new(imported.graph, imported.values, &Device::flex()));
    network.and_then(Result::ok).is_none_or(|network| run(&network))
}

fn read_bundle(bytes: &[u8]) -> bool {
    let Ok(bundle) = Bundle::parse(bytes) else { return false };
    let mut are_fine = true;
    for peer in 0..bundle.manifest.peers.len() {
        match bundle.build(peer, &Device::flex()) {
            Ok(network) if is_small(network.graph()) => are_fine &= run(&network),
            Ok(_) => {}
            Err(_) => are_fine = false,
        }
    }
    are_fine
}

fn is_small(graph: &Graph) -> bool {
    let largest = graph.layers().iter().map(|cut| graph.shape(cut.node).iter().product::<usize>()).max();
    let input: usize = graph.input().iter().product();
    graph.cost() < SMALL as u64 && largest.unwrap_or(0).max(input) < SMALL && graph.nodes().len() < 500
}

/// What was checked can run.
fn run(network: &Network) -> bool {
    let [channels, height, width] = network.graph().input();
    let logits = network.logits(Layer::INPUT, Tensor::ones([1, channels, height, width], &Device::flex()));
    logits.dims()[1] == network.graph().classes()
}
