//! `peerlight explain`

use std::{
    collections::HashSet,
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    time::Instant,
};

use peerlight_core::{Code, Error, Result, Rgba8, overlay};
use peerlight_explain::{Ask, DeviceKind, Explanation, Host, Session, Step, open_device};
use peerlight_models::{Bundle, class_named};

use crate::{
    cli::{Device, Explain},
    decode::{decode, encode_png},
    files,
};

pub fn run(options: &Explain) -> Result<()> {
    let kind = match options.device {
        Device::Cpu => DeviceKind::Cpu,
        Device::Webgpu => DeviceKind::WebGpu,
    };
    let (device, info) = pollster::block_on(open_device(kind))?;
    let bytes = files::read(&options.bundle)?;
    let session = Session::open(&Bundle::parse(&bytes)?, &device, &info.name)?;
    let ask = ask(options, &session)?;
    if let Some(out) = &options.out {
        files::make_dir(out)?;
    }

    let photos = named(&photos(&options.photos)?);
    let mut failed = 0;
    for (i, (path, name)) in photos.iter().enumerate() {
        let place = format!("[{}/{}] {}", i + 1, photos.len(), path.display());
        match explain(&session, &ask, path, name, options) {
            Ok(explanation) => eprintln!("{place}: {}", summary(&explanation)),
            Err(error) => {
                failed += 1;
                eprintln!("{place}: {error} [{}]", error.code());
            }
        }
    }
    match failed {
        0 => Ok(()),
        n => Err(Error::new(Code::ImageBroken, format!("{n} of {} photos could not be explained.", photos.len()))),
    }
}

fn ask(options: &Explain, session: &Session) -> Result<Ask> {
    let labels = &session.info().classes;
    let target = match &options.class {
        None => None,
        Some(wanted) => Some(class_named(labels, wanted).ok_or_else(|| {
            let text = format!("'{wanted}' is not one class of the bundle. Give an index or a whole name.");
            Error::new(Code::AskInvalid, text)
        })?),
    };
    Ok(Ask {
        grid: options.grid,
        target,
        evidence: options.evidence,
        power: options.power,
        stages: options.stages.clone(),
        fuse: options.fuse,
        weight: options.weight,
        crop: options.crop,
    })
}

/// The photos themselves: of a folder, the pictures in it, by name.
fn photos(given: &[PathBuf]) -> Result<Vec<PathBuf>> {
    const ENDINGS: [&str; 8] = ["bmp", "gif", "jpeg", "jpg", "png", "tif", "tiff", "webp"];
    let mut photos = Vec::new();
    for path in given {
        if !path.is_dir() {
            photos.push(path.clone());
            continue;
        }
        let entries = fs::read_dir(path).map_err(|e| files::unreadable(path, &e))?;
        let ending = |p: &Path| p.extension().map(|e| e.to_string_lossy().to_lowercase());
        let is_picture = |p: &PathBuf| p.is_file() && ending(p).is_some_and(|e| ENDINGS.contains(&e.as_str()));
        let mut found: Vec<_> = entries.flatten().map(|entry| entry.path()).filter(is_picture).collect();
        if found.is_empty() {
            let text = format!("The folder '{}' holds no pictures ({}).", path.display(), ENDINGS.join(", "));
            return Err(Error::new(Code::FileUnreadable, text));
        }
        found.sort();
        photos.extend(found);
    }
    Ok(photos)
}

/// Each photo with the name of its results: the file's without its ending, or with it and a number where others
/// would be overwritten.
fn named(photos: &[PathBuf]) -> Vec<(PathBuf, String)> {
    let mut taken = HashSet::new();
    let mut named = Vec::new();
    for path in photos {
        let part = |part: Option<&OsStr>| part.map_or("photo".into(), |p| p.to_string_lossy().into_owned());
        let (stem, whole) = (part(path.file_stem()), part(path.file_name()));
        let numbered = (2..).map(|i| format!("{whole}-{i}"));
        let name = [stem, whole.clone()].into_iter().chain(numbered).find(|name| !taken.contains(name));
        let name = name.unwrap_or_default();
        taken.insert(name.clone());
        named.push((path.clone(), name));
    }
    named
}

fn explain(session: &Session, ask: &Ask, path: &Path, name: &str, options: &Explain) -> Result<Explanation> {
    let photo = decode(&files::read(path)?)?;
    let explanation = pollster::block_on(session.explain(&photo, ask, &Terminal(Instant::now())))?;
    let json = |pretty| {
        let text =
            if pretty { serde_json::to_string_pretty(&explanation) } else { serde_json::to_string(&explanation) };
        text.map_err(|e| Error::new(Code::Crashed, e.to_string()))
    };
    if let Some(out) = &options.out {
        files::write(&out.join(format!("{name}.json")), json(true)?.as_bytes())?;
        save(&photo, &explanation, &explanation.mutual.map, &out.join(format!("{name}.mutual.png")), options)?;
        for peer in &explanation.peers {
            save(&photo, &explanation, &peer.attention.map, &out.join(format!("{name}.{}.png", peer.id)), options)?;
        }
    }
    if options.json {
        println!("{}", json(false)?);
    }
    Ok(explanation)
}

fn save(photo: &Rgba8, explanation: &Explanation, map: &[f32], path: &Path, options: &Explain) -> Result<()> {
    let painted = overlay(photo, explanation.photo.crop, map, explanation.side, options.colour, options.opacity);
    files::write(path, &encode_png(&painted)?)
}

/// A line for people: what was recognised, and how far the peers agree.
fn summary(explanation: &Explanation) -> String {
    let peers: Vec<String> = explanation
        .peers
        .iter()
        .filter_map(|peer| peer.top.first().map(|top| format!("{} {:.0} %", top.label, top.probability * 100.0)))
        .collect();
    let ms: f64 = explanation.timings.iter().map(|t| t.ms).sum();
    format!("{}; agreement {:.2}; {ms:.0} ms", peers.join(" | "), explanation.agreement)
}

/// The terminal waits without asking: a photo takes a fraction of a second.
struct Terminal(Instant);

impl Host for Terminal {
    async fn checkpoint(&self, _: Step) -> Result<()> {
        Ok(())
    }

    fn now(&self) -> f64 {
        self.0.elapsed().as_secs_f64() * 1e3
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_result_overwrites_another() {
        let photos = ["a/cat.jpg", "a/cat.png", "b/cat.jpg", "b/cat.jpg", "dog.jpg"].map(PathBuf::from);
        let names: Vec<String> = named(&photos).into_iter().map(|(_, name)| name).collect();
        assert_eq!(names, ["cat", "cat.png", "cat.jpg", "cat.jpg-2", "dog"]);
    }
}
