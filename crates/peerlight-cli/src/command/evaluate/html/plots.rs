//! The plots of a report, as SVG.

use std::fmt::Write;

use peerlight_metrics::{Meta, Report, Row};

use super::Named;
use crate::html::escaped;

/// A bar for each method's figure, with its interval.
pub fn bars(rows: &[&Row], meta: &Meta) -> String {
    let rows: Vec<_> = rows
        .iter()
        .filter_map(|row| Some((row.method.as_str(), row.figure(meta.id).value?, row.figure(meta.id).ci)))
        .collect();
    let most = rows.iter().map(|(_, value, ci)| ci.map_or(*value, |[_, high]| high)).fold(1.0, f64::max);
    let (left, width, step) = (260.0, 520.0, 22.0);
    let height = rows.len() as f64 * step + 30.0;
    let x = |v: f64| left + v / most * width;
    let mut svg = format!(
        "<h3>{label}</h3><svg role=\"img\" aria-label=\"{name} of each method; the table has the numbers\" \
         viewBox=\"0 0 860 {height}\" width=\"860\">",
        label = escaped(meta.label()),
        name = escaped(meta.name),
    );
    for (i, (method, value, ci)) in rows.iter().enumerate() {
        let y = i as f64 * step;
        let class = if i == 0 { "lead" } else { "bar" };
        let name = escaped(Named::of(method).name);
        let _ = write!(svg, "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{name}</text>", left - 8.0, y + 15.0);
        let _ = write!(
            svg,
            "<rect class=\"{class}\" x=\"{left}\" y=\"{}\" width=\"{:.1}\" height=\"14\" opacity=\".75\"/>",
            y + 4.0,
            x(*value) - left
        );
        if let Some([low, high]) = ci {
            let (low, high, middle) = (x(*low), x(*high), y + 11.0);
            let _ =
                write!(svg, "<line class=\"range\" x1=\"{low:.1}\" x2=\"{high:.1}\" y1=\"{middle}\" y2=\"{middle}\"/>");
        }
        let _ = write!(
            svg,
            "<text x=\"{}\" y=\"{}\">{value:.digits$} {}</text>",
            left + width + 12.0,
            y + 15.0,
            meta.unit,
            digits = meta.digits()
        );
    }
    svg + "</svg>"
}

/// The mean curves of a metric; the first method's is emphasized.
pub fn curves(report: &Report, peer: &str, meta: &Meta) -> String {
    let own: Vec<_> = report.curves.iter().filter(|c| c.explained == peer && c.metric == meta.id).collect();
    if own.is_empty() {
        return String::new();
    }
    let (width, height, left) = (560.0, 300.0, 40.0);
    let right = left + width;
    let most = own.iter().flat_map(|c| &c.y).copied().fold(0.1, f64::max);
    let mut svg = format!(
        "<h3>{label}: mean probability of the class</h3><svg role=\"img\" \
         aria-label=\"{name} curves; the table has the areas\" viewBox=\"0 0 860 340\" width=\"860\">\
         <line class=\"axis\" x1=\"{left}\" x2=\"{right}\" y1=\"{height}\" y2=\"{height}\"/>\
         <line class=\"axis\" x1=\"{left}\" x2=\"{left}\" y1=\"0\" y2=\"{height}\"/>\
         <text x=\"{left}\" y=\"320\">0 % of the pixels</text>\
         <text x=\"{right}\" y=\"320\" text-anchor=\"end\">100 %</text><text x=\"0\" y=\"12\">{most:.2}</text>",
        label = escaped(meta.label()),
        name = escaped(meta.name),
    );
    for (i, curve) in own.iter().enumerate().rev() {
        let steps = (curve.y.len().max(2) - 1) as f64;
        let point = |(k, y): (i32, &f64)| {
            format!("{:.1},{:.1}", left + f64::from(k) / steps * width, height - y / most * (height - 12.0))
        };
        let points: Vec<String> = (0..).zip(&curve.y).map(point).collect();
        let style = match i {
            0 => " class=\"first\"".into(),
            _ => format!(" stroke-dasharray=\"{} {}\"", 2 + i % 4 * 3, 2 + i / 4),
        };
        let y = 14.0 + i as f64 * 15.0;
        let _ = write!(svg, "<polyline{style} points=\"{}\"/>", points.join(" "));
        let _ = write!(svg, "<polyline{style} points=\"620,{0} 650,{0}\"/>", y - 4.0);
        let _ = write!(svg, "<text x=\"658\" y=\"{y}\">{}</text>", escaped(Named::of(&curve.method).name));
    }
    svg + "</svg>"
}
