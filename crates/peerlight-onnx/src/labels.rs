//! Lists of classes as people keep them.

mod table;

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
/// - a name on each line, perhaps after a number and a colon, which then says their order, or after a WordNet id;
/// - a JSON list of names, or a JSON object of them by number (`id2label` of Hugging Face, `class_index` of Keras);
/// - a table with a column `class_name`, `name`, `label` or `class`, such as ImageNet's `classes.csv`. A column
///   `class_index`, `index`, `class_id` or `id` says their order. Commas, semicolons or tabs separate the cells;
/// - names between commas, perhaps in brackets and quotes.
///
/// Where there are WordNet ids, and they are those of ImageNet's 1,000 classes in order, the names are our own.
///
/// # Errors
/// `ask-invalid` if the text has fewer than two names, JSON of another form or with a key twice, or numbers that are
/// not those from 0 on (before the names of lines also those from 1 on).
pub fn parse(text: &str) -> Result<Vec<String>> {
    let text = text.trim().trim_start_matches('\u{feff}').replace("\r\n", "\n").replace('\r', "\n");
    let names = match serde_json::from_str(&text) {
        Ok(value @ (Value::Array(_) | Value::Object(_))) => {
            json::once_each(&text)?;
            of_json(&value)?
        }
        _ => match table::classes(&text) {
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

/// Reads names of classes from JSON: a list, or an object by number.
pub fn of_json(value: &Value) -> Result<Vec<String>> {
    let wrong = || invalid("The list of classes must be a JSON list of names, or an object of them by number.");
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
    let lines = || text.lines().filter(|line| !plain(line).name.is_empty());
    let numbers: Option<Vec<usize>> = lines().map(|line| numbered(line)?.0.trim().parse().ok()).collect();
    let Some(numbers) = numbers else { return Ok(lines().map(plain).collect()) };
    let first = numbers.iter().min().copied().filter(|first| *first < 2).unwrap_or_default();
    in_order(numbers.into_iter().map(|number| number - first).zip(lines().map(plain)).collect())
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

/// Names between commas, or the parts in quotes.
fn in_one_line(text: &str) -> Vec<String> {
    let text = text.trim_matches(|c| "[]{}".contains(c));
    let names: Vec<String> = match text.chars().find(|c| matches!(c, '"' | '\'')) {
        Some(quote) => text.split(quote).skip(1).step_by(2).map(str::to_owned).collect(),
        None => text.split(',').map(|part| plain(part).name).collect(),
    };
    names.into_iter().filter(|name| !name.is_empty()).collect()
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
