//! Chromium and Firefox with their drivers, for the tests that need real browsers.

use super::{apt, tools};
use crate::shell::{Result, which};
use std::env;
use std::path::PathBuf;

/// The two programs a browser test needs.
pub struct Browser {
    /// The browser itself.
    pub program: PathBuf,
    /// The program that speaks WebDriver to it.
    pub driver: PathBuf,
}

/// Finds Chromium and its driver, or installs them.
pub fn chromium() -> Result<Browser> {
    const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    const MAC: &str = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";
    let find = || {
        let driver = given("CHROMEDRIVER").or_else(|| which("chromedriver"))?;
        Some(Browser { program: program("CHROME", &NAMES, MAC)?, driver })
    };
    let what = "a browser (CHROME and CHROMEDRIVER may name one)";
    installed(find, || apt::install(what, &["chromium", "chromium-driver"]), "Chromium")
}

/// Finds Firefox, or installs it. Debian has no geckodriver: it is found, or built.
pub fn firefox() -> Result<Browser> {
    const MAC: &str = "/Applications/Firefox.app/Contents/MacOS/firefox";
    let find = || program("FIREFOX", &["firefox-esr", "firefox"], MAC);
    let program = installed(find, || apt::install("Firefox (FIREFOX may name one)", &["firefox-esr"]), "Firefox")?;
    let driver = given("GECKODRIVER").map_or_else(tools::geckodriver, Ok)?;
    Ok(Browser { program, driver })
}

fn installed<T>(find: impl Fn() -> Option<T>, install: impl Fn() -> Result, name: &str) -> Result<T> {
    if let Some(found) = find() {
        return Ok(found);
    }
    install()?;
    find().ok_or_else(|| format!("{name} was installed but is not on PATH"))
}

fn given(name: &str) -> Option<PathBuf> {
    env::var_os(name).map(PathBuf::from).filter(|path| path.is_file())
}

/// The program a variable names, or the first of these names on `PATH`, or the one in the usual folder of a Mac.
fn program(variable: &str, names: &[&str], mac: &str) -> Option<PathBuf> {
    let mac = || Some(PathBuf::from(mac)).filter(|path| path.is_file());
    given(variable).or_else(|| names.iter().find_map(|name| which(name))).or_else(mac)
}
