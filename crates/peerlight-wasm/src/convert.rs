//! Rust's values as JavaScript's and back.

use js_sys::{Array, Float32Array, JSON, Object, Reflect, Uint8Array};
use peerlight_core::{Code, Error, Result};
use peerlight_explain::{Explanation, legacy};
use peerlight_metrics::{Catalog, WhatIfResult};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use wasm_bindgen::{JsCast, JsValue};

/// An error as a plain `{ code, message }`.
pub fn thrown(error: Error) -> JsValue {
    let object = Object::new();
    let _ = set(&object, "code", &error.code().id().into());
    let _ = set(&object, "message", &error.to_string().into());
    object.into()
}

/// Plain objects, arrays, numbers and null.
pub fn to_js(value: &impl Serialize) -> Result<JsValue> {
    let serializer =
        serde_wasm_bindgen::Serializer::new().serialize_missing_as_null(true).serialize_maps_as_objects(true);
    value.serialize(&serializer).map_err(|e| failed(&e))
}

/// What a caller passed.
pub fn from_js<T: DeserializeOwned + Default>(value: JsValue) -> Result<T> {
    if value.is_undefined() || value.is_null() {
        return Ok(T::default());
    }
    // By way of JSON: serde-wasm-bindgen asks for the fields that it knows and would pass over a misspelt one.
    let json = JSON::stringify(&value).map_err(|_| unreadable(&"they are not plain data"))?;
    serde_json::from_str(&String::from(json)).map_err(|e| unreadable(&e))
}

/// What a caller passed, once it is JSON.
pub fn of_json<T: DeserializeOwned>(value: Value) -> Result<T> {
    serde_json::from_value(value).map_err(|e| unreadable(&e))
}

fn unreadable(why: &dyn std::fmt::Display) -> Error {
    Error::new(Code::AskInvalid, format!("The settings cannot be read: {why}."))
}

/// A value as JSON.
pub fn json(value: &impl Serialize) -> Result<Value> {
    serde_json::to_value(value).map_err(|e| failed(&e))
}

/// The catalog, with each color map's table as bytes.
pub fn catalog(catalog: &Catalog) -> Result<JsValue> {
    let mut value = json(catalog)?;
    legacy::catalog(&mut value);
    let object = to_js(&value)?;
    let colors = get(&object, "colors")?;
    for (color, entry) in Array::from(&colors).iter().zip(&catalog.explain.colors) {
        set(color.unchecked_ref(), "lut", &Uint8Array::from(entry.lut.as_slice()))?;
    }
    Ok(object)
}

/// The explanation, with each map as an array of floats.
pub fn explanation(explanation: &Explanation) -> Result<Object> {
    let mut value = json(explanation)?;
    legacy::explanation(&mut value);
    let object: Object = to_js(&value)?.unchecked_into();
    let map = floats(&explanation.map.values);
    set(&object, "map", &map)?;
    // The same array under its older names.
    let mutual = get(&object, "mutual")?;
    if mutual.is_object() {
        set(mutual.unchecked_ref(), "map", &map)?;
    }
    let raw = floats(&explanation.raw.values);
    for name in ["raw", "native"] {
        set(get(&object, name)?.unchecked_ref(), "values", &raw)?;
    }
    for (peer, report) in Array::from(&get(&object, "peers")?).iter().zip(&explanation.peers) {
        set(peer.unchecked_ref(), "map", &floats(&report.map.values))?;
    }
    Ok(object)
}

/// The answer to a what-if question, with its patch as bytes.
pub fn what_if(answer: &WhatIfResult) -> Result<Object> {
    let object: Object = to_js(answer)?.unchecked_into();
    let patch = get(&object, "patch")?;
    set(patch.unchecked_ref(), "rgba", &Uint8Array::from(answer.patch.rgba.as_slice()))?;
    Ok(object)
}

fn floats(values: &[f32]) -> JsValue {
    Float32Array::from(values).into()
}

fn get(object: &JsValue, key: &str) -> Result<JsValue> {
    Reflect::get(object, &key.into()).map_err(|e| failed(&text(&e)))
}

fn set(object: &Object, key: &str, value: &JsValue) -> Result<()> {
    Reflect::set(object, &key.into(), value).map(drop).map_err(|e| failed(&text(&e)))
}

/// The text of what JavaScript threw.
fn text(error: &JsValue) -> String {
    error.dyn_ref::<js_sys::Error>().map_or_else(|| "an unknown error".into(), |error| String::from(error.message()))
}

fn failed(error: &dyn std::fmt::Display) -> Error {
    Error::new(Code::Internal, format!("A result could not be handed over: {error}."))
}
