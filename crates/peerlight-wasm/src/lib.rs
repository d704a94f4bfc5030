//! Peerlight for JavaScript. This crate converts between JavaScript's values and Rust's and never
//! computes. It is built twice: for the CPU, and for WebGPU.

mod convert;
mod host;

use burn::tensor::Device;
use js_sys::{Function, Object};
use peerlight_core::Rgba8;
use peerlight_explain::{Ask, DeviceInfo, DeviceKind, Session, open_device};
use peerlight_models::Bundle;
use wasm_bindgen::prelude::*;

use crate::{
    convert::{from_js, thrown, to_js},
    host::{JsHost, now},
};

/// The device of this build.
const KIND: DeviceKind = if cfg!(feature = "webgpu") { DeviceKind::WebGpu } else { DeviceKind::Cpu };

/// Runs once when the module is loaded.
#[wasm_bindgen(start)]
pub fn start() {
    // CubeCL registers its types in static constructors. Calling them here, once, keeps the linker
    // from calling them in every export.
    #[cfg(target_arch = "wasm32")]
    {
        unsafe extern "C" {
            fn __wasm_call_ctors();
        }
        // SAFETY: the linker makes this function; it is called once, before anything else runs.
        unsafe { __wasm_call_ctors() };
    }
    console_error_panic_hook::set_once();
    // CubeCL reports a shader's real error through the log alone.
    let _ = console_log::init_with_level(log::Level::Warn);
}

/// Everything that can be chosen: settings, colour maps with their tables, error codes.
#[wasm_bindgen]
pub fn catalog() -> Result<JsValue, JsValue> {
    convert::catalog(&peerlight_explain::catalog()).map_err(thrown)
}

/// The explainer on this build's device. A method waits for the one before it: call one at a time.
#[wasm_bindgen]
pub struct Engine {
    device: Device,
    info: DeviceInfo,
    session: Option<Session>,
}

#[wasm_bindgen]
impl Engine {
    /// Makes the device ready and has it pass the known-answer test.
    pub async fn open() -> Result<Engine, JsValue> {
        let (device, info) = open_device(KIND).await.map_err(thrown)?;
        Ok(Engine { device, info, session: None })
    }

    /// The device: `{ kind, name }`.
    #[wasm_bindgen(getter)]
    pub fn device(&self) -> Result<JsValue, JsValue> {
        to_js(&self.info).map_err(thrown)
    }

    /// Loads a bundle's bytes. What was loaded before stays if this fails.
    pub fn load(&mut self, bundle: Vec<u8>) -> Result<JsValue, JsValue> {
        let bundle = Bundle::parse(&bundle).map_err(thrown)?;
        let session = Session::open(&bundle, &self.device, &self.info.name).map_err(thrown)?;
        let info = to_js(session.info()).map_err(thrown)?;
        self.session = Some(session);
        Ok(info)
    }

    /// Milliseconds of one forward pass of every peer: the median of three, after one to warm up.
    pub async fn time_ms(&self) -> Result<f64, JsValue> {
        let session = self.session().map_err(thrown)?;
        session.forward_once().await.map_err(thrown)?;
        let mut times = [0.0; 3];
        for time in &mut times {
            let start = now();
            session.forward_once().await.map_err(thrown)?;
            *time = now() - start;
        }
        times.sort_by(f64::total_cmp);
        Ok(times[1])
    }

    /// Explains a picture of `width` x `height` RGBA pixels. `on_step` is called with each step and
    /// gives a promise of whether to go on.
    pub async fn explain(
        &self,
        width: u32,
        height: u32,
        rgba: Vec<u8>,
        ask: JsValue,
        on_step: Function,
    ) -> Result<Object, JsValue> {
        let photo = Rgba8::new(width, height, rgba).map_err(thrown)?;
        let ask: Ask = from_js(ask).map_err(thrown)?;
        let session = self.session().map_err(thrown)?;
        let explanation = session.explain(&photo, &ask, &JsHost::new(on_step)).await.map_err(thrown)?;
        convert::explanation(&explanation).map_err(thrown)
    }
}

impl Engine {
    fn session(&self) -> peerlight_core::Result<&Session> {
        self.session.as_ref().ok_or_else(|| {
            peerlight_core::Error::new(peerlight_core::Code::BundleInvalid, "No bundle is loaded yet. Call load first.")
        })
    }
}
