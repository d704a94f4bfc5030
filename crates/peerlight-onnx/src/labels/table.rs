//! Tables of classes, as spreadsheets and programs write them.

use peerlight_core::Result;

use super::{Class, from_0_or_1, in_order, invalid, is_wordnet_id};

/// Columns with the names, the surest first.
const NAMES: [&str; 4] = ["class_name", "name", "label", "class"];
/// Columns with the classes' numbers, the surest first.
const NUMBERS: [&str; 5] = ["class_index", "index", "class_id", "idx", "id"];

/// Classes from a table whose cells are separated by commas, semicolons or tabs. Its first line names the columns, or
/// each line begins with a number or a WordNet id, or ends with a number; none if neither is so. A column may hold
/// WordNet ids.
///
/// # Errors
/// `ask-invalid` if the numbers are not those from 0 on (without a head line also those from 1 on), or a row has no
/// name.
pub fn classes(text: &str) -> Option<Result<Vec<Class>>> {
    let mut rows = rows(text);
    if rows.len() < 2 {
        return None;
    }
    let head: Vec<String> = rows[0].iter().map(|cell| cell.to_lowercase().replace([' ', '-'], "_")).collect();
    let column = |wanted: &str| head.iter().position(|cell| cell == wanted);
    let Some(name) = NAMES.into_iter().find_map(column).filter(|_| head.len() > 1) else { return without_head(rows) };
    let number = NUMBERS.into_iter().find_map(column).filter(|number| *number != name);
    rows.remove(0);
    let cell = |row: &[String], column: usize| row.get(column).cloned().unwrap_or_default();
    let ids = (0..head.len()).find(|&column| rows.iter().all(|row| is_wordnet_id(&cell(row, column))));
    let number = number.filter(|number| Some(*number) != ids);
    if rows.iter().any(|row| cell(row, name).is_empty()) {
        return Some(Err(invalid("A row of the table of classes has no name.")));
    }
    let numbered = rows.iter().enumerate().map(|(i, row)| {
        let number = number.map_or(Some(i), |number| cell(row, number).parse().ok())?;
        let wnid = ids.map(|ids| cell(row, ids)).unwrap_or_default();
        Some((number, Class { wnid, name: cell(row, name) }))
    });
    let ordered = numbered.collect::<Option<Vec<_>>>().and_then(in_order);
    Some(ordered.ok_or_else(|| {
        let column = number.map_or("", |number| head[number].as_str());
        invalid(&format!("The column '{column}' of the table must number the classes from 0 on, each once."))
    }))
}

/// Rows of a number or a WordNet id and a name, perhaps with separators in it; or of a name and a number, where the
/// numbers are those from 0 or 1 on.
fn without_head(rows: Vec<Vec<String>>) -> Option<Result<Vec<Class>>> {
    if rows.iter().any(|row| row.len() < 2) {
        return None;
    }
    let class = |cells: &[String], wnid: &str| Class { wnid: wnid.to_owned(), name: cells.join(", ") };
    if rows.iter().all(|row| is_wordnet_id(&row[0])) {
        return Some(Ok(rows.iter().map(|row| class(&row[1..], &row[0])).collect()));
    }
    let first = rows.iter().map(|row| Some((row[0].parse().ok()?, class(&row[1..], ""))));
    if let Some(numbered) = first.collect::<Option<Vec<_>>>() {
        return Some(from_0_or_1(numbered));
    }
    let last = rows.iter().map(|row| row.split_last().and_then(|(n, name)| Some((n.parse().ok()?, class(name, "")))));
    from_0_or_1(last.collect::<Option<Vec<_>>>()?).ok().map(Ok)
}

/// The cells of each line that is not empty, without the spaces around them. Those in quotes may hold anything.
fn rows(text: &str) -> Vec<Vec<String>> {
    let first = text.lines().next().unwrap_or_default();
    let named = first.strip_prefix("sep=").and_then(|separator| separator.chars().next());
    let body = if named.is_some() { text.split_once('\n').map_or("", |(_, rest)| rest) } else { text };
    // Of as many, the last counts.
    let most = ['\t', ';', ','].into_iter().max_by_key(|separator| first.matches(*separator).count());
    let separator = named.or(most).unwrap_or(',');
    let (mut rows, mut is_quoted) = (vec![vec![String::new()]], false);
    for c in body.chars() {
        let row = rows.last_mut().expect("there is one from the beginning");
        match c {
            '"' => is_quoted = !is_quoted,
            '\n' if !is_quoted => rows.push(vec![String::new()]),
            c if c == separator && !is_quoted => row.push(String::new()),
            c => row.last_mut().expect("a row has a cell").push(c),
        }
    }
    let trimmed = rows.into_iter().map(|row| row.iter().map(|cell| cell.trim().to_owned()).collect::<Vec<_>>());
    trimmed.filter(|row| row.iter().any(|cell| !cell.is_empty())).collect()
}
