//! What agreement is worth, as text, CSV and HTML.

use std::fmt::Write;

use peerlight_core::Result;
use peerlight_explain::statistic;
use peerlight_metrics::{AgreementReport, AgreementRow, Images, Measure, Tenth};

use super::csv::{cell, lines};
use crate::html::escaped;

/// The questions, in words.
const QUESTIONS: [(&str, &str); 7] = [
    ("Q1", "Is the map's brightest place on the object?"),
    ("Q2", "Does agreement add to what is known without it? (target as Q1; ten-fold logistic regression)"),
    ("Q3", "Is the answer right?"),
    ("Q4", "Is the map faithful? Rank correlation with the drop, half of the pixels kept"),
    ("Q5", "What does one region's correlation say?"),
    ("Q6", "How well are hit rates foretold?"),
    ("Q7", "Is the joint map better placed than one network's, and does it explain their joint decision better?"),
];

/// What must stand beside every such figure.
const LIMITS: &str = "Boxes say where people see the object, not what a network uses. Agreement foretells where a map \
    lies on images like these; it is no proof that the map or the answer is right.";

fn name(row: &AgreementRow) -> String {
    let called = |id: &str| statistic(id).map_or(id.to_owned(), |statistic| statistic.meta().name.to_owned());
    match row.measure {
        Measure::AurocDifference if row.question != "Q2" => format!(
            "{} minus {}",
            called(&row.of),
            row.against.as_deref().map(called).unwrap_or_default().to_lowercase()
        ),
        Measure::AurocDifference => format!("{}, minus without the last", row.of),
        _ => match &row.against {
            Some(against) => format!("{}; {against}", called(&row.of)),
            None => called(&row.of),
        },
    }
}

fn digits(row: &AgreementRow) -> usize {
    if row.of.ends_with("mean probability") { 1 } else { 3 }
}

fn figure(row: &AgreementRow) -> String {
    let digits = digits(row);
    let Some(value) = row.value else { return "-".into() };
    let range = row.ci.map(|[low, high]| format!(" ({low:.digits$} to {high:.digits$})")).unwrap_or_default();
    format!("{value:.digits$}{range}")
}

fn images(row: &AgreementRow) -> String {
    let what = if row.question == "Q5" { "regions" } else { "images" };
    let small = if row.images == Images::Small { ", boxes cover at most half" } else { "" };
    let positives = row.positives.map(|positives| format!(", {positives} with the target")).unwrap_or_default();
    format!("{} {what}{small}{positives}", row.count)
}

fn measure(row: &AgreementRow) -> &'static str {
    match row.measure {
        Measure::Auroc => "AUROC",
        Measure::AurocDifference => "AUROC, difference",
        Measure::Spearman => "Spearman",
        Measure::CalibrationError => "calibration error",
        Measure::Difference => "difference",
        Measure::Mean => "mean",
    }
}

/// The joint map's figures, and how it compares with each network's own.
pub fn table(report: &AgreementReport) -> String {
    let mut text = String::from("\nWhat agreement is worth (the joint map; all figures are in report.json)\n");
    for (id, question) in QUESTIONS {
        let own = report.rows.iter().filter(|row| row.question == id && (row.map == "joint" || id == "Q7"));
        let mut told = String::new();
        for row in own {
            let head = format!("{id} {question}\n  {}\n", images(row));
            if told != head {
                text += &head;
                told = head;
            }
            let map = if id == "Q7" { format!("{}: ", row.map) } else { String::new() };
            let _ = writeln!(text, "    {map}{}: {} {}", name(row), measure(row), figure(row));
        }
    }
    text + "\n" + LIMITS + "\n"
}

/// A line for each figure, then one for each tenth.
///
/// # Errors
/// As [`lines`].
pub fn csv(report: &AgreementReport) -> Result<String> {
    let head = [
        "question",
        "method",
        "map",
        "images",
        "of",
        "against",
        "measure",
        "value",
        "ci_low",
        "ci_high",
        "count",
        "positives",
    ];
    let small = |images: Images| if images == Images::Small { "small" } else { "all" };
    let figures = report.rows.iter().map(|row| {
        let ci = |end: usize| cell(row.ci.map(|ci| ci[end]));
        vec![
            row.question.clone(),
            row.method.clone(),
            row.map.clone(),
            small(row.images).into(),
            row.of.clone(),
            row.against.clone().unwrap_or_default(),
            measure(row).into(),
            cell(row.value),
            ci(0),
            ci(1),
            row.count.to_string(),
            row.positives.map_or(String::new(), |count| count.to_string()),
        ]
    });
    let tenths = report.tenths.iter().map(|tenth| {
        let [low, high] = tenth.ci.map(|end| cell(Some(end)));
        let range = format!("{} to {}", cell(Some(tenth.from)), cell(Some(tenth.to)));
        let rate = cell(Some(tenth.hits as f64 / tenth.images as f64));
        let [question, joint, small, measure] = ["Q6", "joint", "small", "hit rate"].map(String::from);
        let (images, hits) = (tenth.images.to_string(), tenth.hits.to_string());
        vec![
            question,
            tenth.method.clone(),
            joint,
            small,
            tenth.of.clone(),
            range,
            measure,
            rate,
            low,
            high,
            images,
            hits,
        ]
    });
    lines(&head, figures.chain(tenths))
}

/// A section of the HTML report: a table for each question, and reliability plots.
pub fn html(report: &AgreementReport) -> String {
    let mut html = format!("<h2>What agreement is worth</h2><p>{LIMITS}</p>");
    for (id, question) in QUESTIONS {
        let own: Vec<&AgreementRow> = report.rows.iter().filter(|row| row.question == id).collect();
        if own.is_empty() {
            continue;
        }
        let _ = write!(html, "<details{}><summary>{id}. {question}</summary>", if id == "Q1" { " open" } else { "" });
        html += "<div class=\"wide\"><table><tr><th scope=\"col\">What</th><th scope=\"col\">Map</th>\
                 <th scope=\"col\">Images</th><th scope=\"col\">Figure</th><th scope=\"col\">Value</th></tr>";
        for row in own {
            let [name, map, images] = [name(row), format!("{}, {}", row.method, row.map), images(row)].map(escaped);
            let certain =
                row.measure == Measure::AurocDifference && row.ci.is_some_and(|[low, high]| low > 0.0 || high < 0.0);
            let class = if certain { " class=\"certain\"" } else { "" };
            let _ = write!(html, "<tr><td>{name}</td><td>{map}</td><td>{images}</td><td>{}</td>", measure(row));
            let _ = write!(html, "<td{class}>{}</td></tr>", figure(row));
        }
        html += "</table></div></details>";
    }
    let mut of: Vec<(&str, &str)> =
        report.tenths.iter().map(|tenth| (tenth.method.as_str(), tenth.of.as_str())).collect();
    of.dedup();
    for (method, of) in of {
        let own: Vec<&Tenth> = report.tenths.iter().filter(|t| t.method == method && t.of == of).collect();
        html += &reliability(method, of, &own);
    }
    html
}

/// Hit rates by tenths with their intervals; with foretold rates, these lie on the diagonal where they are right.
fn reliability(method: &str, of: &str, tenths: &[&Tenth]) -> String {
    let name = statistic(of).map_or("the combined score", |statistic| statistic.meta().name);
    let (left, top, size) = (60.0, 12.0, 300.0);
    let y = |rate: f64| top + (1.0 - rate) * size;
    let mut svg = format!(
        "<h3>Hit rate by {}: {}</h3><svg role=\"img\" aria-label=\"Hit rate of each tenth of the images; report.csv \
         has the numbers\" viewBox=\"0 0 480 360\" width=\"480\">\
         <line class=\"axis\" x1=\"{left}\" x2=\"{right}\" y1=\"{bottom}\" y2=\"{bottom}\"/>\
         <line class=\"axis\" x1=\"{left}\" x2=\"{left}\" y1=\"{top}\" y2=\"{bottom}\"/>\
         <text x=\"0\" y=\"{}\">100 %</text><text x=\"0\" y=\"{bottom}\">0 %</text>",
        escaped(name.to_lowercase()),
        escaped(method),
        top + 8.0,
        right = left + size,
        bottom = top + size,
    );
    let foretold = tenths.iter().all(|tenth| tenth.foretold.is_some());
    if foretold {
        let _ = write!(
            svg,
            "<line class=\"axis\" x1=\"{left}\" x2=\"{}\" y1=\"{}\" y2=\"{top}\"/>",
            left + size,
            top + size
        );
    }
    for (i, tenth) in tenths.iter().enumerate() {
        let even = (i as f64 + 0.5) / tenths.len() as f64;
        let x = left + tenth.foretold.unwrap_or(even) * size;
        let rate = tenth.hits as f64 / tenth.images as f64;
        let [low, high] = tenth.ci.map(y);
        let _ = write!(svg, "<line class=\"range\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{high:.1}\" y2=\"{low:.1}\"/>");
        let _ = write!(
            svg,
            "<circle class=\"lead\" cx=\"{x:.1}\" cy=\"{:.1}\" r=\"4\"><title>{} of {}</title></circle>",
            y(rate),
            tenth.hits,
            tenth.images
        );
    }
    let axis = if foretold { "foretold rate, 0 to 100 %" } else { "tenths, from the lowest to the highest" };
    let _ = write!(svg, "<text x=\"{left}\" y=\"{}\">{axis}</text>", top + size + 24.0);
    svg + "</svg>"
}
