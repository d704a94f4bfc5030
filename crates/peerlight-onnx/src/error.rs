//! Why a file cannot be imported.

use peerlight_core::{Code, Error};

/// What is wrong with a file or a node: a sentence without its subject, and what to do.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    /// Description of the fault, without its subject: "has no weight".
    pub what: String,
    /// "Export it in evaluation mode."
    pub advice: &'static str,
}

impl Fault {
    pub fn new(what: impl Into<String>) -> Self {
        Self { what: what.into(), advice: "" }
    }

    pub fn advise(self, advice: &'static str) -> Self {
        Self { advice, ..self }
    }

    /// The error of a whole file.
    pub fn of_file(self) -> Error {
        Error::new(Code::BundleInvalid, sentence(&format!("The ONNX file {}", self.what), self.advice))
    }

    /// The error of one node.
    pub fn of_node(self, op: &str, name: &str) -> Error {
        Error::new(Code::NetworkUnsupported, sentence(&format!("The {op} node '{name}' {}", self.what), self.advice))
    }
}

fn sentence(text: &str, advice: &str) -> String {
    let text = format!("{}.", text.trim_end_matches('.'));
    if advice.is_empty() { text } else { format!("{text} {advice}") }
}

impl From<String> for Fault {
    fn from(what: String) -> Self {
        Self::new(what)
    }
}

impl From<&str> for Fault {
    fn from(what: &str) -> Self {
        Self::new(what)
    }
}

/// The file ends too early, or is no ONNX file.
pub fn broken() -> Fault {
    Fault::new("is damaged, or is not an ONNX file").advise("Download or export it again.")
}

/// `Err`, for a reason.
pub fn refuse<T>(what: impl Into<String>) -> Result<T, Fault> {
    Err(Fault::new(what))
}
