//! Unicode's composed form of names (NFC).
//!
//! The tables that it takes are a large part of a small program. A browser has them already, so in WebAssembly the host
//! lends its own; see [`compose_by`].

use std::{borrow::Cow, sync::OnceLock};

/// A text in NFC: a letter and its marks as one character, where there is one.
type Compose = fn(&str) -> String;

static HOST: OnceLock<Compose> = OnceLock::new();

/// Has names composed by the host's function from now on, in place of tables of our own; the first one counts. Without
/// it, WebAssembly takes names as they are written.
pub fn compose_by(host: fn(&str) -> String) {
    let _ = HOST.set(host);
}

/// A name in NFC.
pub(crate) fn composed(name: &str) -> Cow<'_, str> {
    match HOST.get() {
        _ if name.is_ascii() => name.into(),
        Some(host) => host(name).into(),
        None => by_tables(name),
    }
}

#[cfg(not(target_family = "wasm"))]
fn by_tables(name: &str) -> Cow<'_, str> {
    use unicode_normalization::UnicodeNormalization;

    name.nfc().collect::<String>().into()
}

#[cfg(target_family = "wasm")]
fn by_tables(name: &str) -> Cow<'_, str> {
    name.into()
}
