//! Text inside a page.

use crate::{files::shown, left_out::Entry};

/// Text as it stands in a page and in an attribute's quotes. Control characters, which no page may hold, are written
/// out.
pub fn escaped(text: impl AsRef<str>) -> String {
    let escape = |c: char| match c {
        '&' => "&amp;".into(),
        '<' => "&lt;".into(),
        '>' => "&gt;".into(),
        '"' => "&quot;".into(),
        '\'' => "&#39;".into(),
        c => c.to_string(),
    };
    shown(text.as_ref()).chars().map(escape).collect::<String>()
}

/// The files that were left out, as a section of a page; empty if there are none.
pub fn list(left_out: &[Entry]) -> String {
    let item = |entry: &Entry| format!("<li>{}: {}</li>", escaped(&entry.file), escaped(&entry.why));
    let items: String = left_out.iter().map(item).collect();
    if items.is_empty() { items } else { format!("<h2>Left out</h2><ul>{items}</ul>") }
}

/// A file's name as the address of a link beside it.
pub fn address(name: &str) -> String {
    let kept = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    // Without the first two, a colon in the name would end a scheme.
    let coded = name.bytes().map(|byte| if kept(byte) { char::from(byte).into() } else { format!("%{byte:02X}") });
    format!("./{}", coded.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_break_out_of_the_page() {
        assert_eq!(escaped("<a b=\"c\" d='e'>&"), "&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;");
        assert_eq!(escaped("\x1b[2J\u{202e}"), "\\u{1b}[2J\\u{202e}");
        assert_eq!(address("javascript:x \"#?%é.png"), "./javascript%3Ax%20%22%23%3F%25%C3%A9.png");
    }
}
