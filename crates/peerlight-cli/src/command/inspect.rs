//! `peerlight inspect`

use std::fmt::Write as _;

use burn::tensor::Device;
use peerlight_core::{Framing, Preprocess, Result, Rgba8, read};
use peerlight_explain::{BundleInfo, Request, Session};
use peerlight_models::{Bundle, Layer, Manifest, Network, PeerManifest};
use peerlight_onnx::{Inspection, NetworkInfo, Options, inspect};
use serde::Serialize;

use crate::{
    bundle,
    cli::Inspect,
    decode::{decode, pages},
    files, json,
    left_out::LeftOut,
    output, own,
    terminal::Terminal,
};

/// What is known of a file.
#[derive(Default, Serialize)]
#[serde(rename_all = "kebab-case")]
struct Found {
    /// `onnx` or `bundle`.
    kind: &'static str,
    #[serde(flatten)]
    onnx: Option<Inspection>,
    /// The bundle's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    peers: Vec<Peer>,
    /// What the networks compute with the image.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    runs: Vec<Run>,
}

/// A peer of a bundle.
#[derive(Serialize)]
struct Peer {
    id: String,
    name: String,
    preprocess: Preprocess,
    network: NetworkInfo,
}

/// What a network computes with an image.
#[derive(Serialize)]
struct Run {
    peer: String,
    /// The class with the highest logit.
    class: usize,
    label: String,
    logits: Vec<f32>,
    maps: Vec<RawMap>,
}

/// A method's map before it is resized, in 0..=1.
#[derive(Serialize)]
struct RawMap {
    method: String,
    rows: usize,
    columns: usize,
    values: Vec<f32>,
}

pub fn run(options: &Inspect) -> Result<()> {
    let mut found = Found::default();
    if own::is_onnx(&options.file) {
        (found.kind, found.onnx) = ("onnx", Some(onnx(options)?));
    }
    let can_run = found.onnx.as_ref().is_none_or(|onnx| onnx.refusal.is_none());
    let image = options.image.as_ref().filter(|_| can_run);
    if found.onnx.is_none() || image.is_some() {
        let bytes = own::bundle_bytes(&options.file, &options.own)?;
        let bundle = bundle::parse(&options.file, &bytes)?;
        let build = |peer| bundle.build(peer, &Device::flex());
        let networks = (0..bundle.manifest.peers.len()).map(build).collect::<Result<Vec<_>>>()?;
        if found.onnx.is_none() {
            (found.kind, found.name) = ("bundle", Some(bundle.manifest.name.clone()));
            found.peers = peers(&bundle.manifest, &networks);
        }
        if let Some(image) = image {
            let bytes = files::read_image(image)?;
            found.runs = runs(options, &bundle, &networks, &decode(&bytes)?)?;
            let mut told = LeftOut::default();
            told.pages(files::text(image), pages(&bytes));
            told.tell();
        }
    }
    match options.json {
        true => output::print_line(json::pretty(&found)?),
        false => output::print(found.text()),
    }
}

fn onnx(options: &Inspect) -> Result<Inspection> {
    let id = own::id_of(&options.file);
    let given = options.own.of(&id, &[&id])?;
    let bytes = files::read(&options.file)?;
    let how = Options { side: given.side, output: given.output };
    inspect(&bytes, &how).map_err(|e| own::of_onnx(&options.file, &bytes, e))
}

fn peers(manifest: &Manifest, networks: &[Network]) -> Vec<Peer> {
    let all = manifest.peers.iter().zip(networks).enumerate();
    let peer = |(i, (peer, network)): (usize, (&PeerManifest, &Network))| Peer {
        id: peer.id.clone(),
        name: peer.display_name().into(),
        preprocess: manifest.preprocess(i).clone(),
        network: NetworkInfo::of(network.graph()),
    };
    all.map(peer).collect()
}

/// What each peer computes with an image.
fn runs(options: &Inspect, bundle: &Bundle, networks: &[Network], image: &Rgba8) -> Result<Vec<Run>> {
    let (device, host) = (Device::flex(), Terminal::new());
    let manifest = &bundle.manifest;
    let framing = Framing { crop: options.crop, across: options.across, down: options.down };
    framing.check()?;
    let passed = match options.method.is_empty() {
        true => None,
        false => {
            let info = BundleInfo::of(manifest, bundle.sha256(), networks);
            let session = Session::of(info, networks.to_vec(), &device, "CPU");
            let pass = pollster::block_on(session.forward(image, framing, &host))?;
            Some((session, pass))
        }
    };
    let (mut runs, classes) = (Vec::new(), manifest.classes());
    for (i, (peer, network)) in manifest.peers.iter().zip(networks).enumerate() {
        let preprocess = manifest.preprocess(i);
        preprocess.check()?;
        let square = framing.square(preprocess.crop, image.width(), image.height());
        let input = preprocess.tensor_of(image, square, &device)?;
        let logits = pollster::block_on(read(network.logits(Layer::INPUT, input)))?;
        let class = (0..logits.len()).max_by(|&a, &b| logits[a].total_cmp(&logits[b])).unwrap_or_default();
        let target = classes.listed(i, class);
        let mut maps = Vec::new();
        for (method, (session, pass)) in options.method.iter().zip(passed.iter().cycle()) {
            let request = Request { peer: Some(i), target: Some(target.into()), ..method.clone() };
            let raw = pollster::block_on(session.explain_maps(pass, &request, &host))?.raw;
            maps.push(RawMap { method: method.spec(), rows: raw.rows, columns: raw.columns, values: raw.values });
        }
        let label = manifest.labels(i).get(class).cloned().unwrap_or_default();
        runs.push(Run { peer: peer.id.clone(), class, label, logits, maps });
    }
    host.clear();
    Ok(runs)
}

impl Found {
    /// For people.
    fn text(&self) -> String {
        let mut text = String::new();
        if let Some(onnx) = &self.onnx {
            onnx_text(&mut text, onnx);
        }
        if let Some(name) = &self.name {
            _ = writeln!(text, "Bundle: {name}");
        }
        for Peer { id, name, preprocess: Preprocess { mean, std, .. }, network } in &self.peers {
            _ = writeln!(text, "\nPeer {id}: {name}\nPixels from 0 to 1, minus {mean:.4?}, divided by {std:.4?}");
            network_text(&mut text, network);
        }
        for Run { peer, class, label, logits, .. } in &self.runs {
            _ = writeln!(text, "\n{peer} sees class {class} ({label}), with the logit {:.4}", logits[*class]);
        }
        text
    }
}

fn onnx_text(text: &mut String, onnx: &Inspection) {
    let Inspection { producer, opset, inputs, outputs, operations, unsupported, network, refusal, guess } = onnx;
    let producer = if producer.is_empty() { "an unknown program" } else { producer };
    _ = writeln!(text, "ONNX file with opset {opset}, by {producer}");
    for input in inputs {
        let extents: Vec<String> =
            input.shape.iter().map(|extent| extent.map_or("?".into(), |extent| extent.to_string())).collect();
        _ = writeln!(text, "Input {} [{}]", input.name, extents.join(", "));
    }
    _ = writeln!(text, "Output {}", outputs.join(", "));
    let counts: Vec<String> = operations.iter().map(|(op, count)| format!("{count} {op}")).collect();
    _ = writeln!(text, "{} nodes: {}", operations.values().sum::<usize>(), counts.join(", "));
    if let Some(preset) = guess {
        _ = writeln!(text, "Likeliest preprocessing: {preset}");
    }
    if let Some(network) = network {
        network_text(text, network);
    }
    if let Some(refusal) = refusal {
        _ = writeln!(text, "\nCannot run: {refusal}");
    }
    for node in unsupported.iter().filter(|node| Some(&node.why) != refusal.as_ref()) {
        _ = writeln!(text, "Cannot run either: {}", node.why);
    }
}

fn network_text(text: &mut String, network: &NetworkInfo) {
    let NetworkInfo { input: [channels, height, width], classes, parameters, cost, head, layers, .. } = network;
    let head = match *head {
        "linear" => "linear (mean over all places, then a linear layer): every method works",
        "average" => "average (mean over all places): every method works",
        _ => "opaque: methods that need a linear classifier after pooling, such as CAM, say so",
    };
    _ = writeln!(
        text,
        "Image {channels} x {height} x {width}, {classes} classes, {:.2} million weights, {:.3} billion multiply-adds",
        *parameters as f64 / 1e6,
        *cost as f64 / 1e9
    );
    _ = writeln!(text, "Head {head}\n\nLayers, for layers=.. (* is the one that methods read by default, + several)");
    for (i, layer) in layers.iter().enumerate() {
        let number = i + 1;
        let mark = match (number == network.target, network.several.contains(&number)) {
            (true, _) => "*",
            (_, true) => "+",
            _ => " ",
        };
        let shape: Vec<String> = layer.shape.iter().map(usize::to_string).collect();
        _ = writeln!(text, "{mark}{number:>4}  {:<18} {}", shape.join(" x "), layer.name);
    }
}
