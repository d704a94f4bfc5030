//! The report as a page of its own: tables, plots and a gallery, with nothing to load.

use std::fmt::Write;

use base64::{Engine, engine::general_purpose::STANDARD};
use peerlight_metrics::Row;

use super::result::{Result, figure, interval};

/// A map of the gallery.
pub struct Shown {
    pub image: String,
    pub method: String,
    pub png: Vec<u8>,
}

const STYLE: &str = "
:root { color-scheme: light dark; --ink: #1b1d22; --soft: #667; --line: #d5d7de; --paper: #fff; --mark: #0b6; --lead: #0057d8; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8e9ee; --soft: #9aa; --line: #3a3d46; --paper: #16181d; --mark: #3d9; --lead: #7fb0ff; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); margin: 2rem auto; padding: 0 1rem; max-width: 75rem; }
.wide { overflow-x: auto; } table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .25rem .6rem; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; }
th:first-child, td:first-child { text-align: left; } td small { color: var(--soft); } .best { color: var(--mark); font-weight: 600; }
svg { max-width: 100%; height: auto; } svg text { fill: var(--ink); font: 12px system-ui, sans-serif; }
.axis { stroke: var(--line); } .bar { fill: var(--soft); } .lead { fill: var(--lead); } .range { stroke: var(--ink); stroke-width: 1.5; }
polyline { fill: none; stroke: var(--soft); stroke-width: 1.2; } polyline.first { stroke: var(--lead); stroke-width: 2.5; }
figure { margin: 0; } .gallery { display: grid; grid-template-columns: repeat(auto-fill, minmax(11rem, 1fr)); gap: 1rem; } .gallery img { width: 100%; }
figcaption { color: var(--soft); font-size: .85em; overflow-wrap: anywhere; }";

/// The whole page.
pub fn page(result: &Result, shown: &[Shown]) -> String {
    let mut html = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>Peerlight: {set}</title><style>{STYLE}</style><h1>How faithful are the maps?</h1>\
         <p>{count} images of {set}; protocol {protocol}; weights {bundle} ({sha}); {device}; seed {seed}. \
         Intervals are 95% bootstrap intervals over the images. A figure says how a map treats this network on these \
         images; no figure proves that an explanation is right.</p>",
        set = escaped(&result.set),
        count = result.images,
        protocol = result.protocol,
        bundle = escaped(&result.bundle),
        sha = &result.bundle_sha256[..12.min(result.bundle_sha256.len())],
        device = escaped(&result.device),
        seed = result.seed,
    );
    for peer in result.peers() {
        let rows: Vec<&Row> = result.rows(peer).collect();
        let _ = write!(html, "<h2>{}</h2>", escaped(peer));
        if let Some(accuracy) = result.report.accuracy.get(peer) {
            let _ = write!(html, "<p>Its likeliest class is right on {:.1}% of the images.</p>", accuracy * 100.0);
        }
        html += &table(result, &rows);
        html += &drops(&rows);
        for (metric, title) in [("insertion", "Insertion"), ("deletion", "Deletion")] {
            html += &curves(result, peer, metric, title);
        }
    }
    if !result.skipped.is_empty() {
        html += "<h2>Images that could not be read</h2><ul>";
        for (image, why) in &result.skipped {
            let _ = write!(html, "<li>{}: {}</li>", escaped(image), escaped(why));
        }
        html += "</ul>";
    }
    if !shown.is_empty() {
        html += "<h2>Maps</h2><div class=\"gallery\">";
        for Shown { image, method, png } in shown {
            let (image, method) = (escaped(image), escaped(method));
            let _ = write!(
                html,
                "<figure><img alt=\"{method} of {image}\" src=\"data:image/png;base64,{}\"><figcaption>{method}, {image}</figcaption></figure>",
                STANDARD.encode(png)
            );
        }
        html += "</div>";
    }
    html + "</html>\n"
}

fn table(result: &Result, rows: &[&Row]) -> String {
    let columns = result.columns();
    let mut html = String::from(
        "<div class=\"wide\"><table><caption>Half of the pixels kept (top50)</caption><tr><th>method</th>",
    );
    columns.iter().for_each(|(_, head, _)| html += &format!("<th>{head}</th>"));
    html += "<th>forward</th><th>partial</th><th>back</th><th>ms</th><th>blank</th></tr>";
    for row in rows {
        let _ = write!(html, "<tr><td>{}</td>", escaped(&row.method));
        for (key, _, digits) in &columns {
            let value = figure(row, key);
            let best = if value.is_some() && value == result.best(rows, key) { " class=\"best\"" } else { "" };
            let shown = value.map_or("-".into(), |v| format!("{v:.digits$}"));
            let ends = interval(row, key)
                .map_or(String::new(), |[low, high]| format!(" <small>{low:.digits$} to {high:.digits$}</small>"));
            let _ = write!(html, "<td{best}>{shown}{ends}</td>");
        }
        let Row { forward, partial, backward, milliseconds, blank, .. } = row;
        let _ = write!(
            html,
            "<td>{forward:.0}</td><td>{partial:.0}</td><td>{backward:.0}</td><td>{milliseconds:.1}</td><td>{blank}</td></tr>"
        );
    }
    html + "</table></div>"
}

/// A bar for each method's average drop, with its interval.
fn drops(rows: &[&Row]) -> String {
    let rows: Vec<_> = rows.iter().filter_map(|row| Some((row, figure(row, "average_drop")?))).collect();
    let most = rows
        .iter()
        .map(|(row, drop)| interval(row, "average_drop").map_or(*drop, |[_, high]| high))
        .fold(1.0, f64::max);
    let (left, width, step) = (260.0, 520.0, 22.0);
    let height = rows.len() as f64 * step + 30.0;
    let mut svg = format!(
        "<h3>Average drop, lower is better</h3><svg role=\"img\" aria-label=\"Average drop of each method; the table has the figures\" viewBox=\"0 0 860 {height}\" width=\"860\">"
    );
    for (i, (row, drop)) in rows.iter().enumerate() {
        let (y, x) = (i as f64 * step, |v: f64| left + v / most * width);
        let class = if i == 0 { "lead" } else { "bar" };
        let _ = write!(
            svg,
            "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text><rect class=\"{class}\" x=\"{left}\" y=\"{}\" width=\"{:.1}\" height=\"14\" opacity=\".75\"/>",
            left - 8.0,
            y + 15.0,
            escaped(&row.method),
            y + 4.0,
            x(*drop) - left
        );
        if let Some([low, high]) = interval(row, "average_drop") {
            let middle = y + 11.0;
            let _ = write!(
                svg,
                "<line class=\"range\" x1=\"{:.1}\" x2=\"{:.1}\" y1=\"{middle}\" y2=\"{middle}\"/>",
                x(low),
                x(high)
            );
        }
        let _ = write!(svg, "<text x=\"{}\" y=\"{}\">{drop:.1} %</text>", left + width + 12.0, y + 15.0);
    }
    svg + "</svg>"
}

/// The mean curves of a metric; the first method's is emphasised.
fn curves(result: &Result, peer: &str, metric: &str, title: &str) -> String {
    let own: Vec<_> = result.report.curves.iter().filter(|c| c.explained == peer && c.metric == metric).collect();
    if own.is_empty() {
        return String::new();
    }
    let (width, height, left) = (560.0, 300.0, 40.0);
    let most = own.iter().flat_map(|c| &c.y).copied().fold(0.1, f64::max);
    let mut svg = format!(
        "<h3>{title}: mean probability of the class</h3><svg role=\"img\" aria-label=\"{title} curves; the table has the areas\" viewBox=\"0 0 860 340\" width=\"860\">\
         <line class=\"axis\" x1=\"{left}\" x2=\"{}\" y1=\"{height}\" y2=\"{height}\"/><line class=\"axis\" x1=\"{left}\" x2=\"{left}\" y1=\"0\" y2=\"{height}\"/>\
         <text x=\"{left}\" y=\"320\">0 % of the pixels</text><text x=\"{}\" y=\"320\" text-anchor=\"end\">100 %</text><text x=\"0\" y=\"12\">{most:.2}</text>",
        left + width,
        left + width
    );
    for (i, curve) in own.iter().enumerate().rev() {
        let steps = (curve.y.len().max(2) - 1) as f64;
        let points: Vec<String> = (0..)
            .zip(&curve.y)
            .map(|(k, y)| {
                format!("{:.1},{:.1}", left + f64::from(k) / steps * width, height - y / most * (height - 12.0))
            })
            .collect();
        let class = if i == 0 { " class=\"first\"" } else { "" };
        let dash =
            if i == 0 { String::new() } else { format!(" stroke-dasharray=\"{} {}\"", 2 + i % 4 * 3, 2 + i / 4) };
        let _ = write!(svg, "<polyline{class}{dash} points=\"{}\"/>", points.join(" "));
        let y = 14.0 + i as f64 * 15.0;
        let _ = write!(
            svg,
            "<polyline{class}{dash} points=\"620,{0} 650,{0}\"/><text x=\"658\" y=\"{1}\">{2}</text>",
            y - 4.0,
            y,
            escaped(&curve.method)
        );
    }
    svg + "</svg>"
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_break_out_of_the_page() {
        assert_eq!(escaped("<a b=\"c\">&"), "&lt;a b=&quot;c&quot;&gt;&amp;");
    }
}
