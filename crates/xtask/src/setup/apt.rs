//! Debian's packages: installed as root, otherwise asked for in one line.

use crate::shell::{Result, command, exec_quietly, output, say, which};

/// Installs packages, or says which command would.
pub fn install(what: &str, packages: &[&str]) -> Result {
    let list = packages.join(" ");
    if which("apt-get").is_none() {
        return Err(format!("{what} is missing, and this is no Debian system: install what its packages {list} hold"));
    }
    if output(command("id").arg("-u")).as_deref() != Some("0") {
        return Err(format!("{what} is missing; run: sudo apt-get install --no-install-recommends {list}"));
    }
    say(format!("installing {what} ({list})"));
    let install = || {
        let mut apt = command("apt-get");
        apt.env("DEBIAN_FRONTEND", "noninteractive")
            .args(["install", "--yes", "--no-install-recommends"])
            .args(packages);
        apt
    };
    // An old package list names files that are gone; a fresh one costs seconds.
    exec_quietly(command("apt-get").args(["update", "--quiet"]))?;
    exec_quietly(&mut install())
}
