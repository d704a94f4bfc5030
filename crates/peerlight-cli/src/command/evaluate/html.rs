//! A run's result as a page of its own: tables, plots and maps, with nothing to load.

mod maps;
mod plots;
mod tables;

use std::fmt::Write;

use peerlight_explain::{Family, Request, explainer};
use peerlight_metrics::{Estimate, Masking, ResultFile};

pub use self::maps::{Shown, square_jpeg};
use super::{
    agreement,
    table::{BEST_NOTE, TIED, TIED_NOTE, columns},
};
use crate::{
    html::{escaped, list},
    left_out::Entry,
};

const STYLE: &str = include_str!("report.css");

/// The whole page.
pub fn page(result: &ResultFile, shown: &[Shown], left_out: &[Entry]) -> String {
    let report = &result.report;
    let mut html = head(result);
    for peer in report.peers() {
        let _ = write!(html, "<h2>Explaining {}</h2>", escaped(peer));
        html += &tables::figures(report, peer);
        html += &tables::differences(report, peer);
        html += &tables::other_maskings(report, peer);
        let rows: Vec<_> = report.rows(peer, Masking::PRIMARY).collect();
        for meta in columns(report).into_iter().filter(|meta| meta.masked).take(1) {
            html += &plots::bars(&rows, meta);
        }
        for meta in columns(report) {
            html += &plots::curves(report, peer, meta);
        }
    }
    if let Some(worth) = &result.agreement_worth {
        html += &agreement::html(worth);
    }
    html += &glossary(result);
    html += &list(left_out);
    html += &maps::section(shown);
    html + "</html>\n"
}

fn head(result: &ResultFile) -> String {
    let report = &result.report;
    let mut html = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>Peerlight: \
             {set}</title><style>{STYLE}</style><h1>How faithful are the maps?</h1>\
         <p>{count} images of {set}; protocol {protocol}; weights {bundle} ({sha}); {device}; seed {seed}.</p>\
         <p>A score describes how a map fares with this network on these images. No score proves that an \
         explanation is right. Ranges are 95&nbsp;% bootstrap intervals over the images. Arrows point the better \
         way.</p><ul>",
        set = escaped(&result.set),
        count = result.images,
        protocol = escaped(&result.protocol),
        bundle = escaped(&result.bundle),
        sha = escaped(result.bundle_sha256.chars().take(12).collect::<String>()),
        device = escaped(&result.device),
        seed = result.seed,
    );
    if report.agreement.is_some() {
        let agreement = Estimate { value: report.agreement, ci: report.agreement_ci };
        let shown = tables::estimate(agreement, 3);
        let _ =
            write!(html, "<li>Agreement of the networks' maps, the mean correlation over the regions: {shown}</li>");
    }
    for (peer, fraction) in &report.accuracy {
        let _ = write!(html, "<li>Accuracy of {}: {:.1}&nbsp;%</li>", escaped(peer), fraction * 100.0);
    }
    let _ = write!(html, "</ul><p><span class=\"best\">Green</span>: {BEST_NOTE}</p><p>{TIED}: {TIED_NOTE}</p>");
    html
}

/// What each metric tells, from the catalog.
fn glossary(result: &ResultFile) -> String {
    let mut html = String::from("<h2>What the scores tell</h2><dl>");
    for meta in columns(&result.report) {
        let [label, help, paper] = [&meta.label(), meta.help, meta.paper].map(escaped);
        let _ = write!(html, "<dt>{label}</dt><dd>{help}<br><cite>{paper}</cite></dd>");
    }
    for masking in Masking::ALL.map(Masking::entry) {
        let _ = write!(html, "<dt>{} ({})</dt><dd>{}</dd>", masking.name, masking.id, masking.help);
    }
    html + "</dl>"
}

/// A method in a report: its name for people with its settings, and whether it is a control.
struct Named {
    name: String,
    control: bool,
}

impl Named {
    fn of(spec: &str) -> Self {
        let plain = Self { name: spec.into(), control: false };
        let Ok(request) = spec.parse::<Request>() else { return plain };
        let Ok(method) = explainer(&request.method) else { return plain };
        let settings = spec.strip_prefix(request.method.as_str()).unwrap_or_default().replace(':', ", ");
        Self { name: method.meta().name.to_owned() + &settings, control: method.meta().family == Family::Control }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_have_their_names_and_settings() {
        let named = Named::of("score-cam:channels=64");
        assert_eq!((named.name.as_str(), named.control), ("Score-CAM, channels=64", false));
        assert!(Named::of("control-ones").control);
        assert_eq!(Named::of("of-another-version").name, "of-another-version");
    }
}
