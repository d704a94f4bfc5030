//! An image that the peers have seen, with what was explained of it.

use peerlight_core::Result;
use peerlight_explain::{Explanation, ForwardPass, Request, Session};

use crate::progress::JsProgress;

/// How many explanations are kept to be measured: as many as there are cards on a page, and more.
const KEPT: usize = 64;

/// The forward pass over an image, and the last explanations of it.
pub struct OpenImage {
    pub pass: ForwardPass,
    explanations: Vec<(Request, Explanation)>,
}

impl OpenImage {
    pub fn new(pass: ForwardPass) -> Self {
        Self { pass, explanations: Vec::new() }
    }

    /// Makes an explanation, which is kept in place of an older one of the same request.
    pub async fn explain(&mut self, session: &Session, request: &Request, progress: &JsProgress) -> Result<()> {
        let made = session.explain(&self.pass, request, progress).await?;
        self.explanations.retain(|(kept, _)| kept != request);
        if self.explanations.len() == KEPT {
            self.explanations.remove(0);
        }
        self.explanations.push((request.clone(), made));
        Ok(())
    }

    /// The explanation that a request gives, if it is kept.
    pub fn explanation(&self, request: &Request) -> Option<&Explanation> {
        self.explanations.iter().find(|(kept, _)| kept == request).map(|(_, made)| made)
    }
}
