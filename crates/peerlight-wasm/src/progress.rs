//! Progress that JavaScript hears of.

use async_trait::async_trait;
use js_sys::{Function, Promise};
use peerlight_core::{Code, Error, Result};
use peerlight_explain::{Progress, Step};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use crate::convert::to_js;

/// Calls back with each step, and lets the event loop run until the callback's promise is kept.
pub struct JsProgress(Function);

impl JsProgress {
    pub fn new(on_step: Function) -> Self {
        Self(on_step)
    }
}

#[async_trait(?Send)]
impl Progress for JsProgress {
    async fn checkpoint(&self, step: Step) -> Result<()> {
        let cancelled = || Error::new(Code::Cancelled, "The work was cancelled.");
        let answer = self.0.call1(&JsValue::NULL, &to_js(&step)?).map_err(|_| cancelled())?;
        let go_on = match answer.dyn_into::<Promise>() {
            Ok(promise) => JsFuture::from(promise).await.map_err(|_| cancelled())?,
            Err(answer) => answer,
        };
        if go_on.is_falsy() { Err(cancelled()) } else { Ok(()) }
    }

    fn now(&self) -> f64 {
        now()
    }
}

/// Milliseconds by the clock of the page or worker.
pub fn now() -> f64 {
    let global = js_sys::global();
    let clock = js_sys::Reflect::get(&global, &JsValue::from_str("performance"));
    clock.map(|clock| clock.unchecked_into::<web_sys::Performance>().now()).unwrap_or(0.0)
}
