//! The devices that this build has.

use burn::tensor::Device;
use peerlight_core::{Code, Error, Result};
use serde::{Deserialize, Serialize};

use crate::self_test;

/// A kind of device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DeviceKind {
    /// The processor, with SIMD.
    Cpu,
    /// A graphics processor through WebGPU (natively: Vulkan, Metal or DX12).
    WebGpu,
    /// An NVIDIA graphics processor through CUDA.
    Cuda,
}

/// A device that has passed its test.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DeviceInfo {
    /// Its kind.
    pub kind: DeviceKind,
    /// Its name for people.
    pub name: String,
}

/// Makes a device ready and has it pass the known-answer test.
///
/// # Errors
/// `device-unavailable` if this build or this machine does not have it, `device-self-test` if it
/// computes wrong results.
pub async fn open_device(kind: DeviceKind) -> Result<(Device, DeviceInfo)> {
    let (device, name) = match kind {
        #[cfg(feature = "cpu")]
        DeviceKind::Cpu => (Device::flex(), "CPU"),
        #[cfg(feature = "webgpu")]
        DeviceKind::WebGpu => {
            let ready = Device::wgpu_options().init_async().await;
            let refused = |error| {
                Error::caused_by(Code::DeviceUnavailable, format!("WebGPU cannot be used here: {error}."), error)
            };
            (ready.map_err(refused)?, "WebGPU")
        }
        #[cfg(feature = "cuda")]
        DeviceKind::Cuda => (Device::cuda(burn::tensor::DeviceIndex::Default), "CUDA"),
        #[allow(unreachable_patterns, reason = "reached in builds that lack a device")]
        kind => return Err(unavailable(&format!("This build has no {kind:?} device."))),
    };
    self_test(&device).await?;
    Ok((device, DeviceInfo { kind, name: name.into() }))
}

fn unavailable(text: &str) -> Error {
    Error::new(Code::DeviceUnavailable, text)
}
