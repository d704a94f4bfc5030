//! `cargo xtask tidy`: rules of the source tree that no compiler checks.

mod circles;
mod crates;
mod duplicates;
mod text;

use crate::shell::{Result, files, read, root, say};
use crate::{metadata, tables};

pub fn run() -> Result {
    let files = files()?;
    let texts = files.into_iter().filter(|file| text::applies(file));
    let texts: Vec<(String, String)> =
        texts.map(|file| read(&root().join(&file)).map(|text| (file, text))).collect::<Result<_>>()?;
    let packages = metadata::packages()?;
    let portable = packages.iter().filter(|package| package.portable);
    let portable: Vec<String> = portable.map(|package| format!("crates/{}/src/", package.name)).collect();
    let mut faults: Vec<String> = texts.iter().flat_map(|(file, text)| text::faults(file, text, &portable)).collect();
    faults.extend(duplicates::faults(&texts));
    faults.extend(circles::faults(&texts));
    faults.extend(crates::faults(&packages)?);
    faults.extend(tables::faults()?);
    for fault in &faults {
        println!("{fault}");
    }
    match faults.len() {
        0 => {
            say(format!("tidy: {} files and {} crates in order", texts.len(), packages.len()));
            Ok(())
        }
        count => Err(format!("tidy: {count} faults")),
    }
}
