//! `peerlight explain`

mod images;
mod manifest;
pub mod names;
mod sheet;
mod what_if;

use std::{
    fs,
    path::{Path, PathBuf},
    time::Instant,
};

use peerlight_core::{Code, Error, Result, overlay};
use peerlight_explain::{ByName, Explanation, Prediction, Request, Session, Versus, explainer, legacy};
use peerlight_metrics::WhatIfResult;
use serde::Serialize;

use self::{
    images::Images,
    manifest::Manifest,
    names::{Names, default_out},
    sheet::Sheet,
};
use crate::{
    cli::Explain,
    decode::{decode, encode_png, pages},
    files::{self, shown, text},
    json,
    left_out::{End, LeftOut},
    output,
    results::Before,
    session,
    terminal::{Terminal, remaining},
};

pub fn run(options: &Explain) -> Result<End> {
    let session = session::open(&options.networks, options.device)?;
    let manifest = options.manifest.as_deref().map(|file| Manifest::read(file, &session)).transpose()?;
    let ask = match &manifest {
        Some(manifest) => manifest.request.clone(),
        None => ask(options, &session)?,
    };
    // What cannot be asked is said before any image is worked on.
    session.check(&ask)?;
    options.settings.framing()?;
    options.what_if.check(ask.grid)?;
    session::once_each(&options.method)?;
    for request in requests(options, &session, ask.target.clone())? {
        session.check(&request)?;
    }
    let mut left = LeftOut::default();
    let images = Images::of(&options.images, &mut left)?;
    let out = match (&options.out, options.json) {
        (Some(out), _) => Some(out.clone()),
        (None, true) => None,
        (None, false) => Some(default_out(&options.images)),
    };
    // One that was not asked for is made with its first result.
    let mut made = Vec::new();
    if let Some(out) = &options.out {
        apart(&options.images, out)?;
        made = out.ancestors().take_while(|folder| !folder.as_os_str().is_empty() && !folder.exists()).collect();
        files::make_dir(out)?;
    }
    let before = out.as_deref().map(Before::of);
    let job = Job { session: &session, ask: &ask, manifest: manifest.as_ref(), out: out.as_deref(), before, options };
    job.spare_all(&images)?;
    // Where nothing came of it, no empty folder stays: one that holds something is not removed.
    all(&job, images, left).inspect_err(|_| made.iter().for_each(|folder| drop(fs::remove_dir(folder))))
}

/// Refuses a folder for results that is read for images: the next run would explain the results.
fn apart(images: &[PathBuf], out: &Path) -> Result<()> {
    let Ok(real) = out.canonicalize() else { return Ok(()) };
    match images.iter().any(|given| given.is_dir() && given.canonicalize().is_ok_and(|given| given == real)) {
        false => Ok(()),
        true => {
            let text = format!(
                "'{}' is the folder of the images: results in it would be taken for images. Name another folder.",
                out.display()
            );
            Err(Error::new(Code::AskInvalid, text))
        }
    }
}

/// What is done with every image.
struct Job<'a> {
    session: &'a Session,
    ask: &'a Request,
    manifest: Option<&'a Manifest>,
    out: Option<&'a Path>,
    /// What was in that folder before.
    before: Option<Before>,
    options: &'a Explain,
}

impl Job<'_> {
    /// Checks that the results of no image that is known already overwrite anybody's files.
    fn spare_all(&self, images: &Images) -> Result<()> {
        let mut names = Names::default();
        images.known().iter().try_for_each(|path| self.spare(&names.of(path)))?;
        match &self.before {
            Some(before) if images.total() != Some(1) => before.spare_sheet("summary.csv", Sheet::HEAD, "index.html"),
            _ => Ok(()),
        }
    }

    /// Checks that the results of this name overwrite nobody's files.
    fn spare(&self, name: &str) -> Result<()> {
        let Some(before) = &self.before else { return Ok(()) };
        let ids = self.session.info().peers.iter().map(|peer| peer.id.as_str());
        let mut parts = names::peers(ids, &self.ask.method);
        parts.extend([self.ask.method.clone(), "what-if".into()]);
        let parts: Vec<String> = parts.iter().map(|part| format!("{name}.{part}.png")).collect();
        let methods = self.options.method.iter().map(|method| format!("{name}.{}.", names::method(&method.spec())));
        before.spare(&format!("{name}.json"), &parts, &methods.collect::<Vec<_>>())
    }
}

/// Explains one image after the other.
fn all(job: &Job, mut images: Images, mut left: LeftOut) -> Result<End> {
    let (total, start) = (images.total(), Instant::now());
    let (mut names, mut sheet) = (Names::default(), Sheet::default());
    let (mut count, mut failed) = (0, None);
    for image in images.by_ref() {
        count += 1;
        let file = image.as_ref().map(|path| text(path)).unwrap_or_else(|(what, _)| what.clone());
        let place = match total {
            Some(total) => format!("[{count}/{total}] {}", shown(&file)),
            None => format!("[{count}] {}", shown(&file)),
        };
        let explained = image.map_err(|(_, error)| error).and_then(|path| {
            let name = names.of(&path);
            job.spare(&name)?;
            Ok((explain(job, &path, &name)?, name))
        });
        match explained {
            Ok((explained, name)) => {
                left.pages(&file, explained.pages);
                let spent = start.elapsed().as_secs_f64() / count as f64;
                let rest = total.map(|total| spent * (total - count) as f64).filter(|rest| *rest > 5.0);
                let rest = rest.map_or(String::new(), |rest| format!("; {}", remaining(rest)));
                eprintln!("{place}: {}{rest}", summary(job.session, &explained));
                sheet.add(&file, &name, &explained);
            }
            Err(error) if !of_the_image(error.code()) => {
                left.tell();
                return Err(error);
            }
            Err(error) => {
                // The reason is told at the end.
                eprintln!("{place}: left out [{}]", error.code());
                left.image(file, error.to_string());
                failed = Some(error);
            }
        }
    }
    images.again().iter().for_each(|path| left.image(text(path), "given again, and explained once"));
    finish(job, count, &sheet, &left)?;
    match failed {
        Some(error) if sheet.is_empty() && count == 1 => Err(error),
        Some(error) if sheet.is_empty() => {
            Err(Error::new(error.code(), format!("None of the {count} images could be explained.")))
        }
        None if count == 0 => Err(Error::new(Code::FileUnreadable, "No image was named on standard input.")),
        _ => Ok(left.end()),
    }
}

fn finish(job: &Job, count: usize, sheet: &Sheet, left: &LeftOut) -> Result<()> {
    if let Some(out) = job.out {
        if !sheet.is_empty() && (count > 1 || left.images() > 0) {
            sheet.write(out, &job.session.info().peers, left)?;
        }
        if !sheet.is_empty() {
            eprintln!("The results are in '{}'.", out.display());
        }
    }
    if job.options.json && left.images() > 0 && !sheet.is_empty() {
        output::print_line(json::line(&serde_json::json!({ "left_out": left.files() }))?)?;
    }
    // Of a single image the error itself tells everything.
    if count != 1 || !sheet.is_empty() || left.images() > 1 {
        left.tell();
    }
    Ok(())
}

/// Whether an error is of one image, so that the others may be explained.
fn of_the_image(code: Code) -> bool {
    matches!(code, Code::ImageBroken | Code::ImageEmpty | Code::ImageTooLarge | Code::FileUnreadable)
}

fn ask(options: &Explain, session: &Session) -> Result<Request> {
    let named = |wanted| session::class(session, &options.networks, wanted);
    let target = options.class.as_deref().map(named).transpose()?.map(ByName::from);
    let mut request = Request { target, ..options.settings.request()? };
    if session.info().peers.len() == 1 {
        request = session::alone(request)?;
    }
    Ok(match &options.layers {
        Some(layers) => request.at(layers.clone()),
        None => request,
    })
}

/// Requests for the further methods: for each peer, for a named one, or for all together.
fn requests(options: &Explain, session: &Session, target: Option<ByName>) -> Result<Vec<Request>> {
    let peers: Vec<Option<usize>> = match options.peer.as_deref() {
        None => (0..session.info().peers.len()).map(Some).collect(),
        Some("all") => vec![None],
        Some(wanted) => vec![Some(session::peer(session, wanted)?)],
    };
    let named = |wanted| session::class(session, &options.networks, wanted);
    let rather_than = options.rather_than.as_deref().map(named).transpose()?;
    let versus = rather_than.map(|class| Versus { class: class.into(), weight: 1.0 });
    let (class, of_all) = (target.as_ref().map(|class| session.class(class)).transpose()?, options.peer.is_none());
    let mut requests = Vec::new();
    for method in &options.method {
        // A joint map is of all peers already.
        let joint = explainer(&method.method)?.meta().joint;
        for peer in if joint { &[None][..] } else { &peers } {
            let target = match (peer, class) {
                // One of all peers: without the class it explains its own first one.
                (Some(peer), Some(class)) if of_all && session.classes().own(*peer, class).is_none() => None,
                _ => target.clone(),
            };
            requests.push(Request { peer: *peer, target, versus: versus.clone(), ..method.clone() });
        }
    }
    Ok(requests)
}

/// Explanations of one image.
#[derive(Serialize)]
struct Explained {
    /// The image's path as it was given.
    file: String,
    #[serde(flatten)]
    explanation: Explanation,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    methods: Vec<Made>,
    #[serde(skip_serializing_if = "Option::is_none")]
    what_if: Option<WhatIfResult>,
    /// Pages of the file, of which the first one is explained.
    #[serde(skip)]
    pages: usize,
}

/// One method's map.
#[derive(Serialize)]
struct Made {
    /// The method with its settings, as it was asked for.
    spec: String,
    #[serde(flatten)]
    explanation: Explanation,
}

impl Made {
    /// Part of the file's name: the method, the network if it is of one, the class, and the class it is compared with.
    fn name(&self, session: &Session) -> String {
        let info = session.info();
        let mut name = names::method(&self.spec);
        if let [peer] = self.explanation.explained()[..] {
            name += &format!(".{}", info.peers[peer].id);
        }
        name += &format!(".{}", names::class(&info.classes, self.explanation.target.class));
        let rival = self.explanation.versus.as_ref().and_then(|versus| match &versus.class {
            ByName::Number(class) => Some(*class),
            ByName::Name(name) => session.classes().find(name),
        });
        if let Some(rival) = rival {
            name += &format!(".rather-than.{}", names::class(&info.classes, rival));
        }
        name
    }
}

fn explain(job: &Job, path: &Path, name: &str) -> Result<Explained> {
    let Job { session, ask, manifest, out, options, .. } = *job;
    let bytes = files::read_image(path)?;
    let image = decode(&bytes)?;
    manifest.map_or(Ok(()), |manifest| manifest.check(&image, &bytes))?;
    let framing = manifest.map_or_else(|| options.settings.framing(), |manifest| Ok(manifest.framing))?;
    let host = Terminal::new();
    let clock = Instant::now();
    let pass = pollster::block_on(session.forward(&image, framing, &host))?;
    let pass_time = clock.elapsed().as_secs_f64();
    let explanation = pollster::block_on(session.explain(&pass, ask, &host))?;
    let mut methods = Vec::new();
    // The same class throughout, that maps can be compared.
    for request in requests(options, session, Some(explanation.target.class.into()))? {
        let explanation = pollster::block_on(session.explain(&pass, &request, &host))?;
        methods.push(Made { spec: request.spec(), explanation });
    }
    let question = match manifest {
        Some(manifest) => manifest.what_if.clone(),
        None => options.what_if.question(pass.image().crop)?,
    };
    let explained = (ask, &explanation);
    let ask = |question| what_if::ask(session, &pass, explained, &question, &host, pass_time);
    let what_if = question.map(ask).transpose()?;
    host.clear();
    let explained = Explained { file: text(path), explanation, methods, what_if, pages: pages(&bytes) };
    let mut written = json::value(&explained)?;
    legacy::explanation(&mut written);
    written["methods"].as_array_mut().into_iter().flatten().for_each(legacy::explanation);
    if let Some(out) = out {
        let Explained { explanation, methods, what_if, .. } = &explained;
        files::write(&out.join(format!("{name}.json")), json::pretty(&written)?.as_bytes())?;
        let save = |map: &[f32], side: usize, what: &str| {
            let painted = overlay(&image, explanation.image.crop, map, side, options.color, options.opacity);
            files::write(&out.join(format!("{name}.{what}.png")), &encode_png(&painted)?)
        };
        save(&explanation.map.values, explanation.side, explanation.method)?;
        let parts = names::peers(explanation.peers.iter().map(|peer| peer.id.as_str()), explanation.method);
        for (peer, part) in explanation.peers.iter().zip(&parts) {
            save(&peer.map.values, explanation.side, part)?;
        }
        for made in methods {
            save(&made.explanation.map.values, made.explanation.side, &made.name(session))?;
        }
        if let Some(result) = what_if {
            what_if::write(out, name, (&image, explanation.image.crop), result, options)?;
        }
    }
    if options.json {
        output::print_line(json::line(&written)?)?;
    }
    Ok(explained)
}

/// A line for people: what was recognized, and how far the peers agree; and one for each method, with what it cost.
fn summary(session: &Session, explained: &Explained) -> String {
    let Explained { explanation, methods, what_if, .. } = explained;
    let first: Vec<_> = explanation.peers.iter().filter_map(|peer| peer.top.first()).collect();
    let said = |top: &&Prediction| {
        // Equal names of different classes are told apart.
        let is_shared = first.iter().any(|other| other.label == top.label && other.class != top.class);
        let index = if is_shared { format!(" ({})", top.class) } else { String::new() };
        format!("{}{index} {:.0}%", shown(&top.label), top.probability * 100.0)
    };
    let peers: Vec<String> = first.iter().map(said).collect();
    let ms: f64 = explanation.timings.iter().map(|t| t.ms).sum();
    let agreement = explanation.agreement.map_or(String::new(), |agreement| format!("; agreement {agreement:.2}"));
    let class = shown(&explanation.target.label);
    let without = explanation.peers.iter().filter(|peer| !peer.has_target);
    let without: String = without
        .map(|peer| format!("; {} does not have this class and explains {}", peer.id, shown(&peer.target.label)))
        .collect();
    let mut text = format!("{}; explaining {class}{without}{agreement}; {ms:.0} ms", peers.join(" | "));
    // That nothing is known is not said for every image.
    let known = explanation.trust.iter().filter(|trust| trust.estimate.is_some()).map(|trust| &trust.sentence);
    let sentences = explanation.caution.iter().chain(known);
    sentences.for_each(|sentence| text += &format!("\n    {}", shown(sentence)));
    for made in methods {
        let Explanation { cost, ms, map, .. } = &made.explanation;
        let blank = if map.blank { "; BLANK: nothing to show" } else { "" };
        let passes = [(cost.forward, "forward"), (cost.partial, "partial"), (cost.backward, "backward")];
        let passes: Vec<_> =
            passes.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
        text += &format!("\n    {:<43} {}; {ms:.0} ms{blank}", made.name(session), passes.join(", "));
    }
    text + &what_if.as_ref().map(what_if::table).unwrap_or_default()
}
