//! Lists of classes as people keep them.

mod table;
mod written;

use peerlight_core::{Code, Error, Result};
use peerlight_models::{IMAGENET_1K, IMAGENET_1K_WNIDS, is_wordnet_id};
use serde_json::Value;

use crate::json;

/// A class of a list.
struct Class {
    /// Its WordNet id; empty if there is none.
    wnid: String,
    name: String,
}

/// Reads names of classes in the order of the logits. The text is one of
///
/// - a name on each line, perhaps in quotes, or after a number that then says their order, or after a WordNet id;
/// - a JSON list of names, a JSON object of them by number (`class_index` of Keras) or of numbers by name
///   (`class_to_idx` of torchvision), or a JSON object with one of these as `id2label`, `labels`, `class_names`,
///   `classes` or `names`;
/// - a list or a dictionary of Python, over any number of lines;
/// - YAML with a key `names`, as data sets of YOLO have it;
/// - a table with a column `class_name`, `name`, `label` or `class`, such as ImageNet's `classes.csv`. A column
///   `class_index`, `index`, `class_id` or `id` says their order. Commas, semicolons or tabs separate the cells.
///   Without a head line, a column of numbers from 0 or 1 on does;
/// - names between commas, perhaps in brackets.
///
/// Where there are WordNet ids, and they are those of ImageNet's 1,000 classes in order, the names are our own.
///
/// # Errors
/// `ask-invalid` if the text has fewer than two names, JSON of another form, with a key twice or with an object on each
/// line, or numbers that are not those from 0 on (before the names of lines also those from 1 on).
pub fn parse(text: &str) -> Result<Vec<String>> {
    let text = text.trim().trim_start_matches('\u{feff}').replace("\r\n", "\n").replace('\r', "\n");
    let names = match serde_json::from_str(&text) {
        Ok(value @ (Value::Array(_) | Value::Object(_))) => {
            json::once_each(&text)?;
            of_json(&value)?
        }
        _ if !text.is_empty() && text.lines().all(is_object) => {
            return Err(invalid("Each line is a JSON object. Give the names as one JSON list, or one on each line."));
        }
        _ => match written::python(&text).or_else(|| written::yaml(&text)).or_else(|| table::classes(&text)) {
            Some(classes) => names(classes?),
            None if text.contains('\n') => names(of_lines(&text)?),
            None => in_one_line(&text),
        },
    };
    match names.len() {
        0 | 1 => Err(invalid("The list of classes has fewer than two names.")),
        _ => Ok(names),
    }
}

/// The 1,000 names of ImageNet.
pub fn imagenet() -> Vec<String> {
    IMAGENET_1K.lines().map(str::to_owned).collect()
}

/// Keys of JSON objects that hold the names.
pub const KEYS: [&str; 5] = ["labels", "label_names", "class_names", "classes", "id2label"];

fn is_object(line: &str) -> bool {
    line.starts_with('{') && serde_json::from_str(line).is_ok_and(|value: Value| value.is_object())
}

/// Reads names of classes from JSON: a list, an object by number, an object of numbers, or an object that holds one.
pub fn of_json(value: &Value) -> Result<Vec<String>> {
    let wrong = || {
        let text = "The list of classes must be a JSON list of names, an object of them by number, from 0 on, or an \
                    object of such numbers by name.";
        invalid(text)
    };
    let inner = KEYS.iter().chain(&["names"]).find_map(|key| value.get(key));
    if let Some(inner) = inner.filter(|inner| inner.is_array() || inner.is_object()) {
        return of_json(inner);
    }
    // Keras has a WordNet id before each name.
    let class = |value: &Value| match value {
        Value::String(name) => Some(Class { wnid: String::new(), name: name.clone() }),
        Value::Array(parts) => {
            let wnid = parts.first().and_then(Value::as_str).unwrap_or_default().to_owned();
            Some(Class { wnid, name: parts.last()?.as_str()?.to_owned() })
        }
        _ => None,
    };
    let classes = match value {
        Value::Array(listed) => listed.iter().map(class).collect(),
        Value::Object(listed) if listed.values().all(Value::is_u64) => {
            let class = |name: &String| Class { wnid: String::new(), name: name.clone() };
            let number = |value: &Value| usize::try_from(value.as_u64()?).ok();
            let numbered = listed.iter().map(|(name, value)| Some((number(value)?, class(name))));
            numbered.collect::<Option<_>>().and_then(in_order)
        }
        Value::Object(listed) => {
            let numbered = listed.iter().map(|(number, value)| Some((number.parse().ok()?, class(value)?)));
            numbered.collect::<Option<_>>().and_then(in_order)
        }
        _ => None,
    };
    classes.map(names).ok_or_else(wrong)
}

/// A class on each line, in the order of the numbers before the names, if every line has one.
fn of_lines(text: &str) -> Result<Vec<Class>> {
    if let Some(classes) = written::quoted(text).or_else(|| written::counted(text)) {
        return Ok(classes);
    }
    let lines = || text.lines().filter(|line| !plain(line).name.is_empty());
    let numbers: Option<Vec<usize>> = lines().map(|line| numbered(line)?.0.trim().parse().ok()).collect();
    let Some(numbers) = numbers else { return Ok(lines().map(plain).collect()) };
    from_0_or_1(numbers.into_iter().zip(lines().map(plain)).collect())
}

/// Classes by their numbers, which must be those from 0 or from 1 on.
fn from_0_or_1(classes: Vec<(usize, Class)>) -> Result<Vec<Class>> {
    let first = classes.iter().map(|(number, _)| *number).min().filter(|first| *first < 2).unwrap_or_default();
    in_order(classes.into_iter().map(|(number, class)| (number - first, class)).collect())
        .ok_or_else(|| invalid("The numbers before the classes' names must go from 0 or 1 on, each once."))
}

/// Classes by their numbers, which must be those from 0 on.
fn in_order(mut classes: Vec<(usize, Class)>) -> Option<Vec<Class>> {
    classes.sort_by_key(|(number, _)| *number);
    let is_whole = classes.iter().enumerate().all(|(i, (number, _))| *number == i);
    is_whole.then(|| classes.into_iter().map(|(_, class)| class).collect())
}

/// Names of classes. Those of ImageNet's 1,000 WordNet ids are the names that all lists of ImageNet get here.
fn names(classes: Vec<Class>) -> Vec<String> {
    match classes.iter().map(|class| class.wnid.as_str()).eq(IMAGENET_1K_WNIDS.lines()) {
        true => imagenet(),
        false => classes.into_iter().map(|class| class.name).collect(),
    }
}

/// Names between commas, perhaps in brackets.
fn in_one_line(text: &str) -> Vec<String> {
    let text = text.trim_matches(|c| "[]{}".contains(c));
    text.split(',').map(|part| plain(part).name).filter(|name| !name.is_empty()).collect()
}

/// A class by its name, perhaps with a number or a WordNet id before it.
fn plain(part: &str) -> Class {
    let part = part.trim();
    let numbered = numbered(part);
    let named = part.split_once(char::is_whitespace).filter(|(id, _)| is_wordnet_id(id));
    let wnid = named.map_or("", |(id, _)| id).to_owned();
    Class { wnid, name: numbered.or(named).map_or(part, |(_, name)| name).trim().to_owned() }
}

/// The number before a colon, and what is behind it.
fn numbered(line: &str) -> Option<(&str, &str)> {
    line.split_once(':').filter(|(number, _)| number.trim().parse::<u32>().is_ok())
}

fn invalid(text: &str) -> Error {
    Error::new(Code::AskInvalid, text)
}
