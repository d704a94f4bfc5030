//! The module as a page's worker uses it, in a real browser, on the device of this build. What it
//! must answer is among the kept answers of peerlight-testkit, which peerlight-explain's tests keep current.
#![cfg(target_arch = "wasm32")]

use js_sys::{Array, Float32Array, Function, JSON, Object, Promise, Reflect, Uint8Array};
use peerlight_explain::{Session, Silent};
use peerlight_models::{Bundle, micro};
use peerlight_testkit::{answers, cases, drawn, json::assert_close, names};
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
fn progress(no_at: Option<u32>) -> (Function, Array) {
    let steps = Array::new();
    let kept = steps.clone();
    let callback = Closure::<dyn FnMut(JsValue) -> Promise>::new(move |step| {
        kept.push(&step);
        Promise::resolve(&JsValue::from(no_at != Some(kept.length() - 1)))
    });
    (callback.into_js_value().unchecked_into(), steps)
}

/// The number under which a test opens its image.
const IMAGE: u32 = 1;

async fn forward(engine: &mut Engine, crop: Option<f64>, progress: Function) -> Result<(), JsValue> {
    engine.forward(IMAGE, WIDTH, HEIGHT, drawn(WIDTH, HEIGHT), js(&serde_json::json!({ "crop": crop })), progress).await
}

async fn explain(engine: &mut Engine, request: &Value, crop: Option<f64>) -> Result<Object, JsValue> {
    forward(engine, crop, progress(None).0).await?;
    engine.explain(IMAGE, js(request), progress(None).0).await
}

/// One test for everything on the device: a module opens WebGPU once, as a worker does.
#[wasm_bindgen_test]
async fn the_engine_answers_on_its_device() {
    // The test's harness does not run a module's start function.
    peerlight_wasm::start();
    names::check_forms();
    let mut engine = Engine::open().await.unwrap_or_else(|thrown| panic!("{}", json(&thrown)));
    assert_eq!(json(&engine.device().unwrap())["kind"], KIND);
    nothing_is_loaded(&mut engine).await;
    loading_tells_what_is_loaded(&mut engine).await;
    explanations_are_those_of_the_native_program(&mut engine).await;
    each_step_is_told_and_can_be_the_last(&mut engine).await;
    a_map_is_measured_and_put_to_the_test(&mut engine).await;
    places_are_hidden_and_several_images_stay_open(&mut engine).await;
    errors_are_plain_and_leave_the_engine_ready(&mut engine).await;
    maps_are_those_of_the_libraries(&engine).await;
}

/// A plain `{ code, message }`, as the worker hands it on.
fn assert_code(thrown: JsValue, code: &str) {
    let keys: Vec<String> =
        Object::keys(thrown.unchecked_ref::<Object>()).iter().map(|key| key.as_string().unwrap()).collect();
    assert_eq!(keys, ["code", "message"]);
    assert_eq!(get(&thrown, "code"), code, "{}", json(&thrown));
    assert!(get(&thrown, "message").as_string().unwrap().ends_with('.'), "{}", json(&thrown));
}

async fn nothing_is_loaded(engine: &mut Engine) {
    assert_code(explain(engine, &serde_json::json!({}), None).await.unwrap_err(), "bundle-invalid");
    assert_code(engine.time_ms().await.unwrap_err(), "bundle-invalid");
}

async fn explanations_are_those_of_the_native_program(engine: &mut Engine) {
    let expected = answers::kept();
    for (i, asked) in answers::requests().as_array().unwrap().iter().enumerate() {
        let explanation = explain(engine, &asked[0], asked[1].as_f64()).await.unwrap();
        let side = get(&explanation, "side").as_f64().unwrap() as u32;
        let part = |values: &Float32Array| -> Array {
            values.to_vec().into_iter().step_by(answers::EVERY).map(JsValue::from).collect()
        };
        for holder in Array::from(&get(&explanation, "peers")).iter().chain([explanation.clone().into()]) {
            let map = get(&holder, "map").dyn_into::<Float32Array>().unwrap();
            assert_eq!(map.length(), side * side);
            Reflect::set(&holder, &"map".into(), &part(&map)).unwrap();
        }
        let raw = get(&explanation, "raw");
        let values = get(&raw, "values").dyn_into::<Float32Array>().unwrap();
        Reflect::set(&raw, &"values".into(), &part(&values)).unwrap();
        // The older names of the same arrays.
        for older in ["native", "mutual"] {
            let holder = get(&explanation, older);
            if holder.is_object() {
                for key in ["values", "map"] {
                    Reflect::delete_property(holder.unchecked_ref::<Object>(), &key.into()).unwrap();
                }
            }
        }
        for key in ["device", "ms", "timings"] {
            assert!(Reflect::delete_property(&explanation, &key.into()).unwrap());
        }
        assert_close(&json(&explanation), &expected[i], TOLERANCE, &format!("answers[{i}]"));
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
    let names = ["class 3", "CLASS-7", "2", "zebra"].map(String::from).to_vec();
    assert_eq!(engine.folder_classes(names).unwrap(), [3, 7, 2, -1]);
}

async fn each_step_is_told_and_can_be_the_last(engine: &mut Engine) {
    forward(engine, None, progress(None).0).await.unwrap();
    // What is asked, and how many steps it tells.
    let score_cam = serde_json::json!({ "method": "score-cam" });
    for (request, expected) in [(None, 2), (Some(&score_cam), 4)] {
        let mut run = async |no_at| {
            let (callback, steps) = progress(no_at);
            let request = request.map_or(JsValue::UNDEFINED, js);
            (engine.explain(IMAGE, request, callback).await, steps.length())
        };
        let (done, steps) = run(None).await;
        done.unwrap();
        assert_eq!(steps, expected);
        for last in 0..steps {
            let (done, told) = run(Some(last)).await;
            assert_code(done.unwrap_err(), "cancelled");
            assert_eq!(told, last + 1);
        }
        run(None).await.0.unwrap();
    }
    for last in 0..3 {
        assert_code(forward(engine, None, progress(Some(last)).0).await.unwrap_err(), "cancelled");
        assert_code(engine.explain(IMAGE, JsValue::NULL, progress(None).0).await.unwrap_err(), "ask-invalid");
    }
    let throwing = Function::new_no_args("throw new Error('gone')");
    assert_code(forward(engine, None, throwing).await.unwrap_err(), "cancelled");
    forward(engine, None, progress(None).0).await.unwrap();
}

async fn a_map_is_measured_and_put_to_the_test(engine: &mut Engine) {
    forward(engine, None, progress(None).0).await.unwrap();
    let request = serde_json::json!({ "method": "grad-cam", "peer": 0 });
    let options = serde_json::json!({ "boxes": [[0, 0, 64, 64]] });
    let measures = json(&engine.measure(IMAGE, js(&request), js(&options), progress(None).0).await.unwrap());
    let figure = |id: &str| {
        let figures = measures["figures"].as_array().unwrap();
        figures.iter().find(|f| f["id"] == id).unwrap_or_else(|| panic!("no {id}: {measures}"))["value"].as_f64()
    };
    // A box around everything holds all of the map.
    assert_eq!(figure("energy"), Some(1.0));
    for id in ["insertion", "deletion", "complexity", "coherency", "adcc"] {
        assert!((0.0..=1.0).contains(&figure(id).unwrap()), "{id}: {measures}");
    }
    assert!(measures["curves"].as_array().unwrap().iter().all(|curve| curve["y"].as_array().unwrap().len() == 29));
    let none = json(
        &engine
            .measure(IMAGE, js(&request), js(&serde_json::json!({ "metrics": ["energy"] })), progress(None).0)
            .await
            .unwrap(),
    );
    assert_eq!(none["figures"][0]["value"], Value::Null);
    for options in [serde_json::json!({ "metrics": ["guess"] }), serde_json::json!({ "boxs": [] })] {
        assert_code(
            engine.measure(IMAGE, js(&request), js(&options), progress(None).0).await.unwrap_err(),
            "ask-invalid",
        );
    }
    let sane = json(&engine.sanity(IMAGE, js(&request), progress(None).0).await.unwrap());
    assert!(sane["layers"].as_array().unwrap().len() >= 3 && sane["unchanged"].is_boolean(), "{sane}");
}

async fn places_are_hidden_and_several_images_stay_open(engine: &mut Engine) {
    forward(engine, None, progress(None).0).await.unwrap();
    let request = serde_json::json!({ "target": 3 });
    let question = serde_json::json!({ "regions": [{ "row": 1, "column": 2, "rho": 0.5 }], "effects": true });
    let first = json(&engine.what_if(IMAGE, js(&question), js(&request), progress(None).0).await.unwrap());
    let peer = &first["peers"][0];
    assert_ne!(peer["before"]["probability"], peer["after"]["probability"], "{first}");
    // What hides one region for all is what its effect says.
    let of = |key: &str| peer[key]["log_odds"].as_f64().unwrap();
    let effect = peer["effects"]["log_odds"][7 + 2].as_f64().unwrap();
    assert!((of("before") - of("after") - effect).abs() < 1e-4, "{first}");
    for question in [serde_json::json!({ "regions": [{ "row": 7, "column": 0 }] }), serde_json::json!({ "hide": [] })] {
        let thrown = engine.what_if(IMAGE, js(&question), js(&request), progress(None).0).await.unwrap_err();
        assert_code(thrown, "ask-invalid");
    }
    let (callback, black) = (progress(None).0, vec![0; (WIDTH * HEIGHT * 4) as usize]);
    engine.forward(IMAGE + 1, WIDTH, HEIGHT, black, JsValue::UNDEFINED, callback).await.unwrap();
    let again = json(&engine.what_if(IMAGE, js(&question), js(&request), progress(None).0).await.unwrap());
    assert_eq!(again["peers"], first["peers"], "the first image is still open");
    engine.close_image(IMAGE);
    assert_code(engine.explain(IMAGE, js(&request), progress(None).0).await.unwrap_err(), "ask-invalid");
    engine.explain(IMAGE + 1, js(&request), progress(None).0).await.unwrap();
    engine.close_image(IMAGE + 1);
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
        serde_json::json!({ "settings": { "evidence": "guess" } }),
        serde_json::json!({ "layers": [] }),
        serde_json::json!("seven"),
    ];
    for ask in asks {
        let thrown = explain(engine, &ask, None).await.err();
        assert_code(thrown.unwrap_or_else(|| panic!("{ask} was taken")), "ask-invalid");
    }
    let sizes = [(0, 0, 0, "image-empty"), (70_000, 70_000, 0, "image-too-large"), (3, 3, 35, "image-broken")];
    for (width, height, bytes, code) in sizes {
        let thrown = engine.forward(IMAGE, width, height, vec![0; bytes], JsValue::UNDEFINED, progress(None).0).await;
        assert_code(thrown.unwrap_err(), code);
    }
    explain(engine, &serde_json::json!({}), None).await.unwrap();
}

/// Every golden map of the micro nets on the processor; on WebGPU, which a software adapter makes slow here, the
/// first case of each method.
async fn maps_are_those_of_the_libraries(engine: &Engine) {
    let bytes = micro::bundle().unwrap();
    let bundle = Bundle::parse(&bytes).unwrap();
    let session = Session::open(&bundle, engine.burn_device(), KIND).unwrap();
    let mut cases = cases::of_nets(&["micro.first", "micro.second"]);
    if KIND == "webgpu" {
        let mut seen = std::collections::BTreeSet::new();
        cases.retain(|(_, case)| seen.insert(case.method.clone()));
    }
    let pass = session.forward_input(micro::input(engine.burn_device()), &Silent).await.unwrap();
    let wrong = cases::compare(&session, &cases, &mut |_| pass.clone(), cases::TOLERANCE).await;
    assert!(wrong.is_empty(), "{} of {} cases are off:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[wasm_bindgen_test]
fn the_catalog_brings_color_tables() {
    let catalog = catalog().unwrap();
    let colors = Array::from(&get(&catalog, "colors"));
    assert_eq!(colors.length(), 4);
    for color in colors.iter() {
        assert_eq!(get(&color, "lut").dyn_into::<Uint8Array>().unwrap().length(), 256 * 3);
    }
    let catalog = json(&catalog);
    assert_eq!(catalog["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(catalog["settings"][0]["id"], "grid");
    assert_eq!(catalog["methods"][0]["id"], "mutual");
    let adcc = catalog["metrics"].as_array().unwrap().iter().find(|metric| metric["id"] == "adcc").unwrap();
    assert!(adcc["passes"] == 0 && adcc["again"] == true && adcc["boxes"] == false && adcc["help"].is_string());
    assert_eq!(catalog["maskings"][0]["id"], "top50");
    assert!(catalog["errors"].as_array().unwrap().iter().any(|error| error["code"] == "crashed"));
}
