//! Every architecture that is built in code.

use peerlight_core::{Code, Error, Result};

use crate::{Architecture, efficientnet_lite};

/// Every architecture. A new one is a file and a line here.
pub static ARCHITECTURES: &[&dyn Architecture] =
    &[&efficientnet_lite::LITE0, &efficientnet_lite::LITE1, &efficientnet_lite::LITE2, &efficientnet_lite::MICRO];

/// The architecture of this id.
///
/// # Errors
/// `bundle-invalid`, naming those that there are.
pub fn architecture(id: &str) -> Result<&'static dyn Architecture> {
    ARCHITECTURES.iter().copied().find(|a| a.id() == id).ok_or_else(|| {
        let known: Vec<_> = ARCHITECTURES.iter().map(|a| a.id()).collect();
        Error::new(Code::BundleInvalid, format!("There is no architecture '{id}'. There are: {}.", known.join(", ")))
    })
}
