//! The engine as a worker of the page has it: in a real browser, once for each build. The networks are micro
//! ones, so that WebGPU on a software adapter is quick enough.
#![cfg(target_arch = "wasm32")]

use js_sys::{Array, Function, Object, Promise, Reflect, Uint8Array};
use peerlight_models::micro;
use peerlight_wasm::{Engine, catalog};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

const SIDE: u32 = 96;

#[wasm_bindgen_test]
async fn the_device_passes_its_self_test() {
    let engine = open().await;
    let expected = if cfg!(feature = "webgpu") { "webgpu" } else { "cpu" };
    assert_eq!(get(&engine.device().unwrap(), "kind").as_string().as_deref(), Some(expected));
}

#[wasm_bindgen_test]
async fn a_picture_is_explained() {
    let engine = loaded().await;
    let steps = Array::new();
    let explanation = explain(&engine, SIDE, go_on(&steps)).await.unwrap();
    assert!(steps.length() > 0, "no step was reported");
    let peers = Array::from(&get(&explanation, "peers"));
    assert_eq!(peers.length(), 2);
    let agreement = get(&explanation, "agreement").as_f64().unwrap();
    assert!((-1.0..=1.0).contains(&agreement), "agreement {agreement}");
    let map = js_sys::Float32Array::new(&get(&get(&explanation, "mutual"), "map")).to_vec();
    let side = get(&explanation, "side").as_f64().unwrap() as usize;
    assert_eq!(map.len(), side * side);
    assert!(map.iter().all(|value| (0.0..=1.0).contains(value)));
}

#[wasm_bindgen_test]
async fn a_refused_step_cancels_and_the_engine_goes_on() {
    let engine = loaded().await;
    let stop = Function::new_no_args("return Promise.resolve(false)");
    assert_eq!(code(explain(&engine, SIDE, stop).await), "cancelled");
    explain(&engine, SIDE, go_on(&Array::new())).await.unwrap();
}

#[wasm_bindgen_test]
async fn errors_are_objects_with_a_code() {
    let mut engine = open().await;
    assert_eq!(code(explain(&engine, SIDE, go_on(&Array::new())).await), "bundle-invalid");
    let mut bytes = micro::bundle().unwrap();
    bytes.truncate(bytes.len() / 2);
    assert_eq!(code(engine.load(bytes)), "bundle-truncated");
    let engine = loaded().await;
    assert_eq!(code(explain(&engine, 0, go_on(&Array::new())).await), "image-empty");
}

#[wasm_bindgen_test]
fn the_catalog_holds_what_the_page_shows() {
    let catalog = catalog().unwrap();
    for colours in Array::from(&get(&catalog, "colours")) {
        assert_eq!(Uint8Array::new(&get(&colours, "lut")).length(), 256 * 3);
    }
    assert!(Array::from(&get(&catalog, "settings")).length() > 0);
}

async fn open() -> Engine {
    Engine::open().await.unwrap_or_else(|error| panic!("{:?}", js_sys::JSON::stringify(&error)))
}

async fn loaded() -> Engine {
    let mut engine = open().await;
    engine.load(micro::bundle().unwrap()).unwrap();
    engine
}

/// Explains a slope of colour.
async fn explain(engine: &Engine, side: u32, on_step: Function) -> Result<JsValue, JsValue> {
    let pixel = |i: u32| [(i % side) as u8 * 2, (i / side) as u8 * 2, (i % 7) as u8 * 30, 255];
    let rgba = (0..side * side).flat_map(pixel).collect();
    engine.explain(side, side, rgba, Object::new().into(), on_step).await.map(JsValue::from)
}

/// A step's listener that keeps what it hears and lets the work go on.
fn go_on(steps: &Array) -> Function {
    let steps = steps.clone();
    let heard = move |step: JsValue| {
        steps.push(&step);
        Promise::resolve(&JsValue::TRUE)
    };
    Closure::<dyn FnMut(JsValue) -> Promise>::new(heard).into_js_value().unchecked_into()
}

fn get(object: &JsValue, key: &str) -> JsValue {
    Reflect::get(object, &key.into()).unwrap()
}

fn code(result: Result<JsValue, JsValue>) -> String {
    let Err(error) = result else { panic!("no error") };
    get(&error, "code").as_string().expect("a code")
}
