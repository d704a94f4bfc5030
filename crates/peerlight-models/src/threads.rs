//! The threads that a pass runs on.

#[cfg(feature = "cpu")]
use burn::backend::DispatchDevice;
use burn::tensor::Device;

/// Whether tensors of this device are computed by the CPU, and keep no graph for gradients.
pub fn is_cpu(device: &Device) -> bool {
    #[cfg(feature = "cpu")]
    return matches!(device.as_dispatch(), DispatchDevice::Flex(_));
    #[cfg(not(feature = "cpu"))]
    {
        let _ = device;
        false
    }
}

/// Runs a job on one of the threads that the CPU's kernels share, for tensors of this device. Elsewhere each kernel
/// would fall asleep until one of them has woken up and worked.
pub fn inside<R: Send>(device: &Device, job: impl FnOnce() -> R + Send) -> R {
    #[cfg(feature = "rayon")]
    if is_cpu(&device.clone().inner()) {
        return rayon::scope(|_| job());
    }
    let _ = device;
    job()
}

/// The results of a job for each item, in order, computed by all threads.
pub fn map<T: Send, R: Send>(items: Vec<T>, job: impl Fn(T) -> R + Send + Sync) -> Vec<R> {
    #[cfg(feature = "rayon")]
    {
        use rayon::prelude::*;
        items.into_par_iter().with_max_len(1).map(job).collect()
    }
    #[cfg(not(feature = "rayon"))]
    items.into_iter().map(job).collect()
}
