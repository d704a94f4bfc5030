//! `peerlight catalog`

use std::fmt::Write as _;

use peerlight_core::{Code, Error, Result};
use peerlight_explain::{Kind, STATISTICS, Setting, legacy};
use peerlight_metrics::catalog;
use peerlight_models::nearest;
use serde::Serialize;

use crate::{bundle, cli::Catalog, files::shown, json, output, own};

pub fn run(options: &Catalog) -> Result<()> {
    if let Some(wanted) = &options.classes {
        return classes(wanted, options);
    }
    if !options.own.is_empty() {
        let text = "--labels, --preprocess, --size and --output are for the classes of an ONNX file: add --classes.";
        return Err(Error::new(Code::AskInvalid, text));
    }
    let catalog = catalog();
    let statistics: Vec<_> = STATISTICS.iter().map(|statistic| statistic.meta()).collect();
    if options.json {
        let mut value = json::value(&catalog)?;
        value["statistics"] = json::value(&statistics)?;
        legacy::catalog(&mut value);
        return output::print_line(json::pretty(&value)?);
    }
    let metrics = (&catalog.metrics, &catalog.maskings);
    let catalog = &catalog.explain;
    let mut text = String::from("Architectures\n");
    for architecture in &catalog.architectures {
        _ = writeln!(text, "  {:<26}{}", architecture.id, architecture.name);
    }
    _ = writeln!(text, "\nMethods (METHOD:SETTING=VALUE, such as score-cam:channels=64 or layer-cam:layers=5+6+7)");
    for method in &catalog.methods {
        _ = writeln!(text, "  {:<26}{}", method.id, method.shows);
        list_settings(&mut text, method.settings, "    ");
    }
    _ = writeln!(text, "\nMetrics");
    for metric in metrics.0 {
        _ = writeln!(text, "  {:<26}{}", metric.id, metric.help);
    }
    _ = writeln!(text, "\nMaskings of the image by the map, for Average Drop, Increase and Gain");
    for masking in metrics.1 {
        _ = writeln!(text, "  {:<26}{}", masking.id, masking.help);
    }
    _ = writeln!(text, "\nStatistics of agreement");
    for statistic in statistics {
        _ = writeln!(text, "  {:<26}{}", statistic.id, statistic.help);
    }
    _ = writeln!(text, "\nSettings of the mutual map and of the image");
    list_settings(&mut text, catalog.settings, "  ");
    _ = writeln!(text, "\nColor maps");
    for color in &catalog.colors {
        _ = writeln!(text, "  {:<26}{}", color.id, color.name);
    }
    _ = writeln!(text, "\nErrors");
    for error in &catalog.errors {
        _ = writeln!(text, "  {:<26}{}", error.code, error.help);
    }
    output::print(text)
}

/// A class of a bundle.
#[derive(Serialize)]
struct Class<'a> {
    index: usize,
    label: &'a str,
}

fn classes(wanted: &str, options: &Catalog) -> Result<()> {
    let file = bundle::find(options.bundle.as_deref())?;
    let bytes = own::bundle_bytes(&file, &options.own)?;
    let classes = bundle::parse(&file, &bytes)?.manifest.classes();
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
    if options.json {
        return output::print_line(json::pretty(&listed)?);
    }
    output::print(
        listed.iter().map(|class| format!("{:>5}  {}\n", class.index, shown(class.label))).collect::<String>(),
    )
}

fn list_settings(text: &mut String, settings: &[Setting], indent: &str) {
    for setting in settings {
        let range = match setting.kind {
            Kind::Number { min, max, .. } => format!(" {min} to {max};"),
            Kind::Choice(_) => String::new(),
        };
        _ = writeln!(text, "{indent}{:<24}{}{range} default {}", setting.id, setting.help, setting.default());
        if let Kind::Choice(choices) = setting.kind {
            for choice in choices {
                _ = writeln!(text, "{indent}  {:<22}{}", choice.id, choice.help);
            }
        }
    }
}
