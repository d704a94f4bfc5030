//! The error type of every crate: a stable code for programs, a sentence for people, and the cause.

use std::{error::Error as StdError, fmt, sync::Arc};

/// Error caused by a user's input, a file or a device.
///
/// [`Error::code`] is stable across releases; the message may change. [`source`](StdError::source) returns the cause,
/// if any. Two errors are equal if their codes and messages are.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    code: Code,
    message: String,
    #[source]
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

/// Result with [`Error`], used by every crate of Peerlight.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// Creates an error. `message` says in whole sentences what happened and what to do about it.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), source: None }
    }

    /// Creates an error that another error caused. The other one is kept as its source.
    pub fn caused_by(
        code: Code,
        message: impl Into<String>,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        Self { code, message: message.into(), source: Some(Arc::from(source.into())) }
    }

    /// Stable code of the error.
    pub fn code(&self) -> Code {
        self.code
    }
}

impl PartialEq for Error {
    fn eq(&self, other: &Self) -> bool {
        (self.code, &self.message) == (other.code, &other.message)
    }
}

/// Turns an error about JSON of the program's own types into `internal`. Errors about a user's JSON file need a code
/// and a message of their own, which name the file.
impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Self::caused_by(Code::Internal, format!("A result cannot be converted to JSON or back: {error}."), error)
    }
}

macro_rules! codes {
    ($($variant:ident $id:literal $help:literal)*) => {
        /// Stable code of an error. Releases may add codes.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum Code { $(#[doc = $help] $variant,)* }

        /// Every code.
        pub static CODES: &[Code] = &[$(Code::$variant,)*];

        impl Code {
            /// Identifier in results and messages between programs, such as `image-broken`.
            pub fn id(self) -> &'static str {
                match self { $(Code::$variant => $id,)* }
            }
            /// Meaning of the error and what to do about it, in one to three sentences.
            pub fn help(self) -> &'static str {
                match self { $(Code::$variant => $help,)* }
            }
        }
    };
}

codes! {
    ImageEmpty "image-empty" "The image has no pixels. Choose another one."
    ImageTooLarge "image-too-large" "The image is too large to hold in memory. Scale it down first."
    ImageBroken "image-broken" "The file cannot be read as an image. It is damaged or of another kind."
    BundleTruncated "bundle-truncated" "The weight file ends too early. Download it again."
    BundleInvalid "bundle-invalid"
        "The weight file has wrong shapes, names or numbers. Use a bundle made by `peerlight import` or `peerlight \
         train`."
    BundleHash "bundle-hash" "The weight file is not the expected one: its sha256 differs. Download it again."
    BundleVersion "bundle-version" "The weight file has a newer format than this program reads. Update the program."
    NetworkUnsupported "network-unsupported"
        "The network has a part that is not supported. The message names it and says how to export without it."
    AskInvalid "ask-invalid"
        "A setting is out of range, or settings contradict each other. The message says what is allowed."
    DeviceUnavailable "device-unavailable" "The device cannot be used here. Peerlight tries another one."
    DeviceSelfTest "device-self-test" "The device computes wrong results: it failed the self-test and is not used."
    DeviceLost "device-lost" "The device stopped responding. The work continues on another one."
    OutOfMemory "out-of-memory" "There is not enough memory. Close other programs or pages, or use a smaller image."
    FileUnreadable "file-unreadable" "A file or folder cannot be read. Check the path and the permissions."
    FileUnwritable "file-unwritable"
        "A file or folder cannot be written. Check the path, the permissions and the free space."
    ClassesInvalid "classes-invalid"
        "The classes of the images cannot be learned: there is only one class, or some folders name no class."
    Diverged "training-diverged"
        "The training diverged: the networks compute numbers that are not finite. Use a lower learning rate."
    RunInvalid "run-invalid" "The folder holds another run, or one that cannot be resumed."
    Cancelled "cancelled" "The work was cancelled."
    DownloadFailed "download-failed" "The download failed or was interrupted. Try again."
    Crashed "crashed"
        "The engine stopped unexpectedly and was restarted. Try again. If it happens again, report the image."
    Internal "internal" "The program met a state that should be impossible. Report what led to it."
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.id())
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

    #[test]
    fn the_cause_is_kept() {
        let cause = serde_json::from_str::<u8>("x").unwrap_err();
        let expected = cause.to_string();
        let error = Error::from(cause).clone();
        assert_eq!(error.code(), Code::Internal);
        assert_eq!(error.source().unwrap().to_string(), expected);
        assert!(Error::new(Code::Cancelled, "Cancelled.").source().is_none());
    }
}
