//! Rust's values as JavaScript's and back.

use js_sys::{Array, Float32Array, JSON, Object, Reflect, Uint8Array};
use peerlight_core::{Code, Error, Result};
use peerlight_explain::{Attribution, Explanation, Map};
use peerlight_metrics::Catalog;
use serde::{Serialize, de::DeserializeOwned};
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
    let refused =
        |why: &dyn std::fmt::Display| Error::new(Code::AskInvalid, format!("The settings cannot be read: {why}."));
    let json = JSON::stringify(&value).map_err(|_| refused(&"they are not plain data"))?;
    serde_json::from_str(&String::from(json)).map_err(|e| refused(&e))
}

/// The catalog, with each color map's table as bytes.
pub fn catalog(catalog: &Catalog) -> Result<JsValue> {
    let object = to_js(catalog)?;
    let colors = get(&object, "colors")?;
    for (color, entry) in Array::from(&colors).iter().zip(&catalog.explain.colors) {
        set(color.unchecked_ref(), "lut", &Uint8Array::from(entry.lut.as_slice()))?;
    }
    Ok(object)
}

/// The explanation, with each map as an array of floats.
pub fn explanation(explanation: &Explanation) -> Result<Object> {
    let object: Object = to_js(explanation)?.unchecked_into();
    put_map(&get(&object, "mutual")?, &explanation.mutual)?;
    for (peer, report) in Array::from(&get(&object, "peers")?).iter().zip(&explanation.peers) {
        put_map(&peer, &report.attention)?;
    }
    Ok(object)
}

/// What a method made, with its maps as arrays of floats.
pub fn attribution(made: &Attribution) -> Result<Object> {
    let object: Object = to_js(made)?.unchecked_into();
    put_map(&object, &made.map)?;
    let native = get(&object, "native")?;
    set(native.unchecked_ref(), "values", &Float32Array::from(made.native.values.as_slice()))?;
    Ok(object)
}

fn put_map(object: &JsValue, map: &Map) -> Result<()> {
    set(object.unchecked_ref(), "map", &Float32Array::from(map.map.as_slice()))
}

fn get(object: &JsValue, key: &str) -> Result<JsValue> {
    Reflect::get(object, &key.into()).map_err(|e| failed(&format!("{e:?}")))
}

fn set(object: &Object, key: &str, value: &JsValue) -> Result<()> {
    Reflect::set(object, &key.into(), value).map(drop).map_err(|e| failed(&format!("{e:?}")))
}

fn failed(error: &dyn std::fmt::Display) -> Error {
    Error::new(Code::Crashed, format!("A result could not be handed over: {error}."))
}
