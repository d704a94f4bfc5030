//! The tables of docs/RESULTS.md and docs/BENCHMARKS.md, written from the files that hold the figures.
//!
//! A table stands between a marker, such as `<!-- methods untouched-val1000 -->`, and `<!-- end -->`. The marker's
//! words say which. So neither the page nor the file can say what the other does not.

use std::fs;

use crate::shell::{self, Result, root};
use crate::{benchmarks, results};

/// Makes the table that the words of a marker ask for, or nothing if they ask for none.
type Table = fn(&[&str]) -> Result<Option<String>>;

const PAGES: [(&str, Table); 2] = [("docs/RESULTS.md", results::table), ("docs/BENCHMARKS.md", benchmarks::table)];
const END: &str = "<!-- end -->";

/// Writes every table anew.
pub fn write() -> Result {
    for (page, table) in PAGES {
        let path = root().join(page);
        fs::write(&path, filled(page, &shell::read(&path)?, table)?).map_err(|e| format!("{page}: {e}"))?;
    }
    Ok(())
}

/// The pages whose tables do not say what the files do.
pub fn faults() -> Result<Vec<String>> {
    let mut faults = Vec::new();
    for (page, table) in PAGES {
        let text = shell::read(&root().join(page))?;
        if filled(page, &text, table)? != text {
            faults.push(format!("{page}: a table is out of date: run `cargo xtask results`"));
        }
    }
    Ok(faults)
}

/// A page with its tables written anew.
fn filled(page: &str, text: &str, table: Table) -> Result<String> {
    let (mut out, mut lines) = (String::new(), text.lines());
    while let Some(line) = lines.next() {
        out += line;
        out.push('\n');
        let Some(words) = line.strip_prefix("<!-- ").and_then(|rest| rest.strip_suffix(" -->")) else { continue };
        let words: Vec<&str> = words.split(' ').collect();
        if let Some(table) = table(&words).map_err(|error| format!("{page}: '{line}': {error}"))? {
            out += &format!("\n{table}\n{END}\n");
            if !lines.any(|line| line == END) {
                return Err(format!("{page}: '{line}' has no {END}"));
            }
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_put_between_its_marker_and_its_end() {
        let table: Table = |words| Ok((words == ["speed"]).then(|| "| a |\n".into()));
        assert_eq!(filled("p", "one\n\ntwo\n", table).unwrap(), "one\n\ntwo\n");
        let page = "one\n<!-- speed -->\nold\n<!-- end -->\ntwo\n<!-- a note -->\n";
        let new = "one\n<!-- speed -->\n\n| a |\n\n<!-- end -->\ntwo\n<!-- a note -->\n";
        assert_eq!(filled("p", page, table).unwrap(), new);
        assert_eq!(filled("p", new, table).unwrap(), new);
    }

    #[test]
    fn a_table_without_an_end_or_a_file_is_refused() {
        assert!(filled("p", "<!-- methods untouched-val1000 -->\n", results::table).unwrap_err().contains("has no"));
        let missing = filled("p", "<!-- methods nothing -->\n<!-- end -->\n", results::table);
        assert!(missing.unwrap_err().contains("nothing.json"));
    }
}
