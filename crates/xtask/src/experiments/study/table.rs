//! The tables of docs/agreement.md, from docs/study.json.

use serde_json::Value;

use super::FILE;
use crate::shell::{Result, read, root};

/// The table that the words of a marker ask for.
pub fn table(words: &[&str]) -> Result<Option<String>> {
    let ["study", which] = words else { return Ok(None) };
    let found: Value = serde_json::from_str(&read(&root().join(FILE))?).map_err(|e| format!("{FILE}: {e}"))?;
    Ok(match *which {
        "unlike" => Some(unlike(&found["unlike"])),
        "statistics" => Some(statistics(&found["unlike"])),
        "itself" => Some(itself(&found["unlike"])),
        "fusions" => Some(fusions(&found["fusions"])),
        "pasted" => Some(pasted(&found["pasted"]["maps"])),
        "seeds" => Some(seeds(&found["seeds"])),
        "arms" => Some(arms(&found["arms"])),
        "arms-above" => Some(arms_above(&found["arms"])),
        _ => None,
    })
}

const NETWORKS: [&str; 4] = ["lite0", "lite1", "v1", "v2"];

/// Names of the networks, for people.
fn called(name: &str) -> String {
    let names = [("lite", "Lite"), ("v1", "V1"), ("v2", "V2"), ("+", " + ")];
    names.iter().fold(name.to_owned(), |name, (from, to)| name.replace(from, to))
}

/// Each network's own map beside every choice of the others.
fn unlike(found: &Value) -> String {
    let mut table = String::from(
        "| explained | its peers | hits, reporting | choosing | reporting | less confidence |\n\
         |---|---|---|---|---|---|\n",
    );
    for network in NETWORKS {
        let all = |half: &str| found[half].as_object().cloned().unwrap_or_default();
        let (choosing, reporting) = (all("choosing"), all("reporting"));
        let with = format!("{network} with ");
        let mut keys: Vec<&String> =
            reporting.keys().filter(|key| **key == network || key.starts_with(&with)).collect();
        keys.sort_by_key(|key| (**key == network, key.matches('+').count()));
        for key in keys {
            let beside = key.strip_prefix(&with).map_or("all three".into(), called);
            let of = &reporting[key];
            let hits = 100.0 * number(&of["hits"]) / number(&of["images"]);
            let cells = [
                called(network),
                beside,
                format!("{hits:.1} %"),
                shown(choosing.get(key).map(|of| &of["regional-weighted"]), 3, false),
                shown(Some(&of["regional-weighted"]), 3, false),
                shown(Some(&of["regional-weighted minus confidence"]), 3, true),
            ];
            table += &format!("| {} |\n", cells.join(" | "));
        }
    }
    table
}

/// Statistics over the joint maps of pairs, threes and all four.
fn statistics(found: &Value) -> String {
    let committees =
        ["mutual of lite0+lite1", "mutual of v1+v2", "mutual of lite0+v1", "mutual of lite0+lite1+v2", "mutual"];
    let names = ["Lite0 + Lite1", "V1 + V2", "Lite0 + V1", "Lite0 + Lite1 + V2", "all four"];
    let mut table =
        format!("| AUROC of a hit, joint map of | {} |\n|---|{}\n", names.join(" | "), "---|".repeat(names.len()));
    let kept = [
        ("regional-1", "correlation of the whole maps"),
        ("regional-2", "regional correlation, 2 x 2"),
        ("regional-4", "4 x 4"),
        ("regional-7", "7 x 7"),
        ("regional-14", "14 x 14"),
        ("regional-weighted", "weighted by attention, 7 x 7"),
        ("brightest-overlap", "overlap of the brightest fifths"),
        ("minima-over-maxima", "sum of minima over sum of maxima"),
        ("confidence", "confidence"),
        ("spread", "spread of the map"),
        ("regional-weighted minus regional-1", "weighted less whole maps"),
    ];
    for (id, name) in kept {
        let cells = committees.map(|key| shown(found["reporting"].get(key).map(|of| &of[id]), 3, id.contains("minus")));
        table += &format!("| {name} | {} |\n", cells.join(" | "));
    }
    table
}

/// What peers add to all that one network tells by itself: the single peer that was best for choosing, and all three.
fn itself(found: &Value) -> String {
    const ADDED: &str = "confidence + spread + itself + regional-weighted over confidence + spread + itself";
    let mut table = String::from(
        "| explained | with itself, mirrored | with its best peer | it adds, choosing | it adds, reporting \
         | all three add, reporting |\n|---|---|---|---|---|---|\n",
    );
    let [choosing, reporting] = ["choosing-itself", "reporting-itself"].map(|half| &found[half]);
    for network in NETWORKS {
        let score = |peer: &&str| number(&choosing[format!("{network} with {peer}")]["regional-weighted"][0]);
        let others = NETWORKS.iter().copied().filter(|peer| *peer != network);
        let Some(best) = others.max_by(|a, b| score(a).total_cmp(&score(b))) else { continue };
        let with = format!("{network} with {best}");
        let auroc = shown(Some(&reporting[&with]["regional-weighted"]), 3, false);
        let cells = [
            called(network),
            shown(Some(&reporting[network]["mirrored"]), 3, false),
            format!("{}: {auroc}", called(best)),
            shown(Some(&choosing[&with][ADDED]), 3, true),
            shown(Some(&reporting[&with][ADDED]), 3, true),
            shown(Some(&reporting[network][ADDED]), 3, true),
        ];
        table += &format!("| {} |\n", cells.join(" | "));
    }
    table
}

/// Each way of fusing on the images for choosing, beside the mutual map.
fn fusions(found: &Value) -> String {
    let names = [
        ("lite0", "Lite0's own map"),
        ("lite1", "Lite1's own map"),
        ("fused confidence", "mean weighted by each network's probability"),
        ("fused decision", "mean weighted by p (1 - p), the joint decision"),
        ("fused product", "product"),
        ("fused least", "least of both"),
        ("fused largest", "largest of both"),
        ("fused both-look", "mean, dimmed by agreement where both look"),
    ];
    let figures = ["drop of the mean probability", "increase of the mean probability", "pointing", "energy"];
    let mut table = String::from(
        "| map | drop | mutual less this | increase | mutual less this | pointing | mutual less this \
         | energy, mutual less this |\n|---|---|---|---|---|---|---|---|\n",
    );
    for (key, name) in names {
        let of = &found["choosing"][key];
        let mut cells = Vec::new();
        for (place, figure) in figures.into_iter().enumerate() {
            let (digits, scale) = if place == 3 { (3, 1.0) } else { (1, if place == 2 { 100.0 } else { 1.0 }) };
            let mean = of[figure]["mean"][0].as_f64().map(|value| format!("{:.digits$}", scale * value));
            if place < 3 {
                cells.push(mean.unwrap_or_default());
            }
            cells.push(scaled(&of[figure]["mutual map minus this"], digits, scale));
        }
        table += &format!("| {name} | {} |\n", cells.join(" | "));
    }
    table
}

fn pasted(found: &Value) -> String {
    let mut table = String::from(
        "| explained | hits | with all three others | with itself, mirrored | peers less mirrored | confidence \
         | spread |\n|---|---|---|---|---|---|---|\n",
    );
    let own = NETWORKS.iter().enumerate().map(|(peer, network)| (format!("peer {peer}"), called(network)));
    for (key, name) in own.chain([("each peer".into(), "mean of the four".into())]) {
        let of = &found[key];
        let hits = format!("{} of {}", of["hits"], of["images"]);
        let cells = ["regional-weighted", "mirrored", "regional-weighted minus mirrored", "confidence", "spread"]
            .map(|id| shown(Some(&of[id]), 2, id.contains("minus")));
        table += &format!("| {name} | {hits} | {} |\n", cells.join(" | "));
    }
    table
}

/// Every figure of every arm, seed by seed, and the difference from the arm without transfer.
fn seeds(found: &Value) -> String {
    let mut table = String::from(
        "| figure | beta 0 | transfer | transfer less beta 0 | mutual learning | mutual learning less beta 0 |\n\
         |---|---|---|---|---|---|\n",
    );
    let plain = found["seeds-beta0"].as_object().cloned().unwrap_or_default();
    for name in plain.keys() {
        let digits = if name.contains("drop") || name.contains("increase") { 1 } else { 3 };
        let of = |arm: &str| {
            let values = found[arm][name]["seeds"].as_array().cloned().unwrap_or_default();
            values.iter().map(|value| format!("{:.digits$}", number(value))).collect::<Vec<_>>().join(", ")
        };
        let above = |arm: &str| shown(Some(&found[arm][name]["above_beta0"]), digits, true);
        let [transfer, gamma] = ["seeds-transfer", "seeds-gamma"];
        let cells = [of("seeds-beta0"), of(transfer), above(transfer), of(gamma), above(gamma)];
        table += &format!("| {name} | {} |\n", cells.join(" | "));
    }
    table
}

/// What is told of each arm of the study, and its name for people.
const OF_ARMS: [(&str, &str); 8] = [
    ("hits", "hits"),
    ("agreement", "agreement"),
    ("reach-peers", "AUROC of reach across peers"),
    ("reach", "of reach"),
    ("regional-weighted", "of regional correlation, weighted"),
    ("regional-7", "of regional correlation, 7 x 7"),
    ("regional-1", "of the whole maps' correlation"),
    ("confidence", "of confidence"),
];
const ARMS: [(&str, &str); 6] = [
    ("untouched", "published"),
    ("tuned-beta0", "beta 0"),
    ("tuned-beta5", "transfer, beta 5"),
    ("tuned-transfer", "transfer, beta 20"),
    ("tuned-whole", "transfer of whole maps"),
    ("tuned-gamma", "mutual learning"),
];

/// Every figure of every arm on the images for reporting, seed by seed.
fn arms(found: &Value) -> String {
    let mut table = format!("| figure | {} |\n|---|{}\n", ARMS.map(|arm| arm.1).join(" | "), "---|".repeat(ARMS.len()));
    for (id, name) in OF_ARMS {
        let cells = ARMS.map(|(arm, _)| {
            let seeds = found["reporting"]["arms"][arm][id]["seeds"].as_array().cloned().unwrap_or_default();
            seeds.iter().map(|value| format!("{:.3}", number(value))).collect::<Vec<_>>().join(", ")
        });
        table += &format!("| {name} | {} |\n", cells.join(" | "));
    }
    table
}

/// Each arm less the one without transfer that was trained beside it, on both halves of the images.
fn arms_above(found: &Value) -> String {
    // Beta 5 came later, and its images were not paired with those of beta 0.
    let arms = &ARMS[3..];
    let mut table = String::from("| less beta 0, on the images for choosing; for reporting |");
    let names: Vec<&str> = arms.iter().map(|arm| arm.1).collect();
    table += &format!(" {} |\n|---|{}\n", names.join(" | "), "---|".repeat(arms.len()));
    for (id, name) in OF_ARMS {
        let cell = |arm: &str| {
            let of = |half: &str| shown(Some(&found[half]["arms"][arm][id]["above_beta0"]), 3, true);
            format!("{}; {}", of("choosing"), of("reporting"))
        };
        let cells: Vec<String> = arms.iter().map(|(arm, _)| cell(arm)).collect();
        table += &format!("| {name} | {} |\n", cells.join(" | "));
    }
    table
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or(f64::NAN)
}

/// An estimate with its interval; nothing where there is none. `signed` shows the sign of what is positive.
fn shown(estimate: Option<&Value>, digits: usize, signed: bool) -> String {
    let Some(estimate) = estimate else { return String::new() };
    if signed {
        return scaled(estimate, digits, 1.0);
    }
    let text = |place: usize| estimate[place].as_f64().map(|value| format!("{value:.digits$}"));
    match (text(0), text(1), text(2)) {
        (Some(value), Some(low), Some(high)) => format!("{value} [{low}, {high}]"),
        (value, ..) => value.unwrap_or_default(),
    }
}

fn scaled(estimate: &Value, digits: usize, scale: f64) -> String {
    let text = |place: usize| estimate[place].as_f64().map(|value| format!("{:+.digits$}", scale * value));
    match (text(0), text(1), text(2)) {
        (Some(value), Some(low), Some(high)) => format!("{value} [{low}, {high}]"),
        (value, ..) => value.unwrap_or_default(),
    }
}
