//! What agreement is worth with unlike networks, with other fusions, on images of two classes, and over seeds.

mod arms;
mod fusions;
mod pasted;
mod seeds;
mod table;
mod unlike;

pub use table::table;

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::{Value, json};

use super::Args;
use crate::{
    pages,
    shell::{self, Result, command, exec, read, root},
};

/// Where the results are kept.
const FILE: &str = "docs/study.json";
/// The small images of both sets, those whose boxes cover at most half.
const SMALL: &str = "docs/results/agreement-lite0-lite1.csv";

/// A part of the study: its figures.
type Part = fn(&Study<'_>) -> Result<Value>;

/// Measures what is asked for, keeps the figures and writes the tables.
pub fn measure(peerlight: &Path, args: &Args, wanted: impl Fn(&str) -> bool) -> Result {
    let study = Study { peerlight, args, out: args.out.join("study") };
    let parts: [(&str, Part); 5] = [
        ("unlike", unlike::run),
        ("fusions", fusions::run),
        ("pasted", pasted::run),
        ("seeds", seeds::run),
        ("arms", arms::run),
    ];
    let mut found = false;
    for (name, run) in parts.into_iter().filter(|(name, _)| wanted(name)) {
        if args.networks.is_none() && ["unlike", "pasted"].contains(&name) {
            shell::say(format!("{name} is left out: it takes --networks"));
            continue;
        }
        keep(name, run(&study)?)?;
        found = true;
    }
    match found {
        true => ["docs/agreement.md", "docs/RESULTS.md"].iter().try_for_each(|page| pages::write_page(page, table)),
        false => Ok(()),
    }
}

/// The results as they are kept; an empty object where there are none yet.
fn kept() -> Result<Value> {
    match read(&root().join(FILE)) {
        Ok(text) => serde_json::from_str(&text).map_err(|e| format!("{FILE}: {e}")),
        Err(_) => Ok(json!({})),
    }
}

/// Writes one part of the results, beside the others.
fn keep(name: &str, part: Value) -> Result {
    let mut all = kept()?;
    all[name] = part;
    let text = serde_json::to_string_pretty(&all).map_err(|e| e.to_string())? + "\n";
    fs::write(root().join(FILE), text).map_err(|e| format!("{FILE}: {e}"))
}

/// Half of the small images: those of odd numbers of val1000 for choosing, all others for reporting.
#[derive(Clone, Copy)]
enum Half {
    Choosing,
    Reporting,
}

impl Half {
    const BOTH: [Self; 2] = [Self::Choosing, Self::Reporting];

    fn name(self) -> &'static str {
        match self {
            Self::Choosing => "choosing",
            Self::Reporting => "reporting",
        }
    }

    fn holds(self, image: &str) -> bool {
        let stem = image.rsplit_once('.').map_or(image, |(stem, _)| stem);
        let odd = stem.bytes().last().is_some_and(|last| last % 2 == 1);
        (image.starts_with("val1000/") && odd) == matches!(self, Self::Choosing)
    }
}

struct Study<'a> {
    peerlight: &'a Path,
    args: &'a Args,
    out: PathBuf,
}

impl Study<'_> {
    /// A bundle of networks, made unless it is there.
    fn bundle(&self, name: &str, networks: &[String], flags: &[String]) -> Result<PathBuf> {
        shell::make_dir(&self.out)?;
        let bundle = self.out.join(name).with_extension("safetensors");
        if !bundle.exists() {
            exec(command(self.peerlight).arg("import").args(networks).args(flags).arg("--out").arg(&bundle))?;
        }
        Ok(bundle)
    }

    /// A table of a half's images with their classes, and one of the boxes.
    ///
    /// With `limit`, no more images than that, evenly over both sets.
    fn lists(&self, half: Half, limit: Option<usize>) -> Result<[PathBuf; 2]> {
        shell::make_dir(&self.out)?;
        let data = self.args.data.join("imagenet-val");
        let data = fs::canonicalize(&data).map_err(|e| format!("{}: {e}", data.display()))?;
        let small = read(&root().join(SMALL))?;
        let mut list = String::from("path,class\n");
        let own = small.lines().skip(1).filter_map(|line| line.split(',').next()).filter(|name| half.holds(name));
        let own: Vec<&str> = own.collect();
        let step = self.args.limit.or(limit).map_or(1, |limit| own.len().div_ceil(limit.max(1)));
        for name in own.into_iter().step_by(step) {
            let class = name.split('/').nth(1).unwrap_or_default();
            list += &format!("{}/{name},{class}\n", data.display());
        }
        let mut boxes = String::from("path,x0,y0,x1,y1\n");
        for line in read(&data.join("boxes.csv"))?.lines().skip(1) {
            // A class's name may hold commas; the file's path and its last four cells do not.
            let cells: Vec<&str> = line.split(',').collect();
            boxes += &format!("{}/{},{}\n", data.display(), cells[1], cells[cells.len() - 4..].join(","));
        }
        let tables = [format!("{}-{step}.csv", half.name()), "boxes.csv".into()].map(|name| self.out.join(name));
        for (path, text) in tables.iter().zip([list, boxes]) {
            fs::write(path, text).map_err(|e| format!("{}: {e}", path.display()))?;
        }
        Ok(tables)
    }

    /// Measures images, or goes on, and gives the report.
    fn evaluate(&self, name: &str, bundle: &Path, [images, boxes]: [&Path; 2], flags: &[&str]) -> Result<Value> {
        shell::say(format!("measuring {name}"));
        let out = self.out.join(name);
        let mut evaluate = command(self.peerlight);
        evaluate.arg("evaluate").arg(images).arg("--boxes").arg(boxes).arg("--bundle").arg(bundle);
        evaluate.args(["--method=cam", "--metrics=pointing", "--quiet-report"]).args(flags).arg("--out").arg(&out);
        shell::exec_with(&mut evaluate, &[0, 3])?;
        serde_json::from_str(&read(&out.join("report.json"))?).map_err(|e| format!("{name}: {e}"))
    }
}

/// What a run kept of each image.
fn records(text: &str) -> Result<Vec<Value>> {
    let record = |line| serde_json::from_str::<Value>(line).map(|mut line| line["record"].take());
    text.lines().skip(1).map(record).collect::<std::result::Result<_, _>>().map_err(|e| e.to_string())
}

/// The rows about agreement of a report.
fn rows(report: &Value) -> impl Iterator<Item = &Value> {
    report["agreement_worth"]["rows"].as_array().into_iter().flatten()
}

/// An estimate with its interval, to four digits.
fn estimate(row: &Value) -> Value {
    json!([rounded(&row["value"]), rounded(&row["ci"][0]), rounded(&row["ci"][1])])
}

fn rounded(value: &Value) -> Option<f64> {
    value.as_f64().map(|value| (value * 1e4).round() / 1e4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_halves_are_those_of_the_page() {
        let small = read(&root().join(SMALL)).unwrap();
        let of = |half: Half| small.lines().skip(1).filter(|line| half.holds(line.split(',').next().unwrap())).count();
        assert_eq!(Half::BOTH.map(of), [276, 575]);
    }
}
