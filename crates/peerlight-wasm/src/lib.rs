//! Peerlight for JavaScript. This crate converts between JavaScript's values and Rust's and never
//! computes. It is built twice: for the CPU, and for WebGPU.

mod convert;
mod networks;
mod open_image;
mod progress;

use std::collections::BTreeMap;

use burn::tensor::Device;
use js_sys::{Function, JsString, Object};
use peerlight_core::{Code, Error, Rect, Rgba8};
use peerlight_explain::{DeviceInfo, DeviceKind, Explanation, ForwardPass, Request, Session, legacy, open_device};
use peerlight_metrics::{EvaluatedImage, Evaluation, MetricId, WhatIf, measure, metric_ids, sanity, what_if};
use peerlight_models::{Bundle, FolderClasses, compose_by};
use peerlight_onnx::OwnNetworks;
use serde::Deserialize;
use serde_json::{Value, json};
use wasm_bindgen::prelude::*;

use crate::{
    convert::{from_js, thrown, to_js},
    open_image::OpenImage,
    progress::{JsProgress, now},
};

/// The device of this build.
const KIND: DeviceKind = if cfg!(feature = "webgpu") { DeviceKind::WebGpu } else { DeviceKind::Cpu };

/// About what the first image takes.
const RESERVE: usize = 64 << 20;

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
    // One growth of the memory in place of seventy, each of which takes a browser a millisecond. What was allocated and
    // given back stays with the allocator, and costs nothing until it is written.
    drop(std::hint::black_box(Vec::<u8>::with_capacity(RESERVE)));
    console_error_panic_hook::set_once();
    // CubeCL reports a shader's real error through the log alone.
    let _ = console_log::init_with_level(log::Level::Warn);
    compose_by(|name| JsString::from(name).normalize("NFC").into());
}

/// Everything that can be chosen: methods, metrics, settings, color maps with their tables, error codes.
#[wasm_bindgen]
pub fn catalog() -> Result<JsValue, JsValue> {
    convert::catalog(&peerlight_metrics::catalog()).map_err(thrown)
}

/// The explainer on this build's device. A method waits for the one before it: call one at a time.
#[wasm_bindgen]
pub struct Engine {
    device: Device,
    info: DeviceInfo,
    session: Option<Session>,
    /// Networks that wait to be opened together.
    added: Vec<OwnNetworks>,
    /// The images that are open, by the numbers that the caller gave them.
    images: BTreeMap<u32, OpenImage>,
}

#[wasm_bindgen]
impl Engine {
    /// Makes the device ready and has it pass the known-answer test.
    pub async fn open() -> Result<Engine, JsValue> {
        let (device, info) = open_device(KIND).await.map_err(thrown)?;
        Ok(Engine { device, info, session: None, added: Vec::new(), images: BTreeMap::new() })
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
        self.open_session(session).map_err(thrown)
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

    /// Has every peer see an image of `width` x `height` RGBA pixels, which stays open under a number of the caller's
    /// until it is closed. `framing` is the square of it that they see, `{ crop, across, down }`, each as a fraction or
    /// left out. `on_step` is called with each step and gives a promise of whether to go on.
    pub async fn forward(
        &mut self,
        image: u32,
        width: u32,
        height: u32,
        rgba: Vec<u8>,
        framing: JsValue,
        on_step: Function,
    ) -> Result<(), JsValue> {
        self.images.remove(&image);
        let framing = convert::from_js(framing).map_err(thrown)?;
        let pixels = Rgba8::new(width, height, rgba).map_err(thrown)?;
        let pass = self.session().map_err(thrown)?.forward(&pixels, framing, &JsProgress::new(on_step)).await;
        self.images.insert(image, OpenImage::new(pass.map_err(thrown)?));
        Ok(())
    }

    /// Forgets an open image.
    pub fn close_image(&mut self, image: u32) {
        self.images.remove(&image);
    }

    /// Explains an open image: a request by JavaScript's names, or undefined for the default one.
    pub async fn explain(&mut self, image: u32, request: JsValue, on_step: Function) -> Result<Object, JsValue> {
        let request = self.request(request).map_err(thrown)?;
        let (session, image) = self.seen(image).map_err(thrown)?;
        image.explain(session, &request, &JsProgress::new(on_step)).await.map_err(thrown)?;
        convert::explanation(image.explanation(&request).expect("it was kept")).map_err(thrown)
    }

    /// What metrics say of the map that a request gives of an open image, which is made if it was not. Options:
    /// `{ metrics: ids, all if left out; boxes: [[x0, y0, x1, y1], ..] in pixels of the map }`.
    pub async fn measure(
        &mut self,
        image: u32,
        request: JsValue,
        options: JsValue,
        on_step: Function,
    ) -> Result<JsValue, JsValue> {
        let request = self.request(request).map_err(thrown)?;
        let options: MeasureOptions = from_js(options).map_err(thrown)?;
        let progress = JsProgress::new(on_step);
        let (session, pass, made) = self.explained(image, &request, &progress).await.map_err(thrown)?;
        let metrics = options.metrics.unwrap_or_else(|| metric_ids(false));
        let image = EvaluatedImage::new(session, pass, &options.boxes, &progress).await.map_err(thrown)?;
        let evaluation = Evaluation::new(&image, made, &request);
        let measures = measure(&evaluation, &metrics).await.map_err(thrown)?;
        to_js(&measures).map_err(thrown)
    }

    /// What the networks would answer if places of an open image were hidden: a question by JavaScript's names, about
    /// the class that a request explains.
    pub async fn what_if(
        &mut self,
        image: u32,
        question: JsValue,
        request: JsValue,
        on_step: Function,
    ) -> Result<Object, JsValue> {
        let question: WhatIf = from_js(question).map_err(thrown)?;
        let request = self.request(request).map_err(thrown)?;
        let progress = JsProgress::new(on_step);
        let (session, pass, made) = self.explained(image, &request, &progress).await.map_err(thrown)?;
        let answer = what_if(session, pass, (&request, made), &question, &progress).await.map_err(thrown)?;
        convert::what_if(&answer).map_err(thrown)
    }

    /// Whether the map that a request gives of an open image changes when the networks' weights are shuffled.
    pub async fn sanity(&mut self, image: u32, request: JsValue, on_step: Function) -> Result<JsValue, JsValue> {
        let request = self.request(request).map_err(thrown)?;
        let (session, image) = self.seen(image).map_err(thrown)?;
        let found = sanity(session, &image.pass, &request, &JsProgress::new(on_step)).await.map_err(thrown)?;
        to_js(&found).map_err(thrown)
    }

    /// The classes that folders of images, or cells of a table, are named after, as the command line finds them; -1 for
    /// a name of none or of several.
    pub fn folder_classes(&self, names: Vec<String>) -> Result<Vec<i32>, JsValue> {
        let session = self.session().map_err(thrown)?;
        let classes = FolderClasses::new(&session.info().classes);
        let index = |name: &String| classes.find(name).one().and_then(|index| i32::try_from(index).ok());
        Ok(names.iter().map(|name| index(name).unwrap_or(-1)).collect())
    }
}

/// What is asked of a map's metrics.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct MeasureOptions {
    metrics: Option<Vec<MetricId>>,
    boxes: Vec<Rect>,
}

impl Engine {
    /// The device itself, for tests: a module can open only one.
    #[doc(hidden)]
    pub fn burn_device(&self) -> &Device {
        &self.device
    }

    /// Takes a session in place of the one before it, and describes its networks.
    fn open_session(&mut self, session: Session) -> peerlight_core::Result<JsValue> {
        let mut info = convert::json(session.info())?;
        legacy::bundle(&mut info);
        let info = to_js(&info)?;
        self.session = Some(session);
        self.images.clear();
        Ok(info)
    }

    /// A request by JavaScript's names. Without a method it is the one that suits the number of networks.
    fn request(&self, value: JsValue) -> peerlight_core::Result<Request> {
        let mut given: Value = from_js(value)?;
        let standard = || self.session().map(|session| session.default_request().method);
        match &mut given {
            Value::Null => given = json!({ "method": standard()? }),
            Value::Object(keys) if !keys.contains_key("method") => {
                drop(keys.insert("method".into(), standard()?.into()))
            }
            _ => {}
        }
        convert::of_json(given)
    }

    fn session(&self) -> peerlight_core::Result<&Session> {
        self.session
            .as_ref()
            .ok_or_else(|| Error::new(Code::BundleInvalid, "No bundle is loaded yet. Call load first."))
    }

    /// What is loaded, and an open image.
    fn seen(&mut self, image: u32) -> peerlight_core::Result<(&Session, &mut OpenImage)> {
        let none = || Error::new(Code::AskInvalid, "There is no image yet. Call forward first.");
        self.session()?;
        let image = self.images.get_mut(&image).ok_or_else(none)?;
        Ok((self.session.as_ref().expect("it is loaded"), image))
    }

    /// What is loaded, the forward pass over an open image, and what a request gives of it, made unless it is kept.
    async fn explained(
        &mut self,
        image: u32,
        request: &Request,
        progress: &JsProgress,
    ) -> peerlight_core::Result<(&Session, &ForwardPass, &Explanation)> {
        let (session, image) = self.seen(image)?;
        if image.explanation(request).is_none() {
            image.explain(session, request, progress).await?;
        }
        Ok((session, &image.pass, image.explanation(request).expect("it was kept")))
    }
}
