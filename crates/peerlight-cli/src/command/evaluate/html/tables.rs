//! The tables of a report: figures, differences, and the figures of other maskings.

use std::fmt::Write;

use peerlight_metrics::{Boxes, Estimate, FigureKey, Masking, Meta, Paired, Report, Row};

use super::Named;
use crate::{
    command::evaluate::table::{columns, key, mark},
    html::escaped,
};

/// A figure with its interval.
pub fn estimate(Estimate { value, ci }: Estimate, digits: usize) -> String {
    let Some(value) = value else { return "-".into() };
    let range = ci.map(|[low, high]| format!(" <small>{low:.digits$} to {high:.digits$}</small>"));
    format!("{value:.digits$}{}", range.unwrap_or_default())
}

/// Every figure of a peer's methods, under the primary masking.
pub fn figures(report: &Report, peer: &str) -> String {
    let mut keys = Vec::new();
    for meta in columns(report) {
        let key = key(meta, Masking::PRIMARY);
        let small = FigureKey { boxes: Boxes::Small, ..key };
        keys.push((meta, key));
        keys.extend(report.rows.iter().any(|row| row.figures.contains_key(&small)).then_some((meta, small)));
    }
    table(report, peer, Masking::PRIMARY, &keys, true)
}

/// The figures that mask the image, under each of the other maskings.
pub fn other_maskings(report: &Report, peer: &str) -> String {
    let metas: Vec<_> = columns(report).into_iter().filter(|meta| meta.masked).collect();
    if metas.is_empty() {
        return String::new();
    }
    let others = Masking::ALL.into_iter().filter(|masking| *masking != Masking::PRIMARY);
    let tables = others.map(|masking| {
        let keys: Vec<_> = metas.iter().map(|meta| (*meta, key(meta, masking))).collect();
        table(report, peer, masking, &keys, false)
    });
    format!("<details><summary>Other maskings</summary>{}</details>", tables.collect::<String>())
}

fn table(report: &Report, peer: &str, masking: Masking, keys: &[(&Meta, FigureKey)], costs: bool) -> String {
    let entry = masking.entry();
    let mut html = format!(
        "<div class=\"wide\"><table><caption>{} ({})</caption><tr><th scope=\"col\">Method</th>",
        entry.name, entry.id
    );
    keys.iter().for_each(|(meta, key)| html += &head(meta, *key));
    if costs {
        for (head, title) in [
            ("Forward", "Passes from the image"),
            ("Partial", "Passes from a cut point"),
            ("Backward", "Backward passes"),
            ("ms", "Milliseconds per map"),
            ("Blank", "Maps with nothing to show"),
            ("NaN", "Maps that were blank because of NaN or infinity"),
        ] {
            let _ = write!(html, "<th scope=\"col\" title=\"{title}\">{head}</th>");
        }
    }
    html += "</tr>";
    for row in report.rows(peer, masking) {
        let Named { name, control } = Named::of(&row.method);
        let class = if control { " class=\"control\"" } else { "" };
        let _ = write!(html, "<tr{class}><td title=\"{}\">{}</td>", escaped(&row.method), escaped(name));
        for (meta, key) in keys {
            html += &cell(report, peer, row, meta, *key);
        }
        if costs {
            let Row { forward, partial, backward, milliseconds, blank, not_finite, .. } = row;
            let _ = write!(html, "<td>{forward:.0}</td><td>{partial:.0}</td><td>{backward:.0}</td>");
            let _ = write!(html, "<td>{milliseconds:.1}</td><td>{blank}</td><td>{not_finite}</td>");
        }
        html += "</tr>";
    }
    html + "</table></div>"
}

fn head(meta: &Meta, key: FigureKey) -> String {
    let small = if key.boxes == Boxes::Small { ", small boxes" } else { "" };
    let unit = if meta.unit.is_empty() { String::new() } else { format!(", {}", meta.unit) };
    let name = escaped(format!("{}{small}{unit} {}", meta.name, meta.better.arrow()));
    format!("<th scope=\"col\" title=\"{}\">{name}</th>", escaped(meta.help))
}

fn cell(report: &Report, peer: &str, row: &Row, meta: &Meta, key: FigureKey) -> String {
    let figure = row.figures.get(&FigureKey { masking: None, ..key }).copied().unwrap_or_default();
    let best = if report.is_best(peer, key, &row.method) { " class=\"best\"" } else { "" };
    let mark = figure.value.map_or("", |_| mark(row, meta, key));
    format!("<td{best}>{mark}{}</td>", estimate(figure, meta.digits()))
}

/// How much the first method is above each of the others.
pub fn differences(report: &Report, peer: &str) -> String {
    let own: Vec<&Paired> = report.paired.iter().filter(|pair| pair.explained == peer).collect();
    let Some(first) = own.first() else { return String::new() };
    let metas: Vec<_> = columns(report).into_iter().map(|meta| (meta, key(meta, Masking::PRIMARY))).collect();
    let mut html = format!(
        "<div class=\"wide\"><table><caption>{} minus each other method, on the same images; bold where the interval \
         excludes 0</caption><tr><th scope=\"col\">Method</th>",
        escaped(Named::of(&first.a).name)
    );
    metas.iter().for_each(|(meta, key)| html += &head(meta, *key));
    html += "</tr>";
    for row in report.rows(peer, Masking::PRIMARY).filter(|row| row.method != first.a) {
        let Named { name, control } = Named::of(&row.method);
        let class = if control { " class=\"control\"" } else { "" };
        let _ = write!(html, "<tr{class}><td>{}</td>", escaped(name));
        for (meta, key) in &metas {
            html += &match report.difference(peer, *key, &row.method) {
                None => "<td>-</td>".into(),
                Some(pair) => difference(pair, meta.digits(), mark(row, meta, *key)),
            };
        }
        html += "</tr>";
    }
    html + "</table></div>"
}

fn difference(Paired { difference, ci, .. }: &Paired, digits: usize, mark: &str) -> String {
    let certain = ci.is_some_and(|[low, high]| low > 0.0 || high < 0.0);
    let class = if certain { " class=\"certain\"" } else { "" };
    let range = ci.map(|[low, high]| format!(" <small>{low:+.digits$} to {high:+.digits$}</small>"));
    format!("<td{class}>{mark}{difference:+.digits$}{}</td>", range.unwrap_or_default())
}
