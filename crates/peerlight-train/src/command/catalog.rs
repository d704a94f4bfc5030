//! `peerlight catalog`

use peerlight_core::{Code, Error, Result};
use peerlight_explain::catalog;

pub fn run(json: bool) -> Result<()> {
    let catalog = catalog();
    if json {
        let text = serde_json::to_string_pretty(&catalog).map_err(|e| Error::new(Code::Crashed, e.to_string()))?;
        println!("{text}");
        return Ok(());
    }
    println!("Backbones");
    for backbone in &catalog.backbones {
        println!("  {:<26}{}", backbone.id, backbone.name);
    }
    println!("\nSettings");
    for setting in &catalog.settings {
        let range = match (setting.min, setting.max) {
            (Some(min), Some(max)) => format!(" {min} to {max};"),
            _ => String::new(),
        };
        println!("  {:<26}{}{range} default {}", setting.id, setting.help, setting.default);
        for choice in &setting.choices {
            println!("    {:<24}{}", choice.id, choice.help);
        }
    }
    println!("\nColour maps");
    for colour in &catalog.colours {
        println!("  {:<26}{}", colour.id, colour.name);
    }
    println!("\nErrors");
    for error in &catalog.errors {
        println!("  {:<26}{}", error.code, error.help);
    }
    Ok(())
}
