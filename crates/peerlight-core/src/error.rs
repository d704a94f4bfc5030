//! One error type for every crate: a stable code for machines, a sentence for people.

use std::fmt;

/// Everything that can go wrong on a user's input or device.
///
/// [`Error::code`] is stable across releases; the text may change.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    code: Code,
    message: String,
}

/// The result of everything that can fail.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// An error of this code, with what happened and what to do about it.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }

    /// The stable code.
    pub fn code(&self) -> Code {
        self.code
    }
}

macro_rules! codes {
    ($($variant:ident $id:literal $help:literal)*) => {
        /// Stable identifiers of the errors.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Code { $(#[doc = $help] $variant,)* }

        /// Every code, in the order of the documentation.
        pub static CODES: &[Code] = &[$(Code::$variant,)*];

        impl Code {
            /// The identifier as programs see it, such as `image-broken`.
            pub fn id(self) -> &'static str {
                match self { $(Code::$variant => $id,)* }
            }
            /// What it means and what to do, in a sentence.
            pub fn help(self) -> &'static str {
                match self { $(Code::$variant => $help,)* }
            }
        }
    };
}

codes! {
    ImageEmpty "image-empty" "The image has no pixels. Choose another one."
    ImageTooLarge "image-too-large" "The image is larger than can be held in memory. Scale it down first."
    ImageBroken "image-broken" "The file is not an image that can be read: it is broken, or of another kind."
    BundleTruncated "bundle-truncated" "The weight file ends too early. Download it again."
    BundleInvalid "bundle-invalid" "The weight file does not hold what it should: wrong shapes, names or numbers. Use a bundle made by `peerlight import` or `peerlight train`."
    BundleHash "bundle-hash" "The weight file is not the one that was announced: its sha256 differs. Download it again."
    BundleVersion "bundle-version" "The weight file is of a newer format than this program reads. Update the program."
    AskInvalid "ask-invalid" "A setting is out of its range."
    DeviceUnavailable "device-unavailable" "The device cannot be used here. Another one is chosen where there is one."
    DeviceSelfTest "device-self-test" "The device computes wrong results: it failed the known-answer test and is not used."
    DeviceLost "device-lost" "The device went away while computing. The work goes on on another one."
    OutOfMemory "out-of-memory" "There is not enough memory for this. Close other pages, or use a smaller image."
    FileUnreadable "file-unreadable" "A file or folder cannot be read or written. Check the path and the rights."
    ClassesInvalid "classes-invalid" "The images' classes cannot be learnt: there is one alone, or there are folders that name no class."
    Diverged "training-diverged" "The networks compute numbers that are not finite. Train with a lower rate."
    RunInvalid "run-invalid" "The folder holds another run, or one that cannot be gone on with."
    Cancelled "cancelled" "The work was cancelled."
    DownloadFailed "download-failed" "The download failed or was interrupted. Try again."
    Crashed "crashed" "The engine stopped unexpectedly and was started again. Try again; if it recurs, report the image."
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_speak_to_people() {
        for (i, code) in CODES.iter().enumerate() {
            assert!(CODES[..i].iter().all(|other| other.id() != code.id()), "{code} twice");
            assert!(code.help().ends_with('.'), "{code}: {}", code.help());
        }
    }
}
