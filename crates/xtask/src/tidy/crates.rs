//! Rules of the crates: which may use which, what none below the top may bring in, and what a published crate tells.

use crate::metadata::Package;
use crate::shell::{Result, read, root};

/// Packages that would bring the browser, the command line or image files into a portable crate.
const NOT_PORTABLE: [&str; 7] = ["clap", "image", "wasm-bindgen", "wasm-bindgen-futures", "js-sys", "web-sys", "tokio"];
/// Where the version of Burn stands a second time, for programs to tell.
const BURN: (&str, &str) = ("crates/peerlight-models/src/lib.rs", "pub const BURN_VERSION: &str = ");

/// What is wrong with the crates.
pub fn faults(packages: &[Package]) -> Result<Vec<String>> {
    let mut faults = Vec::new();
    for package in packages {
        uses(package, packages, &mut faults);
        for target in &package.targets {
            if !read(&target.source)?.starts_with("//!") {
                let file = target.source.strip_prefix(root()).unwrap_or(&target.source);
                faults.push(format!("{}: does not begin with a `//!` comment", file.display()));
            }
        }
    }
    burn(packages, &mut faults)?;
    Ok(faults)
}

/// Data flows one way: a crate uses crates on lower floors alone.
fn uses(package: &Package, packages: &[Package], faults: &mut Vec<String>) {
    let name = &package.name;
    let Some(floor) = package.floor else {
        faults.push(format!("{name}: its Cargo.toml has no package.metadata.peerlight.floor"));
        return;
    };
    // What only tests use cannot reach a person.
    for used in package.dependencies.iter().filter(|dependency| !dependency.dev) {
        if let Some(other) = packages.iter().find(|other| other.name == used.name) {
            if other.floor.is_some_and(|below| below >= floor) {
                faults.push(format!("{name}: may not use {}, which is not on a lower floor", other.name));
            }
            if package.portable && !other.portable {
                faults.push(format!("{name}: is portable and may not use {}, which is not", other.name));
            }
        }
        if package.portable && NOT_PORTABLE.contains(&used.name.as_str()) {
            faults.push(format!("{name}: {} belongs in a crate that is not portable", used.name));
        }
    }
}

fn burn(packages: &[Package], faults: &mut Vec<String>) -> Result {
    let (file, start) = BURN;
    let text = read(&root().join(file))?;
    let told = text.lines().find_map(|line| line.strip_prefix(start)?.strip_prefix('"')?.strip_suffix("\";"));
    let mut burns = packages.iter().flat_map(|package| &package.dependencies).filter(|used| used.name == "burn");
    if let Some(other) = burns.find(|used| used.version.trim_start_matches('=') != told.unwrap_or_default()) {
        faults.push(format!("{file}: tells Burn {}, and Cargo.toml asks for {}", told.unwrap_or("?"), other.version));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metadata::Dependency;

    fn package(name: &str, floor: u64, portable: bool, uses: &[&str]) -> Package {
        let dependency = |name: &&str| Dependency { name: name.to_string(), version: "*".into(), dev: false };
        Package {
            name: name.into(),
            folder: "".into(),
            floor: Some(floor),
            portable,
            tools: Vec::new(),
            dependencies: uses.iter().map(dependency).collect(),
            targets: Vec::new(),
        }
    }

    #[test]
    fn a_crate_uses_lower_floors_alone() {
        let found = |package: Package| {
            let others = [self::package("low", 1, true, &[]), self::package("page", 1, false, &[])];
            let mut faults = Vec::new();
            uses(&package, &others, &mut faults);
            faults.len()
        };
        assert_eq!(found(package("high", 2, false, &["low", "page", "clap"])), 0);
        assert_eq!(found(package("high", 2, true, &["low"])), 0);
        assert_eq!(found(package("high", 2, true, &["page"])), 1, "a portable crate on one that is not");
        assert_eq!(found(package("high", 2, true, &["clap"])), 1, "a portable crate on the command line");
        assert_eq!(found(package("beside", 1, false, &["low"])), 1, "the same floor");
        assert_eq!(found(Package { floor: None, ..package("new", 0, false, &[]) }), 1, "a crate without a floor");
    }
}
