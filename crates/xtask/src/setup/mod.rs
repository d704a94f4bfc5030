//! `cargo xtask setup`: finds or installs each tool, and says in a line which it is.
//!
//! Other commands ask for the tool they need by the same functions, so set-up never has to be run by hand.

mod apt;
pub mod browser;
pub mod target;
pub mod tools;

use crate::node;
use crate::shell::{Result, say};

/// What to set up.
#[derive(clap::Args)]
pub struct Args {
    /// Leave the browsers, their drivers and wasm-pack out (enough for building the page)
    #[arg(long)]
    no_browser: bool,
}

pub fn run(args: &Args) -> Result {
    say(format!("{}: {}", target::TRIPLE, target::ensure()?.display()));
    say(format!("wasm-bindgen: {}", tools::wasm_bindgen()?.display()));
    say(format!("trunk: {}", tools::trunk()?.display()));
    say(format!("node packages: {}", node::ensure()?.display()));
    if !args.no_browser {
        say(format!("wasm-pack: {}", tools::wasm_pack()?.display()));
        for browser in [browser::chromium()?, browser::firefox()?] {
            say(format!("browser: {} driven by {}", browser.program.display(), browser.driver.display()));
        }
    }
    Ok(())
}
