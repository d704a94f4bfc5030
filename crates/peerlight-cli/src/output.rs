//! Standard output and standard error. Every command prints through here.

use std::{
    error::Error as StdError,
    fmt::Display,
    io::{self, Write},
    sync::Arc,
};

use peerlight_core::{Code, Error, Result};

use crate::files::lines;

/// Prints to standard output at once. Whatever a label or a name holds, no control character reaches a terminal.
///
/// # Errors
/// `file-unwritable` if it cannot be written; [`is_closed`] tells whether its reader has gone.
pub fn print(text: impl Display) -> Result<()> {
    print_to(&mut io::stdout().lock(), text)
}

/// Prints a line to standard output at once, as [`print()`] does.
pub fn print_line(text: impl Display) -> Result<()> {
    print(format_args!("{text}\n"))
}

fn print_to(output: &mut impl Write, text: impl Display) -> Result<()> {
    output
        .write_all(lines(&text.to_string()).as_bytes())
        .and_then(|()| output.flush())
        .map_err(|e| Error::caused_by(Code::FileUnwritable, format!("Standard output cannot be written: {e}."), e))
}

/// Whether an error says that the reader of the output has gone, as `head` does after its lines.
pub fn is_closed(error: &Error) -> bool {
    // The error shares its cause, and gives the share.
    let cause = error.source().and_then(|cause| cause.downcast_ref::<Arc<dyn StdError + Send + Sync>>());
    let cause = cause.and_then(|cause| cause.downcast_ref::<io::Error>());
    cause.is_some_and(|cause| cause.kind() == io::ErrorKind::BrokenPipe)
}

/// Prints to standard error, without control characters. Messages that nobody can read are dropped.
pub fn note(text: impl Display) {
    let _ = io::stderr().lock().write_all(lines(&text.to_string()).as_bytes());
}

/// Goes back to the beginning of a terminal's line and wipes it.
pub fn wipe_line() {
    let _ = io::stderr().lock().write_all(b"\r\x1b[K");
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Broken(io::ErrorKind);

    impl Write for Broken {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(self.0.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_reader_that_has_gone_is_told_from_a_full_disk() {
        for (kind, closed) in [(io::ErrorKind::BrokenPipe, true), (io::ErrorKind::StorageFull, false)] {
            let error = print_to(&mut Broken(kind), "text").unwrap_err();
            assert_eq!((error.code(), is_closed(&error)), (Code::FileUnwritable, closed));
        }
        let mut written = Vec::new();
        print_to(&mut written, 4).unwrap();
        print_to(&mut written, "\x1b[2J\u{9b}1m\u{202e}\r\nend\n").unwrap();
        assert_eq!(String::from_utf8(written).unwrap(), "4\\u{1b}[2J\\u{9b}1m\\u{202e}\\u{d}\nend\n");
    }
}
