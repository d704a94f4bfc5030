//! Tables in a page of Markdown: each stands between a marker, such as `<!-- methods untouched-val1000 -->`, and
//! `<!-- end -->`. The marker's words say which.

const END: &str = "<!-- end -->";

/// The page with its tables written anew. `table` makes the one that the words of a marker ask for, or nothing if they
/// ask for none.
///
/// # Errors
/// What `table` says, with its marker, or that a marker has no end.
pub fn filled(text: &str, table: impl Fn(&[&str]) -> Result<Option<String>, String>) -> Result<String, String> {
    let (mut out, mut lines) = (String::new(), text.lines());
    while let Some(line) = lines.next() {
        out += line;
        out.push('\n');
        let Some(words) = line.strip_prefix("<!-- ").and_then(|rest| rest.strip_suffix(" -->")) else { continue };
        let words: Vec<&str> = words.split(' ').collect();
        if let Some(table) = table(&words).map_err(|error| format!("'{line}': {error}"))? {
            out += &format!("\n{table}\n{END}\n");
            if !lines.any(|line| line == END) {
                return Err(format!("'{line}' has no {END}"));
            }
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(words: &[&str]) -> Result<Option<String>, String> {
        match words {
            ["speed"] => Ok(Some("| a |\n".into())),
            ["missing"] => Err("there is no file".into()),
            _ => Ok(None),
        }
    }

    #[test]
    fn a_table_is_put_between_its_marker_and_its_end() {
        assert_eq!(filled("one\n\ntwo\n", table).unwrap(), "one\n\ntwo\n");
        let page = "one\n<!-- speed -->\nold\n<!-- end -->\ntwo\n<!-- a note -->\n";
        let new = "one\n<!-- speed -->\n\n| a |\n\n<!-- end -->\ntwo\n<!-- a note -->\n";
        assert_eq!(filled(page, table).unwrap(), new);
        assert_eq!(filled(new, table).unwrap(), new);
    }

    #[test]
    fn a_table_without_an_end_or_a_file_is_refused() {
        assert!(filled("<!-- speed -->\n", table).unwrap_err().contains("has no"));
        let missing = filled("<!-- missing -->\n<!-- end -->\n", table).unwrap_err();
        assert_eq!(missing, "'<!-- missing -->': there is no file");
    }
}
