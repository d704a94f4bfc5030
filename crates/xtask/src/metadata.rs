//! What Cargo knows about the workspace, so that no list of crates is written by hand.

use crate::shell::{Result, cargo, output};
use serde_json::Value;
use std::path::PathBuf;

/// A crate of the workspace.
pub struct Package {
    /// Its name.
    pub name: String,
    /// The folder of its manifest.
    pub folder: PathBuf,
    /// `package.metadata.peerlight.floor`: a crate may use crates on lower floors alone.
    pub floor: Option<u64>,
    /// `package.metadata.peerlight.portable`: the crate knows neither the browser nor the file system.
    pub portable: bool,
    /// `package.metadata.peerlight.tools`: examples that a command of xtask runs, with arguments.
    pub tools: Vec<String>,
    /// What it depends on, for tests too.
    pub dependencies: Vec<Dependency>,
    /// Its library, programs, examples and tests.
    pub targets: Vec<Target>,
}

impl Package {
    /// The examples that do something without an argument.
    pub fn examples(&self) -> impl Iterator<Item = &Target> {
        self.targets.iter().filter(|target| target.kind == "example" && !self.tools.contains(&target.name))
    }
}

/// An entry of a manifest's dependencies.
pub struct Dependency {
    /// The crate's name.
    pub name: String,
    /// The version that is asked for, such as `=0.22.1`.
    pub version: String,
    /// Whether only tests and examples use it.
    pub dev: bool,
}

/// Something that Cargo builds of a crate.
pub struct Target {
    /// Its name.
    pub name: String,
    /// `lib`, `bin`, `example`, `test` or `custom-build`.
    pub kind: String,
    /// Its first file.
    pub source: PathBuf,
}

/// Every crate of the workspace.
pub fn packages() -> Result<Vec<Package>> {
    let text =
        output(cargo().args(["metadata", "--no-deps", "--format-version", "1"])).ok_or("cargo metadata failed")?;
    let metadata: Value = serde_json::from_str(&text).map_err(|e| format!("cargo metadata: {e}"))?;
    Ok(list(&metadata["packages"], package))
}

fn package(value: &Value) -> Package {
    let own = &value["metadata"]["peerlight"];
    Package {
        name: text(&value["name"]),
        folder: PathBuf::from(text(&value["manifest_path"])).parent().map(PathBuf::from).unwrap_or_default(),
        floor: own["floor"].as_u64(),
        portable: own["portable"].as_bool().unwrap_or(false),
        tools: list(&own["tools"], text),
        dependencies: list(&value["dependencies"], |value| Dependency {
            name: text(&value["name"]),
            version: text(&value["req"]),
            dev: value["kind"] == "dev",
        }),
        targets: list(&value["targets"], |value| Target {
            name: text(&value["name"]),
            kind: text(&value["kind"][0]),
            source: PathBuf::from(text(&value["src_path"])),
        }),
    }
}

fn list<T>(value: &Value, of: impl Fn(&Value) -> T) -> Vec<T> {
    value.as_array().into_iter().flatten().map(of).collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// The folders of a crate and of the workspace's crates that are built into it.
pub fn folders_of(name: &str) -> Result<Vec<PathBuf>> {
    let packages = packages()?;
    let mut found: Vec<&Package> = packages.iter().filter(|package| package.name == name).collect();
    let mut next = 0;
    while let Some(package) = found.get(next) {
        let used = |other: &&Package| package.dependencies.iter().any(|d| !d.dev && d.name == other.name);
        let new = packages.iter().filter(used).filter(|other| found.iter().all(|known| known.name != other.name));
        let new: Vec<&Package> = new.collect();
        found.extend(new);
        next += 1;
    }
    Ok(found.into_iter().map(|package| package.folder.clone()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crate_is_built_of_what_it_uses() {
        let folders = folders_of("peerlight-explain").unwrap();
        let ends = |name: &str| folders.iter().any(|folder| folder.ends_with(format!("crates/{name}")));
        assert!(ends("peerlight-explain") && ends("peerlight-models") && ends("peerlight-core"), "{folders:?}");
        assert!(!ends("peerlight-metrics") && !ends("xtask"), "{folders:?}");
        assert!(folders_of("nothing").unwrap().is_empty());
    }
}
