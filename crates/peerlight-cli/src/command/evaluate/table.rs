//! A run's result as a table in a terminal.

use peerlight_metrics::{FigureKey, METRICS, Masking, Meta, Report, ResultFile, Row};

use crate::left_out::counted;

/// Marks a figure that rests on the position of equal values.
pub const TIED: &str = "†";
/// The meaning of [`TIED`].
pub const TIED_NOTE: &str = "ties, kept by position: most of the pixels that the map ranks highest have equal \
    values, so their position decided \
     which were kept. The figure tells nothing about such a map, and is no control.";

/// The meaning of the marks of the best.
pub const BEST_NOTE: &str = "the best of its column, or not distinguishable from it: the 95 % interval of the \
    difference holds 0. Controls are \
     left out.";

/// A table for each explained peer, with the primary masking.
pub fn table(result: &ResultFile) -> String {
    let ResultFile { images, set, protocol, report, .. } = result;
    let masking = Masking::PRIMARY;
    let mut text = format!("{images} images of {set}, {protocol}, {masking} masking\n");
    if let Some(agreement) = report.agreement {
        let ci = report.agreement_ci.map_or(String::new(), |[low, high]| format!(", {low:.3} to {high:.3}"));
        text += &format!("agreement of the networks' maps {agreement:.3}{ci}\n");
    }
    let columns = columns(report);
    let heads: Vec<(&str, String)> = columns
        .iter()
        .map(|meta| (meta.short, format!("{} {}", meta.better.arrow(), meta.unit)))
        .chain(["passes", "ms", "blank", "NaN"].map(|cost| (cost, String::new())))
        .collect();
    let widths: Vec<usize> = heads.iter().map(|(name, _)| name.chars().count().max(7) + 1).collect();
    let first = report.rows.iter().map(|row| row.method.len()).max().unwrap_or(0).max(12);
    let line = |head: &str, cells: &mut dyn Iterator<Item = String>| {
        let cells = cells.zip(&widths).map(|(cell, &width)| format!("{cell:>width$}"));
        format!("{head:<first$}{}", cells.collect::<String>()).trim_end().to_owned() + "\n"
    };
    let mut tied = false;
    for peer in report.peers() {
        let correct = report.accuracy.get(peer).map(|fraction| format!(", correct on {:.1} %", fraction * 100.0));
        text += &format!("\n{peer}{}\n", correct.unwrap_or_default());
        text += &line("method", &mut heads.iter().map(|(name, _)| (*name).into()));
        text += &line("", &mut heads.iter().map(|(_, way)| way.clone()));
        for row in report.rows(peer, masking) {
            let figures = columns.iter().map(|meta| {
                let key = key(meta, masking);
                let best = if report.is_best(peer, key, &row.method) { "*" } else { "" };
                let value = row.figure(meta.id).value;
                let mark = value.map_or("", |_| mark(row, meta, key));
                tied |= !mark.is_empty();
                value.map_or("-".into(), |v| format!("{best}{v:.digits$}{mark}", digits = meta.digits()))
            });
            let passes = row.forward + row.partial + row.backward;
            let costs = [format!("{passes:.0}"), format!("{:.1}", row.milliseconds)];
            let counts = [row.blank, row.not_finite].map(|count| count.to_string());
            text += &line(&row.method, &mut figures.chain(costs).chain(counts));
        }
    }
    text += &format!("\n* {BEST_NOTE}\n");
    if tied {
        text += &format!("{TIED} {TIED_NOTE}\n");
    }
    if !result.skipped.is_empty() {
        // Which and why is told at the end, with all else that was left out.
        text += &format!("\n{} could not be read.\n", counted(result.skipped.len(), "image"));
    }
    text
}

/// The metrics that a report has figures of, in the order of the catalog.
pub fn columns(report: &Report) -> Vec<&'static Meta> {
    let any = |meta: &&Meta| report.rows.iter().any(|row| row.figure(meta.id).value.is_some());
    METRICS.iter().map(|metric| metric.meta()).filter(any).collect()
}

/// The key of a metric's figure in a row of this masking.
pub fn key(meta: &Meta, masking: Masking) -> FigureKey {
    FigureKey::new(meta.id, meta.masked.then_some(masking))
}

/// [`TIED`] for a figure that rests on the position of equal values, else nothing.
pub fn mark(row: &Row, meta: &Meta, key: FigureKey) -> &'static str {
    if row.is_tied() && meta.by_order(key.masking) { TIED } else { "" }
}
