//! Lists of classes as people keep them.

use peerlight_core::{Code, Error, Result};
use peerlight_models::IMAGENET_1K;
use serde_json::Value;

/// Reads names of classes in the order of the logits. The text is one of
///
/// - a name on each line, perhaps after a number and a colon or a WordNet id;
/// - a JSON list of names, or a JSON object of them by number (`id2label` of Hugging Face, `class_index` of Keras);
/// - a CSV with a column `class_name`, `name`, `label` or `class`, such as ImageNet's `classes.csv`. A column
///   `class_index` or `index` says their order;
/// - names between commas, perhaps in brackets and quotes.
///
/// # Errors
/// `ask-invalid` if the text has fewer than two names, or JSON of another form.
pub fn parse(text: &str) -> Result<Vec<String>> {
    let text = text.trim().trim_start_matches('\u{feff}');
    let names = match serde_json::from_str(text) {
        Ok(value @ (Value::Array(_) | Value::Object(_))) => of_json(&value)?,
        _ => match of_csv(text) {
            Some(names) => names,
            None if text.contains('\n') => text.lines().map(plain).filter(|name| !name.is_empty()).collect(),
            None => in_one_line(text),
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
    let name = |value: &Value| match value {
        Value::String(name) => Some(name.clone()),
        Value::Array(parts) => parts.last().and_then(Value::as_str).map(str::to_owned),
        _ => None,
    };
    match value {
        Value::Array(names) => names.iter().map(|value| name(value).ok_or_else(wrong)).collect(),
        Value::Object(names) => {
            let numbered = names.iter().map(|(number, value)| Some((number.parse().ok()?, name(value)?)));
            in_order(numbered.collect::<Option<_>>().ok_or_else(wrong)?).ok_or_else(wrong)
        }
        _ => Err(wrong()),
    }
}

/// Names by their numbers, which must be those from 0 on.
fn in_order(mut names: Vec<(usize, String)>) -> Option<Vec<String>> {
    names.sort();
    let is_whole = names.iter().enumerate().all(|(i, (number, _))| *number == i);
    is_whole.then(|| names.into_iter().map(|(_, name)| name).collect())
}

/// Names from a table whose first line says which column they are in; none if it does not.
fn of_csv(text: &str) -> Option<Vec<String>> {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let header: Vec<String> = cells(lines.next()?).into_iter().map(|cell| cell.to_ascii_lowercase()).collect();
    let column = |wanted: &[&str]| wanted.iter().find_map(|wanted| header.iter().position(|cell| cell == wanted));
    let name = column(&["class_name", "name", "label", "class"]).filter(|_| header.len() > 1)?;
    let number = column(&["class_index", "index", "class_id", "id"]);
    let mut names = Vec::new();
    for (i, line) in lines.enumerate() {
        let cells = cells(line);
        let number = match number {
            Some(number) => cells.get(number)?.trim().parse().ok()?,
            None => i,
        };
        names.push((number, cells.get(name)?.clone()));
    }
    in_order(names)
}

/// The cells of a line of CSV; those in quotes may hold commas.
fn cells(line: &str) -> Vec<String> {
    let (mut cells, mut is_quoted) = (vec![String::new()], false);
    for c in line.trim_end_matches('\r').chars() {
        match c {
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted => cells.push(String::new()),
            c => cells.last_mut().expect("there is one from the beginning").push(c),
        }
    }
    cells
}

/// Names between commas, or the parts in quotes.
fn in_one_line(text: &str) -> Vec<String> {
    let text = text.trim_matches(|c| "[]{}".contains(c));
    let names: Vec<String> = match text.chars().find(|c| matches!(c, '"' | '\'')) {
        Some(quote) => text.split(quote).skip(1).step_by(2).map(str::to_owned).collect(),
        None => text.split(',').map(plain).collect(),
    };
    names.into_iter().filter(|name| !name.is_empty()).collect()
}

/// A name without a number or a WordNet id before it.
fn plain(part: &str) -> String {
    let part = part.trim();
    let numbered = part.split_once(':').filter(|(number, _)| number.trim().parse::<u32>().is_ok());
    let is_wordnet = |id: &str| id.len() == 9 && id.starts_with('n') && id[1..].bytes().all(|b| b.is_ascii_digit());
    let named = part.split_once(char::is_whitespace).filter(|(id, _)| is_wordnet(id));
    numbered.or(named).map_or(part, |(_, name)| name).trim().to_owned()
}

fn invalid(text: &str) -> Error {
    Error::new(Code::AskInvalid, text)
}
