//! The committed results: every file is read and written again, and the tables of docs/RESULTS.md are made from them.
//!
//! A marker's words ask for a table: `methods FILE` has a row for each method of a report, `figures FILE METHOD` sets
//! the first method against another, `compare FILE` sets two sides of runs against each other. `cargo xtask results`
//! runs this with `UPDATE_RESULTS` set, and the tables are written anew.

#[path = "../../xtask/src/fill.rs"]
mod fill;

use std::{fs, path::PathBuf};

use peerlight_metrics::{Boxes, Comparison, Estimate, FigureKey, Masking, MetricId, ResultFile, Row, Statistic};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

fn docs() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs"))
}

fn read<T: DeserializeOwned>(file: &str) -> T {
    let text = fs::read_to_string(docs().join("results").join(file)).unwrap_or_else(|e| panic!("{file}: {e}"));
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{file}: {e}"))
}

fn metric(id: &str) -> MetricId {
    id.parse().unwrap()
}

/// The file as it is written now, beside the file as it stands.
fn written_again<T: Serialize + DeserializeOwned>(file: &str) -> (Value, Value) {
    let mut stands: Value = read(file);
    // What the program tells beside the result.
    stands.as_object_mut().unwrap().remove("left_out");
    (serde_json::to_value(read::<T>(file)).unwrap(), stands)
}

#[test]
fn every_committed_result_is_read_and_written_with_the_same_keys_and_values() {
    let (mut reports, mut comparisons) = (0, 0);
    for entry in fs::read_dir(docs().join("results")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let Some(stem) = name.strip_suffix(".json") else { continue };
        let (again, stands) = if stem.contains("-against-") {
            comparisons += 1;
            written_again::<Comparison>(&name)
        } else {
            reports += 1;
            written_again::<ResultFile>(&name)
        };
        assert_eq!(again, stands, "{name}");
    }
    assert!(reports >= 25 && comparisons >= 7, "{reports} reports and {comparisons} comparisons");
}

#[test]
fn the_page_says_what_the_results_do() {
    let path = docs().join("RESULTS.md");
    let page = fs::read_to_string(&path).unwrap();
    let filled = fill::filled(&page, table).unwrap();
    if std::env::var_os("UPDATE_RESULTS").is_some() {
        fs::write(&path, filled).unwrap();
    } else {
        assert!(filled == page, "docs/RESULTS.md does not say what docs/results does: run `cargo xtask results`");
    }
}

/// The table that the words of a marker ask for; nothing if they ask for none.
fn table(words: &[&str]) -> Result<Option<String>, String> {
    Ok(Some(match words {
        ["methods", file] => methods(&read(&format!("{file}.json"))),
        ["figures", file, rival] => figures(&read(&format!("{file}.json")), rival),
        ["compare", file] => compare(file, &read(&format!("{file}.json"))),
        _ => return Ok(None),
    }))
}

fn with_interval(difference: f64, ci: Option<[f64; 2]>, digits: usize) -> String {
    let [low, high] = ci.expect("an interval");
    format!("{difference:+.digits$} [{low:+.digits$}, {high:+.digits$}]")
}

/// How much the first method is above another, with its interval; nothing for the first method itself.
fn difference(file: &ResultFile, rival: &str, key: FigureKey, digits: usize) -> String {
    let found = file.report.difference(file.report.peers()[0], key, rival);
    found.map_or(String::new(), |pair| with_interval(pair.difference, pair.ci, digits))
}

/// The row of a method under a masking.
fn row<'a>(file: &'a ResultFile, method: &str, masking: Masking) -> &'a Row {
    let found = file.report.rows.iter().find(|row| row.method == method && row.masking == masking);
    found.unwrap_or_else(|| panic!("no row of {method} under {masking}"))
}

/// A row for each method.
fn methods(file: &ResultFile) -> String {
    let mut table = String::from(
        "| method | top50 drop | top50 increase | first less this, drop | increase | soft drop | soft increase \
         | passes |\n|---|---|---|---|---|---|---|---|\n",
    );
    let [drop, increase] = ["average-drop", "average-increase"].map(metric);
    for top in file.report.rows.iter().filter(|row| row.masking == Masking::Top50) {
        let soft = row(file, &top.method, Masking::Soft);
        let shown = |row: &Row, metric| format!("{:.1}", row.figure(metric).value.expect("a figure"));
        let less = |metric| difference(file, &top.method, FigureKey::new(metric, Some(Masking::Top50)), 1);
        let passes = [(top.forward, "forward"), (top.partial, "partial"), (top.backward, "back")];
        let passes = passes.iter().filter(|(count, _)| *count != 0.0).map(|(count, name)| format!("{count} {name}"));
        let cells = [
            top.method.clone(),
            shown(top, drop),
            shown(top, increase),
            less(drop),
            less(increase),
            shown(soft, drop),
            shown(soft, increase),
            passes.collect::<Vec<_>>().join(" + "),
        ];
        table += &format!("| {} |\n", cells.join(" | "));
    }
    table
}

/// The figures that have no masking, of the first method and of a rival.
fn figures(file: &ResultFile, rival: &str) -> String {
    let first = &file.report.rows[0];
    let other = row(file, rival, first.masking);
    let mut table = format!("| figure | {} | {} | difference |\n|---|---|---|---|\n", first.method, other.method);
    let kinds = [
        ("adcc", "ADCC"),
        ("coherency", "coherency"),
        ("complexity", "complexity"),
        ("insertion", "insertion AUC"),
        ("deletion", "deletion AUC"),
        ("pointing", "pointing game"),
        ("energy", "energy game"),
        ("energy:small", "energy game, small boxes"),
    ];
    for (key, name) in kinds {
        let key: FigureKey = key.parse().unwrap();
        let value = |row: &Row| row.figures.get(&key).and_then(|figure: &Estimate| figure.value);
        if let (Some(a), Some(b)) = (value(first), value(other)) {
            table += &format!("| {name} | {a:.3} | {b:.3} | {} |\n", difference(file, rival, key, 3));
        }
    }
    table
}

/// Two sides of runs, whose names are in the file's: `A-against-B`. The masking that no one reports is left out.
fn compare(file: &str, comparison: &Comparison) -> String {
    let (a, b) = file.split_once("-against-").expect("two sides");
    let mut table = format!("| figure | {a} | {b} | difference |\n|---|---|---|---|\n");
    for found in &comparison.differences {
        let (name, digits) = match (found.metric, found.peer, &found.method) {
            (Statistic::Agreement, ..) => ("mean regional correlation".into(), 3),
            (Statistic::Accuracy, Some(peer), _) => (format!("top-1 of peer {}", peer + 1), 3),
            (Statistic::Figure(key), _, Some(method)) if key.masking != Some(Masking::SoftNormalized) => {
                (named(method, key), 1)
            }
            _ => continue,
        };
        let (a, b) = (found.a, found.b);
        let difference = with_interval(found.difference, found.ci, digits);
        table += &format!("| {name} | {a:.digits$} | {b:.digits$} | {difference} |\n");
    }
    table
}

/// A figure of a method in words: `cam, average drop top50`.
fn named(method: &str, FigureKey { metric, masking, boxes }: FigureKey) -> String {
    let masking = masking.map_or(String::new(), |masking| format!(" {masking}"));
    let small = if boxes == Boxes::Small { " small" } else { "" };
    format!("{method}, {}{masking}{small}", metric.as_str().replace('-', " "))
}

#[test]
fn a_table_by_hand() {
    let masked = |method: &str, masking: &str, drop: f64| {
        serde_json::json!({
            "method": method, "explained": "first", "masking": masking, "average_drop": drop, "average_drop_ci": null,
            "average_increase": 2.0 * drop, "average_increase_ci": null,
            "forward": 2.0, "partial": 0.0, "backward": 1.0,
            "milliseconds": 1.0, "peak_memory": null, "blank": 0, "not_finite": 0
        })
    };
    let file = serde_json::json!({
        "protocol": "p", "pictures": 2, "set": "s", "bundle": "b", "bundle_sha256": "0", "seed": 0, "device": "CPU",
        "crates": {}, "skipped": [], "curves": [], "agreement": null, "agreement_ci": null, "accuracy": {},
        "with_boxes": 0, "with_small_boxes": 0,
        "rows": [masked("mutual", "top50", 1.04), masked("mutual", "soft", 2.0), masked("cam", "top50", 3.0),
                 masked("cam", "soft", 4.0)],
        "paired": [{ "a": "mutual", "b": "cam", "explained": "first", "masking": "top50", "metric": "average_drop",
                     "difference": -1.96, "ci": [-2.0, 0.5] }],
    });
    let table = methods(&serde_json::from_value(file).unwrap());
    let rows: Vec<&str> = table.lines().skip(2).collect();
    assert_eq!(rows[0], "| mutual | 1.0 | 2.1 |  |  | 2.0 | 4.0 | 2 forward + 1 back |");
    assert_eq!(rows[1], "| cam | 3.0 | 6.0 | -2.0 [-2.0, +0.5] |  | 4.0 | 8.0 | 2 forward + 1 back |");
}
