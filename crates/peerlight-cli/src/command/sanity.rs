//! `peerlight sanity`

use std::fmt::Write as _;

use peerlight_core::{Framing, Result};
use peerlight_explain::Request;
use peerlight_metrics::{Sanity as Found, UNCHANGED, sanity};
use serde::Serialize;

use crate::{
    cli::Sanity,
    decode::{decode, pages},
    files, json,
    left_out::LeftOut,
    output, session,
    terminal::Terminal,
};

/// Result of one method.
#[derive(Serialize)]
struct Tested {
    method: String,
    #[serde(flatten)]
    found: Found,
}

pub fn run(options: &Sanity) -> Result<()> {
    let session = session::open(&options.networks, options.device)?;
    let peer = options.peer.as_deref().map(|wanted| session::peer(&session, wanted)).transpose()?;
    let bytes = files::read_image(&options.image)?;
    let image = decode(&bytes)?;
    let mut told = LeftOut::default();
    told.pages(files::text(&options.image), pages(&bytes));
    let host = Terminal::new();
    let pass = pollster::block_on(session.forward(&image, Framing::default(), &host))?;
    let mut tested = Vec::new();
    for method in session::fitting(&session, &options.method)? {
        let request = Request { peer, ..method.clone() };
        let found = pollster::block_on(sanity(&session, &pass, &request, &host))?;
        tested.push(Tested { method: request.spec(), found });
    }
    host.clear();
    told.tell();
    if options.json {
        return output::print_line(json::pretty(&tested)?);
    }
    let mut text = String::from(
        "Rank correlation of the map with that of networks whose weights are shuffled from here to the output.\n",
    );
    _ = writeln!(
        text,
        "A map above {UNCHANGED} with everything shuffled says nothing about what the networks have learned.\n"
    );
    let names: Vec<_> = tested.iter().flat_map(|t| &t.found.layers).map(|layer| layer.name).collect();
    let mut columns: Vec<&str> = Vec::new();
    names.into_iter().for_each(|name| {
        if !columns.contains(&name) {
            columns.push(name);
        }
    });
    _ = write!(text, "{:<28}", "method");
    columns.iter().for_each(|name| _ = write!(text, "{name:>17}"));
    text.push('\n');
    for Tested { method, found } in &tested {
        _ = write!(text, "{method:<28}");
        for name in &columns {
            match found.layers.iter().find(|layer| layer.name == *name) {
                Some(layer) => _ = write!(text, "{:>17.2}", layer.spearman),
                None => _ = write!(text, "{:>17}", ""),
            }
        }
        _ = writeln!(text, "{}", if found.unchanged { "   UNCHANGED" } else { "" });
    }
    output::print(text)
}
