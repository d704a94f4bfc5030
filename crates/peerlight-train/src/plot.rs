//! Charts of a run as SVG: its losses, the peers' correlation, and the correlation of every region over time.

use std::fmt::Write;

use peerlight_core::COLOR_MAPS;

use crate::{
    log::{Event, Row},
    terms::LossTerms,
};

const STYLE: &str = "<style>svg{background:#fff;color:#1b1d22}text{font:12px system-ui,sans-serif;fill:currentColor}\
.axis{stroke:#99a;fill:none}polyline{fill:none;stroke-width:1.6}\
@media(prefers-color-scheme:dark){svg{background:#16181d;color:#e8e9ee}}</style>";
const COLORS: [&str; 6] = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"];
/// A line is the mean of at most this many points.
const POINTS: usize = 200;

/// A line of a chart.
struct Line {
    name: String,
    points: Vec<(f64, f64)>,
}

/// The losses of every peer over the steps. Terms that are always zero are left out.
pub fn losses(rows: &[Row]) -> String {
    let mut lines: Vec<Line> = Vec::new();
    for row in rows {
        let Event::Step(step) = &row.event else { continue };
        for peer in &step.report.peers {
            let LossTerms { cross_entropy, transfer, mutual, consistency, .. } = peer.terms;
            let terms = [
                ("cross-entropy", cross_entropy),
                ("transfer", transfer),
                ("mutual learning", mutual),
                ("masked consistency", consistency),
            ];
            for (term, value) in terms.into_iter().filter(|(term, value)| *term == "cross-entropy" || *value != 0.0) {
                let name = format!("{}, {term}", peer.id);
                let at = (row.step as f64, f64::from(value));
                match lines.iter_mut().find(|line| line.name == name) {
                    Some(line) => line.points.push(at),
                    None => lines.push(Line { name, points: vec![at] }),
                }
            }
        }
    }
    chart("Losses", &lines)
}

/// The mean correlation of the peers' maps over the steps, in training and in validation.
pub fn correlation(rows: &[Row]) -> String {
    let mut training = Line { name: "in training".into(), points: Vec::new() };
    let mut validation = Line { name: "in validation".into(), points: Vec::new() };
    for row in rows {
        let at = row.step as f64;
        match &row.event {
            Event::Step(step) => training.points.push((at, mean(&step.report.rho))),
            Event::Validation(found) => validation.points.push((at, f64::from(found.rho))),
        }
    }
    let lines = [training, validation].into_iter().filter(|line| !line.points.is_empty()).collect::<Vec<_>>();
    chart("Correlation of the peers' maps, mean over the regions", &lines)
}

/// The correlation of every region as small maps in a row, each the mean over a stretch of the run.
pub fn regions(rows: &[Row]) -> String {
    const MOMENTS: usize = 8;
    const SIZE: f64 = 110.0;
    let steps: Vec<(usize, &[f32])> = rows
        .iter()
        .filter_map(|row| match &row.event {
            Event::Step(step) => Some((row.step, step.report.rho.as_slice())),
            Event::Validation(_) => None,
        })
        .collect();
    let window = steps.len().div_ceil(MOMENTS).max(1);
    let moments: Vec<_> = steps.chunks(window).collect();
    let width = moments.len().max(1) as f64 * (SIZE + 12.0) + 12.0;
    let mut svg = head("Correlation of the peers' maps, region by region, over the run", width, SIZE + 64.0);
    for (i, moment) in moments.iter().enumerate() {
        let x = 12.0 + i as f64 * (SIZE + 12.0);
        let count = moment[0].1.len();
        let side = (count as f64).sqrt().round().max(1.0) as usize;
        let cell = SIZE / side as f64;
        for region in 0..count {
            let rho = moment.iter().map(|(_, rho)| f64::from(rho[region])).sum::<f64>() / moment.len() as f64;
            let [r, g, b] = COLOR_MAPS[0].color((rho.clamp(-1.0, 1.0) as f32 + 1.0) / 2.0);
            let (left, top) = (x + (region % side) as f64 * cell, 34.0 + (region / side) as f64 * cell);
            let _ = write!(
                svg,
                "<rect x=\"{left:.1}\" y=\"{top:.1}\" width=\"{cell:.2}\" height=\"{cell:.2}\" \
                 fill=\"rgb({r},{g},{b})\"><title>{rho:.2}</title></rect>"
            );
        }
        let all = moment.iter().map(|(_, rho)| mean(rho)).sum::<f64>() / moment.len() as f64;
        let _ = write!(
            svg,
            "<text x=\"{x}\" y=\"{}\">to step {}: {all:.2}</text>",
            SIZE + 52.0,
            moment[moment.len() - 1].0
        );
    }
    svg + "</svg>\n"
}

fn mean(values: &[f32]) -> f64 {
    values.iter().map(|&v| f64::from(v)).sum::<f64>() / values.len().max(1) as f64
}

fn head(title: &str, width: f64, height: f64) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
         height=\"{height}\"><title>{title}</title>{STYLE}<text x=\"12\" y=\"20\">{title}</text>"
    )
}

fn chart(title: &str, lines: &[Line]) -> String {
    let (width, height) = (720.0, 300.0 + 18.0 * lines.len() as f64);
    let (left, right, top, bottom) = (60.0, 700.0, 36.0, 260.0);
    let lines: Vec<(&str, Vec<(f64, f64)>)> =
        lines.iter().map(|line| (line.name.as_str(), thinned(&line.points))).collect();
    let all = || lines.iter().flat_map(|(_, points)| points);
    let range = |of: &dyn Fn(&(f64, f64)) -> f64| {
        let low = all().map(of).fold(f64::INFINITY, f64::min);
        let high = all().map(of).fold(f64::NEG_INFINITY, f64::max);
        if low < high { (low, high) } else { (low.min(0.0), low.max(0.0) + 1.0) }
    };
    let mut svg = head(title, width, height);
    if all().next().is_none() {
        return svg + "</svg>\n";
    }
    let ((x0, x1), (y0, y1)) = (range(&|p| p.0), range(&|p| p.1));
    let x = |v: f64| left + (v - x0) / (x1 - x0) * (right - left);
    let y = |v: f64| bottom - (v - y0) / (y1 - y0) * (bottom - top);
    let _ = write!(svg, "<polyline class=\"axis\" points=\"{left},{top} {left},{bottom} {right},{bottom}\"/>");
    for part in [0.0, 0.5, 1.0] {
        let (at_x, at_y) = (x0 + part * (x1 - x0), y0 + part * (y1 - y0));
        let _ = write!(
            svg,
            "<text x=\"{:.0}\" y=\"{}\" text-anchor=\"middle\">{at_x:.0}</text><text x=\"{}\" y=\"{:.0}\" \
             text-anchor=\"end\">{at_y:.3}</text>",
            x(at_x),
            bottom + 18.0,
            left - 6.0,
            y(at_y) + 4.0
        );
    }
    for (i, (name, points)) in lines.iter().enumerate() {
        let color = COLORS[i % COLORS.len()];
        let dash = if i < COLORS.len() { "" } else { " stroke-dasharray=\"5 3\"" };
        let path: Vec<String> = points.iter().map(|&(a, b)| format!("{:.1},{:.1}", x(a), y(b))).collect();
        let _ = write!(svg, "<polyline stroke=\"{color}\"{dash} points=\"{}\"/>", path.join(" "));
        let at = bottom + 44.0 + 18.0 * i as f64;
        let _ = write!(
            svg,
            "<polyline stroke=\"{color}\"{dash} points=\"{left},{} {},{}\"/><text x=\"{}\" y=\"{at}\">{name}</text>",
            at - 4.0,
            left + 24.0,
            at - 4.0,
            left + 32.0
        );
    }
    svg + "</svg>\n"
}

/// Means of neighboring points, so that a long run is still a line.
fn thinned(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let window = points.len().div_ceil(POINTS).max(1);
    let mean = |points: &[(f64, f64)]| {
        let sum = points.iter().fold((0.0, 0.0), |(a, b), (x, y)| (a + x, b + y));
        (sum.0 / points.len() as f64, sum.1 / points.len() as f64)
    };
    points.chunks(window).map(mean).collect()
}
