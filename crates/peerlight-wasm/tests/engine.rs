//! The module as a page's worker uses it, in a real browser, on the device of this build. What it
//! must answer is in native.json, which peerlight-explain's tests keep current.
#![cfg(target_arch = "wasm32")]

#[path = "../../peerlight-explain/tests/support/picture.rs"]
mod picture;

use js_sys::{Array, Float32Array, Function, JSON, Object, Promise, Reflect, Uint8Array};
use peerlight_models::micro;
use peerlight_wasm::{Engine, catalog};
use serde_json::Value;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

const WIDTH: u32 = 90;
const HEIGHT: u32 = 70;
const KIND: &str = if cfg!(feature = "webgpu") { "webgpu" } else { "cpu" };
/// How far a number may be from the native one.
const TOLERANCE: f64 = if cfg!(feature = "webgpu") { 1e-2 } else { 1e-3 };

fn get(object: &JsValue, key: &str) -> JsValue {
    Reflect::get(object, &key.into()).unwrap()
}

fn json(value: &JsValue) -> Value {
    let text: String = JSON::stringify(value).unwrap().into();
    serde_json::from_str(&text).unwrap()
}

fn js(value: &Value) -> JsValue {
    JSON::parse(&value.to_string()).unwrap()
}

/// A callback that keeps every step, and says no at one of them.
fn host(no_at: Option<u32>) -> (Function, Array) {
    let steps = Array::new();
    let kept = steps.clone();
    let host = Closure::<dyn FnMut(JsValue) -> Promise>::new(move |step| {
        kept.push(&step);
        Promise::resolve(&JsValue::from(no_at != Some(kept.length() - 1)))
    });
    (host.into_js_value().unchecked_into(), steps)
}

async fn explain(engine: &Engine, ask: &Value) -> Result<Object, JsValue> {
    engine.explain(WIDTH, HEIGHT, picture::drawn(WIDTH, HEIGHT), js(ask), host(None).0).await
}

/// One test for everything on the device: a module opens WebGPU once, as a worker does.
#[wasm_bindgen_test]
async fn the_engine_answers_on_its_device() {
    // The test's harness does not run a module's start function.
    peerlight_wasm::start();
    let mut engine = Engine::open().await.unwrap_or_else(|thrown| panic!("{}", json(&thrown)));
    assert_eq!(json(&engine.device().unwrap())["kind"], KIND);
    nothing_is_loaded(&engine).await;
    loading_tells_what_is_loaded(&mut engine).await;
    explanations_are_those_of_the_native_program(&engine).await;
    each_step_is_told_and_can_be_the_last(&engine).await;
    errors_are_plain_and_leave_the_engine_ready(&mut engine).await;
}

/// A plain `{ code, message }`, as the worker hands it on.
fn assert_code(thrown: JsValue, code: &str) {
    let keys: Vec<String> =
        Object::keys(thrown.unchecked_ref::<Object>()).iter().map(|key| key.as_string().unwrap()).collect();
    assert_eq!(keys, ["code", "message"]);
    assert_eq!(get(&thrown, "code"), code, "{}", json(&thrown));
    assert!(get(&thrown, "message").as_string().unwrap().ends_with('.'), "{}", json(&thrown));
}

async fn nothing_is_loaded(engine: &Engine) {
    assert_code(explain(engine, &serde_json::json!({})).await.unwrap_err(), "bundle-invalid");
    assert_code(engine.time_ms().await.unwrap_err(), "bundle-invalid");
}

async fn explanations_are_those_of_the_native_program(engine: &Engine) {
    let expected: Value = serde_json::from_str(include_str!("native.json")).unwrap();
    for (i, ask) in picture::asks().as_array().unwrap().iter().enumerate() {
        let explanation = explain(engine, ask).await.unwrap();
        let maps = Array::from(&get(&explanation, "peers"));
        maps.push(&get(&explanation, "mutual"));
        let side = get(&explanation, "side").as_f64().unwrap() as u32;
        for holder in maps.iter() {
            let map = get(&holder, "map").dyn_into::<Float32Array>().unwrap();
            assert_eq!(map.length(), side * side);
            let part: Array = map.to_vec().into_iter().step_by(picture::EVERY).map(JsValue::from).collect();
            Reflect::set(&holder, &"map".into(), &part).unwrap();
        }
        for key in ["device", "timings"] {
            assert!(Reflect::delete_property(&explanation, &key.into()).unwrap());
        }
        picture::assert_close(&json(&explanation), &expected[i], TOLERANCE, &format!("answers[{i}]"));
    }
}

async fn loading_tells_what_is_loaded(engine: &mut Engine) {
    let info = json(&engine.load(micro::bundle().unwrap()).unwrap());
    assert_eq!(info["name"], "Known answers");
    assert_eq!(info["classes"].as_array().unwrap().len(), micro::CLASSES);
    assert_eq!(info["peers"].as_array().unwrap().len(), 2);
    assert_eq!(info["preprocess"]["side"], micro::SIDE);
    assert_eq!(info["sha256"].as_str().unwrap().len(), 64);
    assert!(engine.time_ms().await.unwrap() > 0.0);
}

async fn each_step_is_told_and_can_be_the_last(engine: &Engine) {
    let explain = async |no_at| {
        let (host, steps) = host(no_at);
        let pixels = picture::drawn(WIDTH, HEIGHT);
        (engine.explain(WIDTH, HEIGHT, pixels, JsValue::UNDEFINED, host).await, steps)
    };
    let (done, steps) = explain(None).await;
    done.unwrap();
    assert_eq!(steps.length(), 5);
    for (i, step) in steps.iter().enumerate() {
        let step = json(&step);
        assert_eq!((&step["done"], &step["total"]), (&Value::from(i), &Value::from(5)), "{step}");
        let (done, steps) = explain(Some(i as u32)).await;
        assert_code(done.unwrap_err(), "cancelled");
        assert_eq!(steps.length(), i as u32 + 1);
    }
    let throwing = Function::new_no_args("throw new Error('gone')");
    let pixels = picture::drawn(WIDTH, HEIGHT);
    assert_code(engine.explain(WIDTH, HEIGHT, pixels, JsValue::NULL, throwing).await.unwrap_err(), "cancelled");
    explain(None).await.0.unwrap();
}

async fn errors_are_plain_and_leave_the_engine_ready(engine: &mut Engine) {
    let bundle = micro::bundle().unwrap();
    // What was loaded stays.
    assert_code(engine.load(Vec::new()).unwrap_err(), "bundle-truncated");
    assert_code(engine.load(bundle[..5000].to_vec()).unwrap_err(), "bundle-truncated");
    assert_code(engine.load(vec![0; 5000]).unwrap_err(), "bundle-invalid");
    let asks = [
        serde_json::json!({ "grid": 99 }),
        serde_json::json!({ "gird": 7 }),
        serde_json::json!({ "grid": "seven" }),
        serde_json::json!({ "target": 10 }),
        serde_json::json!({ "target": -1 }),
        serde_json::json!({ "evidence": "guess" }),
        serde_json::json!({ "stages": [] }),
        serde_json::json!("seven"),
    ];
    for ask in asks {
        let thrown = explain(engine, &ask).await.err();
        assert_code(thrown.unwrap_or_else(|| panic!("{ask} was taken")), "ask-invalid");
    }
    let sizes = [(0, 0, 0, "image-empty"), (70_000, 70_000, 0, "image-too-large"), (3, 3, 35, "image-broken")];
    for (width, height, bytes, code) in sizes {
        let thrown = engine.explain(width, height, vec![0; bytes], JsValue::NULL, host(None).0).await;
        assert_code(thrown.unwrap_err(), code);
    }
    explain(engine, &serde_json::json!({})).await.unwrap();
}

#[wasm_bindgen_test]
fn the_catalog_brings_colour_tables() {
    let catalog = catalog().unwrap();
    let colours = Array::from(&get(&catalog, "colours"));
    assert_eq!(colours.length(), 4);
    for colour in colours.iter() {
        assert_eq!(get(&colour, "lut").dyn_into::<Uint8Array>().unwrap().length(), 256 * 3);
    }
    let catalog = json(&catalog);
    assert_eq!(catalog["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(catalog["settings"][0]["id"], "grid");
    assert!(catalog["errors"].as_array().unwrap().iter().any(|error| error["code"] == "crashed"));
}
