//! `peerlight explain`

mod manifest;
mod what_if;

use std::{
    collections::HashSet,
    ffi::OsStr,
    io::stdin,
    path::{Path, PathBuf},
};

use peerlight_core::{Code, Error, Result, overlay};
use peerlight_explain::{ByName, Explanation, Request, Session, Versus, explainer, legacy};
use peerlight_metrics::WhatIfResult;
use serde::Serialize;

use self::manifest::Manifest;
use crate::{
    cli::Explain,
    decode::{decode, encode_png},
    files, json, session,
    terminal::Terminal,
};

pub fn run(options: &Explain) -> Result<()> {
    let session = session::open(&options.bundle, &options.own, options.device)?;
    let manifest = options.manifest.as_deref().map(|file| Manifest::read(file, &session)).transpose()?;
    let ask = match &manifest {
        Some(manifest) => manifest.request.clone(),
        None => ask(options, &session)?,
    };
    // What cannot be asked is said before any image is worked on.
    session.check(&ask)?;
    options.what_if.check(ask.grid)?;
    for request in requests(options, &session, ask.target.clone())? {
        session.check(&request)?;
    }
    if let Some(out) = &options.out {
        files::make_dir(out)?;
    }

    let (mut names, mut failed, mut done) = (Names::default(), 0, 0);
    let listed = images(&options.images)?;
    let total = listed.as_ref().map(|images| format!("/{}", images.len())).unwrap_or_default();
    let streamed = stdin().lines().map_while(|line| line.ok()).map(PathBuf::from);
    let images: Box<dyn Iterator<Item = PathBuf>> = match listed {
        Some(images) => Box::new(images.into_iter()),
        None => Box::new(streamed),
    };
    for path in images {
        done += 1;
        let place = format!("[{done}{total}] {}", path.display());
        match explain(&session, (&ask, manifest.as_ref()), &path, &names.of(&path), options) {
            Ok(explained) => eprintln!("{place}: {}", summary(&session, &explained)),
            Err(error) => {
                failed += 1;
                eprintln!("{place}: {error} [{}]", error.code());
            }
        }
    }
    match failed {
        0 => Ok(()),
        n => Err(Error::new(Code::ImageBroken, format!("{n} of {done} images could not be explained."))),
    }
}

fn ask(options: &Explain, session: &Session) -> Result<Request> {
    let target = options.class.as_deref().map(|wanted| session::class(session, wanted)).transpose()?.map(ByName::from);
    let request = Request { target, ..options.settings.request()? };
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
    let rather_than = options.rather_than.as_deref().map(|wanted| session::class(session, wanted)).transpose()?;
    let versus = rather_than.map(|class| Versus { class: class.into(), weight: 1.0 });
    let mut requests = Vec::new();
    for method in &options.method {
        // A joint map is of all peers already.
        let joint = explainer(&method.method)?.meta().joint;
        for peer in if joint { &[None][..] } else { &peers } {
            requests.push(Request { peer: *peer, target: target.clone(), versus: versus.clone(), ..method.clone() });
        }
    }
    Ok(requests)
}

/// The images themselves: of a folder, the images in it, by name. None if standard input will name them.
fn images(given: &[PathBuf]) -> Result<Option<Vec<PathBuf>>> {
    if given == [PathBuf::from("-")] {
        return Ok(None);
    }
    let mut images = Vec::new();
    for path in given {
        if !path.is_dir() {
            images.push(path.clone());
            continue;
        }
        let found = files::images_in(path)?;
        if found.is_empty() {
            return Err(files::no_images(path));
        }
        images.extend(found);
    }
    Ok(Some(images))
}

/// The names of results that are taken.
#[derive(Default)]
struct Names(HashSet<String>);

impl Names {
    /// The name of an image's results: the file's without its ending, or with it and a number where others would be
    /// overwritten.
    fn of(&mut self, path: &Path) -> String {
        let part = |part: Option<&OsStr>| part.map_or("image".into(), |p| p.to_string_lossy().into_owned());
        let (stem, whole) = (part(path.file_stem()), part(path.file_name()));
        let numbered = (2..).map(|i| format!("{whole}-{i}"));
        let mut names = [stem, whole.clone()].into_iter().chain(numbered);
        let name = names.find(|name| !self.0.contains(name)).unwrap_or_default();
        self.0.insert(name.clone());
        name
    }
}

/// Explanations of one image.
#[derive(Serialize)]
struct Explained {
    #[serde(flatten)]
    explanation: Explanation,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    methods: Vec<Made>,
    #[serde(skip_serializing_if = "Option::is_none")]
    what_if: Option<WhatIfResult>,
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
    /// Part of the file's name.
    fn name(&self, session: &Session) -> String {
        // Colons and slashes are no part of a file's name on every system.
        let spec = self.spec.replace([':', '/', '\\'], ",");
        match self.explanation.explained().as_slice() {
            [peer] => format!("{spec}.{}", session.info().peers[*peer].id),
            _ => spec,
        }
    }
}

fn explain(
    session: &Session,
    (ask, manifest): (&Request, Option<&Manifest>),
    path: &Path,
    name: &str,
    options: &Explain,
) -> Result<Explained> {
    let image = decode(&files::read(path)?)?;
    manifest.map_or(Ok(()), |manifest| manifest.check(&image))?;
    let crop = manifest.map_or(options.settings.crop(), |manifest| manifest.crop);
    let host = Terminal::new();
    let pass = pollster::block_on(session.forward(&image, crop, &host))?;
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
    let what_if = question.map(|question| what_if::ask(session, &pass, explained, &question, &host)).transpose()?;
    host.clear();
    let explained = Explained { explanation, methods, what_if };
    let mut written = json::value(&explained)?;
    legacy::explanation(&mut written);
    written["methods"].as_array_mut().into_iter().flatten().for_each(legacy::explanation);
    if let Some(out) = &options.out {
        let Explained { explanation, methods, what_if } = &explained;
        files::write(&out.join(format!("{name}.json")), json::pretty(&written)?.as_bytes())?;
        let save = |map: &[f32], side: usize, what: &str| {
            let painted = overlay(&image, explanation.image.crop, map, side, options.color, options.opacity);
            files::write(&out.join(format!("{name}.{what}.png")), &encode_png(&painted)?)
        };
        save(&explanation.map.values, explanation.side, "mutual")?;
        for peer in &explanation.peers {
            save(&peer.map.values, explanation.side, &peer.id)?;
        }
        for made in methods {
            save(&made.explanation.map.values, made.explanation.side, &made.name(session))?;
        }
        if let Some(result) = what_if {
            what_if::write(out, name, (&image, explanation.image.crop), result, options)?;
        }
    }
    if options.json {
        println!("{}", json::line(&written)?);
    }
    Ok(explained)
}

/// A line for people: what was recognized, and how far the peers agree; and one for each method, with what it cost.
fn summary(session: &Session, explained: &Explained) -> String {
    let Explained { explanation, methods, what_if } = explained;
    let peers: Vec<String> = explanation
        .peers
        .iter()
        .filter_map(|peer| peer.top.first().map(|top| format!("{} {:.0}%", top.label, top.probability * 100.0)))
        .collect();
    let ms: f64 = explanation.timings.iter().map(|t| t.ms).sum();
    let mut text =
        format!("{}; agreement {:.2}; {ms:.0} ms", peers.join(" | "), explanation.agreement.unwrap_or_default());
    for made in methods {
        let Explanation { cost, ms, map, .. } = &made.explanation;
        let blank = if map.blank { "; BLANK: nothing to show" } else { "" };
        let passes = [(cost.forward, "forward"), (cost.partial, "partial"), (cost.backward, "backward")];
        let passes: Vec<_> =
            passes.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
        text += &format!("\n    {:<44}{}; {ms:.0} ms{blank}", made.name(session), passes.join(", "));
    }
    text + &what_if.as_ref().map(what_if::table).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_result_overwrites_another() {
        let mut names = Names::default();
        let images = ["a/cat.jpg", "a/cat.png", "b/cat.jpg", "b/cat.jpg", "dog.jpg"];
        let names = images.map(|path| names.of(Path::new(path)));
        assert_eq!(names, ["cat", "cat.png", "cat.jpg", "cat.jpg-2", "dog"]);
    }
}
