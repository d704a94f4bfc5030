//! `peerlight catalog`

use peerlight_core::{Code, Error, Result};
use peerlight_explain::{Kind, Setting, legacy};
use peerlight_metrics::catalog;
use peerlight_models::{Bundle, nearest};
use serde::Serialize;

use crate::{bundle, cli::Catalog, files::shown, json, own};

pub fn run(options: &Catalog) -> Result<()> {
    if let Some(wanted) = &options.classes {
        return classes(wanted, options);
    }
    if !options.own.is_empty() {
        let text = "--labels, --preprocess, --size and --output are for the classes of an ONNX file: add --classes.";
        return Err(Error::new(Code::AskInvalid, text));
    }
    let catalog = catalog();
    if options.json {
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

/// A class of a bundle.
#[derive(Serialize)]
struct Class<'a> {
    index: usize,
    label: &'a str,
}

fn classes(wanted: &str, options: &Catalog) -> Result<()> {
    let file = bundle::find(options.bundle.as_deref())?;
    let classes = Bundle::parse(&own::bundle_bytes(&file, &options.own)?)?.manifest.classes();
    let labels = classes.names();
    let listed: Vec<usize> = match wanted {
        "" => (0..labels.len()).collect(),
        _ => nearest(labels, wanted, labels.len()),
    };
    if listed.is_empty() {
        let text = format!("No class of '{}' has a name near to '{wanted}'.", file.display());
        return Err(Error::new(Code::AskInvalid, text));
    }
    let listed: Vec<Class> = listed.into_iter().map(|index| Class { index, label: &labels[index] }).collect();
    match options.json {
        true => println!("{}", json::pretty(&listed)?),
        false => listed.iter().for_each(|class| println!("{:>5}  {}", class.index, shown(class.label))),
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
