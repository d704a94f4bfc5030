//! The npm package's declarations of what the engine takes and gives, made from the Rust types.
//!
//! `cargo xtask types` has this test write them to the file that PEERLIGHT_TYPES names, formats them, and keeps them as
//! pkg/types.d.ts; `cargo xtask test` does the same and compares.

use std::fs;

use peerlight_core::CODES;
use peerlight_explain as explain;
use peerlight_metrics as metrics;
use peerlight_onnx as onnx;
use ts_rs::{Config, TS};

/// Declaration of one type, with its documentation.
fn declaration<T: TS + ?Sized>(config: &Config) -> String {
    let docs = T::docs().unwrap_or_default();
    in_javascript(&format!("{docs}export {}\n\n", T::decl(config)))
}

/// The text without examples in Rust, with JavaScript's word for an absent value, and with a comment of one line on one
/// line.
fn in_javascript(text: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut example = false;
    for line in text.lines() {
        let fence = line.trim_start().starts_with("* ```");
        if !fence && !example {
            let one = line.trim() == "*/" && lines.len() > 1 && lines[lines.len() - 2].trim() == "/**";
            match one {
                true => {
                    let said = lines.pop().unwrap_or_default();
                    lines.pop();
                    lines.push(format!("/** {} */", said.trim_start_matches([' ', '*'])));
                }
                false => lines.push(line.replace("`None`", "`null`")),
            }
        }
        example ^= fence;
    }
    lines.join("\n") + "\n"
}

macro_rules! declarations {
    ($config:expr, $($type:ty),+ $(,)?) => { [$(declaration::<$type>($config)),+].concat() };
}

fn types() -> String {
    let config = Config::default().with_large_int("number");
    let codes: Vec<String> = CODES.iter().map(|code| format!("'{}'", code.id())).collect();
    format!(
        "/** What the engine takes and gives. @generated from the Rust types by `cargo xtask types`: do not edit. */\n\n\
         /** Stable codes of errors. The catalog has what each means and what to do. */\n\
         export type ErrorCode = {};\n\n{}\
         /** What to measure a map by. */\n\
         export type MeasureOptions = {{\n\
         /** Ids of the catalog's metrics; those of a few passes if left out. */ metrics?: Array<string>,\n\
         /** Boxes of the class: left, top, right and bottom in pixels of the map. */\n\
         boxes?: Array<[number, number, number, number]> }};\n",
        codes.join(" | "),
        declarations!(
            &config,
            explain::DeviceKind,
            explain::Request,
            explain::ByName,
            explain::Versus,
            explain::Explanation,
            explain::BundleName,
            explain::ImageInfo,
            peerlight_core::Crop,
            explain::TargetClass,
            explain::PeerMap,
            explain::Map,
            explain::RawMap,
            explain::Prediction,
            explain::Region,
            explain::Looks,
            explain::Trust,
            explain::TrustEstimate,
            explain::Cost,
            explain::Timing,
            onnx::NetworkInspection,
            onnx::OwnPeer,
            onnx::NetworkInfo,
            onnx::LayerInfo,
            onnx::Preset,
            metrics::Measures,
            metrics::Figure,
            metrics::Curve,
            metrics::Sanity,
            metrics::Depth,
            metrics::WhatIf,
            metrics::RegionAt,
            metrics::Replacement,
            metrics::WhatIfResult,
            metrics::PeerAnswer,
            metrics::Answer,
            metrics::RegionEffects,
            metrics::Patch,
            explain::BundleInfo,
            explain::PeerInfo,
            peerlight_core::Preprocess,
            peerlight_core::Framing,
            metrics::Catalog,
            explain::Named,
            explain::Meta,
            explain::Family,
            explain::TargetLayer,
            explain::SettingEntry,
            explain::Choice,
            metrics::Meta,
            metrics::Better,
            metrics::Masking,
            metrics::MaskingEntry,
            explain::ColorEntry,
            peerlight_core::OverlayStyle,
            explain::ErrorEntry,
        )
    )
}

#[test]
fn declarations_name_every_code_and_type() {
    let types = types();
    if let Some(path) = std::env::var_os("PEERLIGHT_TYPES") {
        fs::write(path, &types).unwrap();
    }
    for code in CODES {
        assert!(types.contains(&format!("'{}'", code.id())), "{code}");
    }
    for name in ["Explanation", "Request", "Setting", "Method", "Metric", "Catalog", "Masking", "Color"] {
        assert!(types.contains(&format!("export type {name} = ")), "{name} in\n{types}");
    }
    assert!(!types.contains("bigint"), "whole numbers are numbers in JSON:\n{types}");
}
