//! Several images at a glance: a table, and a page of their maps, those first on which the networks agree least.

use std::{fmt::Write, path::Path};

use peerlight_core::Result;
use peerlight_explain::PeerInfo;

use super::Explained;
use crate::{
    command::evaluate::lines,
    files,
    html::{address, escaped, list},
    left_out::{LeftOut, counted},
    table::cell,
};

/// What is told of each image.
#[derive(Default)]
pub struct Sheet(Vec<Row>);

struct Row {
    file: String,
    /// Name of the results.
    name: String,
    /// The method of the map that is shown, which is a part of its file's name.
    method: &'static str,
    /// The explained class: index and label.
    class: (usize, String),
    /// Each network's likeliest class, with its probability.
    top: Vec<(String, f32)>,
    agreement: Option<f32>,
}

impl Sheet {
    /// First columns of the table.
    pub const HEAD: [&str; 5] = ["file", "results", "class_index", "class", "agreement"];

    /// Adds an image.
    pub fn add(&mut self, file: &str, name: &str, explained: &Explained) {
        let explanation = &explained.explanation;
        let top = explanation
            .peers
            .iter()
            .map(|peer| peer.top.first().map_or((String::new(), 0.0), |top| (top.label.clone(), top.probability)));
        self.0.push(Row {
            file: file.into(),
            name: name.into(),
            method: explanation.method,
            class: (explanation.target.class, explanation.target.label.clone()),
            top: top.collect(),
            agreement: explanation.agreement,
        });
    }

    /// Whether there are no images.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Writes `summary.csv` and `index.html`.
    ///
    /// # Errors
    /// `file-unwritable`.
    pub fn write(&self, out: &Path, peers: &[PeerInfo], left: &LeftOut) -> Result<()> {
        let names: Vec<&str> = peers.iter().map(|peer| peer.id.as_str()).collect();
        files::write(&out.join("summary.csv"), self.csv(&names, left)?.as_bytes())?;
        files::write(&out.join("index.html"), self.page(&names, left).as_bytes())
    }

    /// The images, those first on which the networks agree least.
    fn sorted(&self) -> Vec<&Row> {
        let mut rows: Vec<&Row> = self.0.iter().collect();
        let key = |row: &Row| row.agreement.unwrap_or(f32::INFINITY);
        rows.sort_by(|a, b| key(a).total_cmp(&key(b)));
        rows
    }

    fn csv(&self, peers: &[&str], left: &LeftOut) -> Result<String> {
        let mut head: Vec<String> = Self::HEAD.map(String::from).to_vec();
        head.extend(peers.iter().flat_map(|peer| [cell(&format!("{peer}_top1")), format!("{peer}_probability")]));
        head.push("left_out".into());
        let images = self.sorted().into_iter().map(|row| {
            let Row { file, name, class: (index, label), top, agreement, .. } = row;
            let agreement = agreement.map_or(String::new(), |agreement| agreement.to_string());
            let mut line = vec![cell(file), cell(name), index.to_string(), cell(label), agreement];
            line.extend(top.iter().flat_map(|(label, probability)| [cell(label), probability.to_string()]));
            line.push(String::new());
            line
        });
        let left_out = left.files().iter().map(|entry| {
            let mut line = vec![String::new(); head.len()];
            line[0] = cell(&entry.file);
            line[head.len() - 1] = cell(&entry.why);
            line
        });
        lines(&head, images.chain(left_out))
    }

    fn page(&self, peers: &[&str], left: &LeftOut) -> String {
        let mut html = String::from(HEAD);
        let _ = write!(
            html,
            "<p>{}, those first on which the networks agree least.</p><ol>",
            counted(self.0.len(), "image")
        );
        for Row { file, name, method, class: (_, label), top, agreement } in self.sorted() {
            let (map, json) = (address(&format!("{name}.{method}.png")), address(&format!("{name}.json")));
            let (file, label) = (escaped(file), escaped(label));
            let _ =
                write!(html, "<li><a href=\"{map}\"><img loading=\"lazy\" alt=\"Map of {file}\" src=\"{map}\"></a>");
            let _ = write!(html, "<b>{file}</b><span>Explained: {label}</span>");
            for (peer, (label, probability)) in peers.iter().zip(top) {
                let (peer, label) = (escaped(peer), escaped(label));
                let _ = write!(html, "<span>{peer}: {label} {:.0}%</span>", probability * 100.0);
            }
            if let Some(agreement) = agreement {
                let _ = write!(html, "<span>Agreement {agreement:.2}</span>");
            }
            let _ = write!(html, "<a href=\"{json}\">numbers</a></li>");
        }
        html += "</ol>";
        html += &list(left.files());
        html + "</html>\n"
    }
}

const HEAD: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
    <meta name=\"viewport\" content=\"width=device-width\">\
    <meta http-equiv=\"content-security-policy\" content=\"default-src 'none'; img-src 'self' file:; \
    style-src 'unsafe-inline'\"><title>Peerlight: explanations</title><style>\
    body{font:1rem/1.4 system-ui,sans-serif;margin:2rem;color-scheme:light dark}\
    ol{display:grid;grid-template-columns:repeat(auto-fill,minmax(14rem,1fr));gap:1.5rem;padding:0;list-style:none}\
    li b,li span{display:block;overflow-wrap:anywhere}img{width:100%;height:14rem;object-fit:contain}\
    </style><h1>Explanations</h1>";

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet() -> Sheet {
        let row = |file: &str, agreement| Row {
            file: file.into(),
            name: file.into(),
            method: if file == "a" { "guided" } else { "mutual" },
            class: (3, "<b>=1".into()),
            top: vec![("=cmd".into(), 0.5)],
            agreement,
        };
        Sheet(vec![row("a", Some(0.9)), row("<img src=x>", None), row("=1+1.png", Some(0.1))])
    }

    #[test]
    fn the_least_agreement_comes_first_and_no_name_is_a_formula_or_a_tag() {
        let mut left = LeftOut::default();
        left.image("-broken", "why");
        let csv = sheet().csv(&["one"], &left).unwrap();
        let lines: Vec<&str> = csv.lines().collect();
        assert_eq!(lines[0], "file,results,class_index,class,agreement,one_top1,one_probability,left_out");
        assert_eq!(lines[1], "'=1+1.png,'=1+1.png,3,<b>=1,0.1,'=cmd,0.5,");
        assert!(lines[2].starts_with("a,") && lines[3].contains(",3,<b>=1,,'=cmd"), "{csv}");
        assert_eq!(lines[4], "'-broken,,,,,,,why");
        let page = sheet().page(&["one"], &left);
        assert!(page.contains("&lt;img src=x&gt;") && !page.contains("<img src=x"), "{page}");
        assert!(page.contains("src=\"./%3D1%2B1.png.mutual.png\""), "{page}");
        assert!(page.contains("src=\"./a.guided.png\""), "a network alone has no mutual map: {page}");
    }
}
