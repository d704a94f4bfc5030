//! Lists of classes that programs keep in their own languages.

use peerlight_core::Result;

use super::{Class, from_0_or_1, in_one_line, in_order, invalid, of_lines, plain};

/// Classes of a list or a dictionary as Python and others write them, perhaps after its name: names in quotes, each
/// perhaps after a number and a colon. `None` for a text that is none.
///
/// # Errors
/// `ask-invalid` if only some names have numbers, the numbers are not those from 0 on, or a quote is not closed.
pub fn python(text: &str) -> Option<Result<Vec<Class>>> {
    let start = text.find(['[', '{', '('])?;
    // As it stands in a program: with the name that it is given.
    let before = text[..start].trim();
    let is_name = |c: char| c.is_alphanumeric() || c.is_whitespace() || matches!(c, '_' | '.' | '=' | ':');
    if !(before.is_empty() || before.ends_with(['=', ':']) && before.chars().all(is_name)) {
        return None;
    }
    let (mut found, mut rest) = (Vec::new(), &text[start + 1..]);
    while let Some(start) = rest.find(['"', '\'']) {
        let before = rest[..start].trim_matches(|c: char| c.is_whitespace() || ",[](){}".contains(c));
        let number = before.strip_suffix(':').map(|number| number.trim().parse::<usize>());
        let Some((name, length)) = string(&rest[start..]) else {
            return Some(Err(invalid("In the list of classes a quote is opened and never closed.")));
        };
        let is_key = rest[start + length..].trim_start().starts_with(':');
        if is_key || !before.is_empty() && !matches!(number, Some(Ok(_))) {
            return Some(Err(invalid("The list of classes must have names alone, or a number before each name.")));
        }
        found.push((number.and_then(std::result::Result::ok), Class { wnid: String::new(), name }));
        rest = &rest[start + length..];
    }
    if found.is_empty() {
        return None;
    }
    if found.iter().all(|(number, _)| number.is_none()) {
        return Some(Ok(found.into_iter().map(|(_, class)| class).collect()));
    }
    let numbered = found.into_iter().map(|(number, class)| Some((number?, class))).collect::<Option<_>>();
    Some(numbered.and_then(in_order).ok_or_else(|| invalid("The numbers of the classes must go from 0 on, each once.")))
}

/// The string that a text begins with, and how many bytes it takes with its quotes.
fn string(text: &str) -> Option<(String, usize)> {
    let (mut name, mut escaped) = (String::new(), false);
    let quote = text.chars().next()?;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => {
                name.push(c);
                escaped = false;
            }
            '\\' => escaped = true,
            c if c == quote => return Some((name, at + c.len_utf8())),
            c => name.push(c),
        }
    }
    None
}

/// Classes of YAML with a key `names`: a list or a map, in brackets or indented. `None` for a text without that key.
///
/// # Errors
/// As [`python`] and [`of_lines`].
pub fn yaml(text: &str) -> Option<Result<Vec<Class>>> {
    let start = text.lines().position(|line| line.starts_with("names:"))?;
    let mut lines = text.lines().skip(start);
    let first = lines.next()?.strip_prefix("names:")?.split(" #").next()?.trim();
    let more = lines.take_while(|line| line.is_empty() || line.starts_with([' ', '\t', '-', ']', '}', '#']));
    if first.starts_with(['[', '{']) {
        let flow = [first].into_iter().chain(more).collect::<Vec<_>>().join(" ");
        let class = |name: String| Class { wnid: String::new(), name };
        return python(&flow).or_else(|| Some(Ok(in_one_line(&flow).into_iter().map(class).collect())));
    }
    let entry = |line: &str| {
        let line = line.trim().split(" #").next().unwrap_or_default().trim();
        let name = line.strip_prefix("- ").unwrap_or(line).trim();
        let (number, name) = name.split_once(':').map_or(("", name), |(number, name)| (number, name.trim()));
        let name = unquoted(name).unwrap_or_else(|| name.to_owned());
        if number.is_empty() { name } else { format!("{number}: {name}") }
    };
    let entries: Vec<String> = more.map(entry).filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    Some(of_lines(&entries.join("\n")))
}

/// What is in quotes, and nothing else but a comma behind them.
fn unquoted(text: &str) -> Option<String> {
    let text = text.trim().trim_end_matches(',').trim_end();
    let (name, length) = string(text.starts_with(['"', '\'']).then_some(text)?)?;
    (length == text.len()).then_some(name)
}

/// Classes of lines each of which is a name in quotes.
pub fn quoted(text: &str) -> Option<Vec<Class>> {
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    lines.map(|line| unquoted(line).map(|name| plain(&name))).collect()
}

/// Classes of lines that begin with a number, a mark such as a full stop if there is one, and a space: those from 0 or
/// 1 on, each once, before names that differ. Other numbers are parts of the names.
pub fn counted(text: &str) -> Option<Vec<Class>> {
    let numbered = |line: &str| {
        let (number, name) = line.trim().split_once(char::is_whitespace)?;
        let number = number.trim_end_matches(['.', ')', '-', '=']).parse().ok()?;
        Some((number, plain(name)))
    };
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    let classes = from_0_or_1(lines.map(numbered).collect::<Option<_>>()?).ok()?;
    let mut names: Vec<&str> = classes.iter().map(|class| class.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    (names.len() == classes.len() && names.iter().all(|name| !name.is_empty())).then_some(classes)
}
