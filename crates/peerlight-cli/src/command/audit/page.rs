//! What an audit found, as text, CSV and a contact sheet.

use std::{collections::HashMap, fmt::Write};

use base64::{Engine, engine::general_purpose::STANDARD};
use peerlight_core::{Framing, Result};
use peerlight_explain::{Map, Request, Session, statistic};

use super::{Audited, Finding, heat};
use crate::{
    command::evaluate::{cell, lines, square_jpeg},
    decode::decode,
    files,
    html::escaped,
    images::Listed,
    left_out::counted,
    table::cell as plain,
    terminal::Terminal,
};

/// What must stand beside every find.
pub const LIMITS: &str = "A low rank is a suspicion and no proof: look at the image. A mistake that all networks \
    learned alike is invisible here. Networks may also look at different parts of the same object.";

const STYLE: &str = include_str!("../evaluate/report.css");

/// An image on the sheet: what the networks saw, and each network's map over it, as JPEG.
pub struct Shown {
    seen: Vec<u8>,
    maps: Vec<(String, Vec<u8>)>,
}

/// Explains the images of the sheet again, since maps are not kept.
pub fn shown(session: &Session, request: &Request, ranked: &[Finding], listed: &[Listed]) -> Result<Vec<Shown>> {
    let paths: HashMap<&str, &Listed> = listed.iter().map(|image| (image.name.as_str(), image)).collect();
    let progress = Terminal::quiet();
    let mut all = Vec::new();
    for found in ranked {
        let image = decode(&files::read_image(&paths[found.image.as_str()].path)?)?;
        let pass = pollster::block_on(session.forward(&image, Framing::default(), &progress))?;
        let made = pollster::block_on(session.explain_maps(&pass, request, &progress))?;
        let crop = made.image.crop;
        let own = |map: &Map| square_jpeg(&image, crop, Some((&map.values, made.side)));
        let maps = made.peers.iter().map(|peer| Ok((peer.name.clone(), own(&peer.map)?))).collect::<Result<_>>()?;
        all.push(Shown { seen: square_jpeg(&image, crop, None)?, maps });
    }
    Ok(all)
}

fn value(audited: &Audited, found: &Finding) -> f64 {
    found.statistics.get(&audited.by).copied().unwrap_or(0.0)
}

fn name(audited: &Audited) -> String {
    statistic(&audited.by).map_or(audited.by.clone(), |statistic| statistic.meta().name.to_owned())
}

/// The first twenty images, the first ten classes, and the heatmap.
pub fn table(audited: &Audited) -> String {
    let Audited { images, different_answers, ranked, classes, .. } = audited;
    let mut text = format!(
        "{}; on {} all networks give the same answer, on {different_answers} they do not\n\nSame answer, \
         least agreement first ({}):\n",
        counted(*images, "image"),
        ranked.len(),
        name(audited)
    );
    for found in ranked.iter().take(20) {
        let _ = writeln!(text, "{:>7.3}  {}  {}", value(audited, found), found.image, found.answers[0]);
    }
    text += "\nBy answer: images, those in the least agreeing tenth, mean\n";
    for class in classes.iter().take(10) {
        let _ = writeln!(text, "{:>7}{:>7}{:>8.3}  {}", class.images, class.suspicious, class.mean, class.class);
    }
    text += "\nWhere in the frame the least agreeing tenth differs more than the others (9: most):\n";
    text + &heat::text(&audited.heat) + "\n" + LIMITS + "\n"
}

/// A line for each ranked image.
///
/// # Errors
/// None that a caller could mend.
pub fn csv(audited: &Audited) -> Result<String> {
    let ids: Vec<&String> = audited
        .ranked
        .iter()
        .flat_map(|found| found.statistics.keys())
        .collect::<std::collections::BTreeSet<_>>()
        .into_iter()
        .collect();
    let head = ["rank", "image", "answer", "probabilities"].map(String::from).into_iter();
    let head: Vec<String> = head.chain(ids.iter().map(|id| (*id).clone())).chain(["brightest".into()]).collect();
    let rows = audited.ranked.iter().enumerate().map(|(place, found)| {
        let join = |values: Vec<String>| values.join(" ");
        let probabilities = join(found.probabilities.iter().map(|p| cell(Some(f64::from(*p)))).collect());
        let mut line = vec![(place + 1).to_string(), plain(&found.image), plain(&found.answers[0]), probabilities];
        line.extend(ids.iter().map(|id| cell(found.statistics.get(*id).copied())));
        line.push(join(found.brightest.iter().map(|[x, y]| format!("{x:.3},{y:.3}")).collect()));
        line
    });
    lines(&head, rows)
}

/// The contact sheet.
pub fn html(audited: &Audited, shown: &[Shown]) -> String {
    let by = name(audited);
    let mut html = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\">\
         <title>Peerlight: audit</title><style>{STYLE}</style><h1>Same answer, different reasons?</h1>\
         <p>{}; on {} all networks of {} give the same answer, on {} they do not. The first are ranked by how \
         little the networks' maps agree: {}.</p><p>{LIMITS}</p><h2>Where in the frame</h2><p>Darker: the maps of the \
         least agreeing tenth differ here more than those of the other images. A mark that always lies in one place \
         shows as one cell.</p>{}<h2>By answer</h2><div class=\"wide\"><table><tr><th scope=\"col\">Answer</th>\
         <th scope=\"col\">Images</th><th scope=\"col\">In the least agreeing tenth</th>\
         <th scope=\"col\">Mean</th></tr>",
        counted(audited.images, "image"),
        audited.ranked.len(),
        escaped(&audited.bundle),
        audited.different_answers,
        escaped(by.to_lowercase()),
        heat::svg(&audited.heat),
    );
    for class in audited.classes.iter().take(100) {
        let _ = write!(
            html,
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{:.3}</td></tr>",
            escaped(&class.class),
            class.images,
            class.suspicious,
            class.mean
        );
    }
    html += "</table></div><h2>Contact sheet</h2><div class=\"wide\"><table class=\"maps\"><tr><th scope=\"col\">Image\
             </th><th scope=\"col\">What the networks see</th>";
    for (name, _) in shown.first().map(|shown| shown.maps.as_slice()).unwrap_or_default() {
        let _ = write!(html, "<th scope=\"col\">{}</th>", escaped(name));
    }
    html += "</tr>";
    for (place, (found, Shown { seen, maps })) in audited.ranked.iter().zip(shown).enumerate() {
        let (image, answer) = (escaped(&found.image), escaped(&found.answers[0]));
        let each: Vec<String> = found.probabilities.iter().map(|p| format!("{:.0}&nbsp;%", p * 100.0)).collect();
        let _ = write!(
            html,
            "<tr><td>{}. {image}<small>{answer}, {}<br>{} {:.2}</small></td>{}",
            place + 1,
            each.join(", "),
            escaped(&by),
            value(audited, found),
            img(&image, seen)
        );
        maps.iter().for_each(|(name, map)| html += &img(&format!("{} of {image}", escaped(name)), map));
        html += "</tr>";
    }
    html += "</table></div>";
    if !audited.skipped.is_empty() {
        html += "<h2>Images that could not be read</h2><ul>";
        for (image, why) in &audited.skipped {
            let _ = write!(html, "<li>{}: {}</li>", escaped(image), escaped(why));
        }
        html += "</ul>";
    }
    html + "</html>\n"
}

fn img(what: &str, jpeg: &[u8]) -> String {
    format!("<td><img alt=\"{what}\" src=\"data:image/jpeg;base64,{}\"></td>", STANDARD.encode(jpeg))
}
