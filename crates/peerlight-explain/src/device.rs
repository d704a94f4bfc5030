//! Devices that compute, and how to open them.

use burn::tensor::Device;
use peerlight_core::{Code, Error, Result};
use serde::{Deserialize, Serialize};

use crate::self_test;

/// Kind of device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum DeviceKind {
    /// Processor, with SIMD.
    Cpu,
    /// Graphics processor through WebGPU; outside browsers through Vulkan, Metal or DX12.
    WebGpu,
    /// NVIDIA graphics processor through CUDA.
    Cuda,
}

/// Device that has passed the self-test.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DeviceInfo {
    /// Kind of the device.
    pub kind: DeviceKind,
    /// Name shown to people, such as `CPU`.
    pub name: String,
}

/// Opens a device and runs its [`self_test`].
///
/// # Errors
/// `device-unavailable` if the build or the machine lacks it, `device-self-test` if it computes wrong results.
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
