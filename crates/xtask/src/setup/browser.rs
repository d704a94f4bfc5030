//! A Chromium and its driver, for the tests that need a real browser.

use super::apt;
use crate::shell::{Result, which};
use std::env;
use std::path::PathBuf;

/// The two programs a browser test needs.
pub struct Browser {
    /// The browser itself.
    pub chrome: PathBuf,
    /// The program that speaks WebDriver to it.
    pub driver: PathBuf,
}

const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const MAC: &str = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";

/// Finds the browser, or installs it.
pub fn ensure() -> Result<Browser> {
    if let Some(browser) = find() {
        return Ok(browser);
    }
    apt::install("a browser (CHROME and CHROMEDRIVER may name one)", &["chromium", "chromium-driver"])?;
    find().ok_or_else(|| "Chromium was installed but is not on PATH".into())
}

fn find() -> Option<Browser> {
    let given = |name| env::var_os(name).map(PathBuf::from).filter(|path| path.is_file());
    let mac = || Some(PathBuf::from(MAC)).filter(|path| path.is_file());
    let chrome = given("CHROME").or_else(|| NAMES.iter().find_map(|name| which(name))).or_else(mac)?;
    let driver = given("CHROMEDRIVER").or_else(|| which("chromedriver"))?;
    Some(Browser { chrome, driver })
}
