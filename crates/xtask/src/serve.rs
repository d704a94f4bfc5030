//! `cargo xtask demo`: serves the finished page to this machine alone.

use crate::shell::{Result, command, say, which};
use crate::{page, wasm};
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Component, Path, PathBuf};
use std::sync::RwLock;
use std::thread;

/// Where to serve.
#[derive(clap::Args)]
pub struct Args {
    /// The port to serve on; 0 takes a free one
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Open the page in the browser
    #[arg(long)]
    open: bool,
}

const TYPES: [(&str, &str); 11] = [
    ("html", "text/html; charset=utf-8"),
    ("css", "text/css; charset=utf-8"),
    ("js", "text/javascript; charset=utf-8"),
    ("json", "application/json"),
    ("webmanifest", "application/manifest+json"),
    ("wasm", "application/wasm"),
    ("svg", "image/svg+xml"),
    ("png", "image/png"),
    ("jpg", "image/jpeg"),
    ("webp", "image/webp"),
    ("txt", "text/plain; charset=utf-8"),
];

/// Held by each answer, and alone while the page is put together anew.
static PAGE: RwLock<()> = RwLock::new(());

pub fn run(args: &Args) -> Result {
    // First: a port that is taken is no news to come after minutes of building.
    let listener = TcpListener::bind(("127.0.0.1", args.port))
        .map_err(|e| format!("port {}: {e} (choose another with --port)", args.port))?;
    let lacks = page::run_first()?;
    let address = listener.local_addr().map_err(|e| e.to_string())?;
    let url = format!("http://localhost:{}/", address.port());
    say(format!("the page is at {url} (Ctrl-C ends it)"));
    if args.open {
        open(&url);
    }
    if lacks {
        say("it computes on the CPU; the engine for WebGPU is being built behind it");
        thread::spawn(complete);
    }
    for stream in listener.incoming().flatten() {
        // A browser that goes away in the middle is no error of ours.
        thread::spawn(move || answer(stream, &page::dist()));
    }
    Ok(())
}

/// Builds what the page lacks, and puts it together anew: an open page offers to change to the new one.
fn complete() {
    let done = wasm::build_all().and_then(|()| {
        let _alone = PAGE.write();
        page::run()
    });
    match done {
        Ok(()) => say("the page has WebGPU too: reload it"),
        Err(error) => say(format!("the page stays with the CPU alone: {error}")),
    }
}

fn open(url: &str) {
    let opener = ["xdg-open", "open", "explorer"].into_iter().find_map(which);
    if opener.is_none_or(|opener| command(opener).arg(url).spawn().is_err()) {
        say("no browser could be opened: open the address yourself");
    }
}

fn answer(stream: TcpStream, dist: &Path) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let mut request = String::new();
    reader.read_line(&mut request)?;
    // The headers are read and left alone; closing before that would reset the connection.
    let mut header = String::new();
    while reader.read_line(&mut header)? > 2 {
        header.clear();
    }
    let mut words = request.split(' ');
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let mut stream = reader.into_inner();
    let file = {
        let _whole = PAGE.read();
        locate(dist, path).and_then(|file| Some((fs::read(&file).ok()?, kind(&file))))
    };
    let Some((body, kind)) = file.filter(|_| matches!(method, "GET" | "HEAD")) else {
        return stream.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    };
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\
         Cache-Control: no-cache\r\nConnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes())?;
    if method == "GET" {
        stream.write_all(&body)?;
    }
    stream.flush()
}

/// The file a path asks for; nothing outside `dist` can be asked for.
fn locate(dist: &Path, path: &str) -> Option<PathBuf> {
    let path = path.split(['?', '#']).next()?.strip_prefix('/')?.replace("%20", " ");
    let inside = Path::new(&path).components().all(|part| matches!(part, Component::Normal(_)));
    let file = dist.join(&path);
    let file = if file.is_dir() { file.join("index.html") } else { file };
    (inside && file.is_file()).then_some(file)
}

fn kind(file: &Path) -> &'static str {
    let ext = file.extension().unwrap_or_default();
    TYPES.iter().find(|(name, _)| ext == *name).map_or("application/octet-stream", |(_, kind)| kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_inside_are_served() {
        let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        assert_eq!(locate(&here, "/serve.rs?v=1"), Some(here.join("serve.rs")));
        assert_eq!(locate(&here, "/setup/mod.rs"), Some(here.join("setup/mod.rs")));
        for outside in ["/../Cargo.toml", "//etc/hostname", "/setup/../../Cargo.toml", "", "/none.rs", "/"] {
            assert_eq!(locate(&here, outside), None, "{outside}");
        }
    }
}
