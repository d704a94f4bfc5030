//! `peerlight catalog`

use peerlight_core::Result;
use peerlight_explain::{Kind, Setting, legacy};
use peerlight_metrics::catalog;

use crate::json;

pub fn run(as_json: bool) -> Result<()> {
    let catalog = catalog();
    if as_json {
        let mut value = json::value(&catalog)?;
        legacy::catalog(&mut value);
        println!("{}", json::pretty(&value)?);
        return Ok(());
    }
    let metrics = (&catalog.metrics, &catalog.maskings);
    let catalog = &catalog.explain;
    println!("Architectures");
    for architecture in &catalog.architectures {
        println!("  {:<26}{}", architecture.id, architecture.name);
    }
    println!("\nMethods (METHOD:SETTING=VALUE, such as score-cam:channels=64 or layer-cam:layers=5+6+7)");
    for method in &catalog.methods {
        println!("  {:<26}{}", method.id, method.shows);
        print_settings(method.settings, "    ");
    }
    println!("\nMetrics");
    for metric in metrics.0 {
        println!("  {:<26}{}", metric.id, metric.help);
    }
    println!("\nMaskings of the image by the map, for Average Drop, Increase and Gain");
    for masking in metrics.1 {
        println!("  {:<26}{}", masking.id, masking.help);
    }
    println!("\nSettings of the mutual map and of the image");
    print_settings(catalog.settings, "  ");
    println!("\nColor maps");
    for color in &catalog.colors {
        println!("  {:<26}{}", color.id, color.name);
    }
    println!("\nErrors");
    for error in &catalog.errors {
        println!("  {:<26}{}", error.code, error.help);
    }
    Ok(())
}

fn print_settings(settings: &[Setting], indent: &str) {
    for setting in settings {
        let range = match setting.kind {
            Kind::Number { min, max, .. } => format!(" {min} to {max};"),
            Kind::Choice(_) => String::new(),
        };
        println!("{indent}{:<24}{}{range} default {}", setting.id, setting.help, setting.default());
        if let Kind::Choice(choices) = setting.kind {
            for choice in choices {
                println!("{indent}  {:<22}{}", choice.id, choice.help);
            }
        }
    }
}
