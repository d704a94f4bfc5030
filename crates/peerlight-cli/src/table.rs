//! CSV files, as spreadsheets and programs write them, and cells of our own.

use std::path::{Path, PathBuf};

use peerlight_core::{Code, Error, Result};

use crate::{
    files,
    kind::{HEAD, Kind, NO_IMAGE, kind},
};

/// The most cells of a row. More is no table that a person made, and each takes far more memory than its byte.
const COLUMNS: usize = 4096;

/// A CSV with a head line. Cells have no spaces around them.
#[derive(Debug)]
pub struct Table {
    file: PathBuf,
    head: Vec<String>,
    /// Whether a number may have a comma for its point, as where cells are separated by semicolons.
    comma: bool,
    pub rows: Vec<Row>,
}

/// A row of a table.
#[derive(Debug)]
pub struct Row {
    /// The line of the file that it begins on, counted from 1.
    pub line: u64,
    cells: Vec<String>,
}

impl Row {
    /// The cell of a column; empty where the row is too short for it.
    pub fn cell(&self, column: usize) -> &str {
        self.cells.get(column).map_or("", String::as_str)
    }
}

impl Table {
    /// Reads a file: UTF-8, or UTF-16 with a byte order mark; separated by commas, semicolons or tabs; with any end of
    /// line. Empty rows are left out.
    ///
    /// # Errors
    /// `file-unreadable` if it cannot be read, or is no such table.
    pub fn read(file: &Path) -> Result<Self> {
        Self::parse(file, &files::read(file)?)
    }

    fn parse(file: &Path, bytes: &[u8]) -> Result<Self> {
        let refused = |why: &str| Error::new(Code::FileUnreadable, format!("'{}': {why}.", file.display()));
        match kind(&bytes[..bytes.len().min(HEAD)]) {
            Kind::Readable | Kind::Foreign(_) => {
                return Err(refused("this is an image. A CSV is wanted here, or a folder if it is to hold the images"));
            }
            Kind::Other(what) if what != NO_IMAGE => {
                return Err(refused(&format!("this is {what}. Unpack an archive, and save a table as CSV")));
            }
            Kind::Other(_) => {}
        }
        let text = files::decoded(bytes).map_err(|why| refused(&why))?;
        let (separator, body, skipped) = separator(&text);
        if let Some(line) = unclosed(body, separator) {
            return Err(refused(&format!("a quote is opened on line {} and never closed", line + skipped)));
        }
        let mut reader = csv::ReaderBuilder::new();
        // Old Macs end a line with \r alone, which the reader takes, too.
        let reader = reader.delimiter(separator).flexible(true).has_headers(false).trim(csv::Trim::All);
        let mut rows = Vec::new();
        for record in reader.from_reader(body.as_bytes()).records() {
            let record = record.map_err(|e| refused(&e.to_string()))?;
            let line = record.position().map_or(0, csv::Position::line) + skipped;
            if record.len() > COLUMNS {
                return Err(refused(&format!(
                    "line {line} has {} cells, and at most {COLUMNS} are read",
                    record.len()
                )));
            }
            let cells: Vec<String> = record.iter().map(unquoted).collect();
            if cells.iter().any(|cell| !cell.is_empty()) {
                rows.push(Row { line, cells });
            }
        }
        if rows.is_empty() {
            return Err(refused("the file is empty"));
        }
        let head: Vec<String> = rows.remove(0).cells.iter().map(|name| name.to_lowercase()).collect();
        let twice = head.iter().enumerate().find(|(i, name)| !name.is_empty() && head[..*i].contains(name));
        if let Some((_, name)) = twice {
            return Err(refused(&format!("there are two columns '{name}'")));
        }
        let is_other = |row: &Row| row.cells.len() == 1 && row.cells[0].contains([',', ';', '\t']);
        if head.len() > 1 && !rows.is_empty() && rows.iter().all(is_other) {
            return Err(refused(
                "the cells of its rows are separated by another character than those of its first line",
            ));
        }
        let long = rows.iter().find(|row| row.cells.iter().skip(head.len()).any(|cell| !cell.is_empty()));
        if let Some(Row { line, cells }) = long {
            return Err(refused(&format!("row {line} has {} cells, but the head line {}", cells.len(), head.len())));
        }
        Ok(Self { file: file.into(), head, comma: separator != b',', rows })
    }

    /// The place of a column, whose name is in lower case.
    ///
    /// # Errors
    /// `file-unreadable` if there is none of this name.
    pub fn column(&self, name: &str) -> Result<usize> {
        self.head.iter().position(|column| column == name).ok_or_else(|| {
            let there = self.head.iter().map(|name| files::shown(name)).collect::<Vec<_>>().join(", ");
            let text = format!(
                "'{}' has no column '{name}'. Its first line, which names the columns, has: {there}.",
                self.file.display()
            );
            Error::new(Code::FileUnreadable, text)
        })
    }

    /// A finite number in a cell.
    ///
    /// # Errors
    /// `file-unreadable` names the row.
    pub fn number(&self, row: &Row, column: usize) -> Result<f64> {
        let cell = if self.comma { row.cell(column).replace(',', ".") } else { row.cell(column).to_owned() };
        cell.parse().ok().filter(|number: &f64| number.is_finite()).ok_or_else(|| {
            let text = format!("has no number in '{}', but '{}'", self.head[column], row.cell(column));
            self.refused(row, &text)
        })
    }

    /// The error of a row.
    pub fn refused(&self, row: &Row, why: &str) -> Error {
        Error::new(Code::FileUnreadable, format!("'{}': row {} {why}.", self.file.display(), row.line))
    }
}

/// A cell without the spaces around it, and without quotes that a space before them has kept from being read.
fn unquoted(cell: &str) -> String {
    let cell = cell.trim();
    let inner = cell.strip_prefix('"').and_then(|cell| cell.strip_suffix('"'));
    inner.map_or_else(|| cell.to_owned(), |inner| inner.replace("\"\"", "\"").trim().to_owned())
}

/// The line, counted from 1, of a quote that opens a cell and is never closed.
fn unclosed(text: &str, separator: u8) -> Option<u64> {
    let (mut line, mut opened) = (1, None);
    let (mut at_start, mut closed) = (true, false);
    for byte in text.bytes() {
        match (byte, opened) {
            (b'"', Some(_)) => (opened, closed) = (None, true),
            // The second of two quotes stands for one in the cell.
            (b'"', None) if at_start || closed => (opened, closed) = (Some(line), false),
            _ => closed = false,
        }
        at_start = opened.is_none() && (byte == separator || byte == b'\n' || byte == b'\r');
        line += u64::from(byte == b'\n');
    }
    opened
}

/// The separator, the text without a line that names it, and the number of lines left out: the one that is named as
/// Excel does (`sep=;`), or that which the head line has most of.
fn separator(text: &str) -> (u8, &str, u64) {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    if let Some(&[separator]) = first.trim_end_matches('\r').strip_prefix("sep=").map(str::as_bytes) {
        return (separator, rest, 1);
    }
    let head = first.split('\r').next().unwrap_or(first);
    let count = |separator: &u8| head.bytes().filter(|byte| byte == separator).count();
    // Of as many, the last counts.
    let most = *b"\t;,".iter().max_by_key(|separator| count(separator)).unwrap_or(&b',');
    (most, text, 0)
}

/// Text as a cell that no spreadsheet takes for a formula: one that begins like a formula, after spaces or in wide
/// letters, too, gets an apostrophe before it. Control characters are written out.
pub fn cell(text: &str) -> String {
    let text = files::shown(text);
    match text.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']) {
        true => format!("'{text}"),
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(bytes: &[u8]) -> Vec<[String; 2]> {
        let table = Table::parse(Path::new("t.csv"), bytes).unwrap();
        let columns = ["path", "class"].map(|name| table.column(name).unwrap());
        table.rows.iter().map(|row| columns.map(|column| row.cell(column).to_owned())).collect()
    }

    #[test]
    fn tables_are_read_as_spreadsheets_write_them() {
        let text = "path,class\na b.png,caf\u{e9}\nd.png,\n";
        let expected = cells(text.as_bytes());
        assert_eq!(expected, [["a b.png", "caf\u{e9}"], ["d.png", ""]]);
        let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
        let big = |text: &str| text.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<_>>();
        let forms = [
            text.replace('\n', "\r\n").into_bytes(),
            text.replace('\n', "\r").into_bytes(),
            text.replace(',', ";").into_bytes(),
            text.replace(',', "\t").into_bytes(),
            text.replace(',', " , ").into_bytes(),
            text.replace("d.png,", "\n,\n \"d.png\" ").into_bytes(),
            text.replace("path,class", "CLASS,Path")
                .replace("a b.png,caf\u{e9}", "caf\u{e9},a b.png")
                .replace("d.png,", ",d.png")
                .into_bytes(),
            format!("\u{feff}{text}").into_bytes(),
            format!("sep=;\r\n{}", text.replace(',', ";")).into_bytes(),
            wide(&format!("\u{feff}{}", text.replace(',', "\t"))),
            big(&format!("\u{feff}{text}")),
        ];
        for form in forms {
            assert_eq!(cells(&form), expected, "{}", String::from_utf8_lossy(&form));
        }
    }

    #[test]
    fn a_row_of_ever_more_cells_is_refused() {
        let row = |cells: usize| format!("path,class\na.png{}\n", ",".repeat(cells - 1));
        assert!(Table::parse(Path::new("t"), row(COLUMNS).as_bytes()).is_ok());
        let refused = Table::parse(Path::new("t"), row(COLUMNS + 1).as_bytes()).unwrap_err();
        assert!(refused.to_string().contains("line 2 has 4097 cells"), "{refused}");
    }

    #[test]
    fn numbers_may_have_a_comma_where_it_separates_nothing() {
        let table = Table::parse(Path::new("t"), b"path;x0\na;1,5\nb;wide\nc;inf\n").unwrap();
        assert_eq!(table.number(&table.rows[0], 1).unwrap(), 1.5);
        assert!(table.number(&table.rows[1], 1).unwrap_err().to_string().contains("row 3"));
        assert!(table.number(&table.rows[2], 1).is_err());
    }

    #[test]
    fn what_is_no_table_is_refused_with_the_place() {
        let refused = |bytes: &[u8]| Table::parse(Path::new("t.csv"), bytes).unwrap_err().to_string();
        assert!(refused(b"path\ncaf\xe9.png\n").contains("line 2 is not UTF-8"));
        assert!(refused(b"").contains("empty") && refused(b"\xff\xfe\x00\xd8").contains("UTF-16"));
        assert!(refused(b"path,class\na.png,\"cat\nb.png,dog\n").contains("opened on line 2 and never closed"));
        assert!(refused(b"sep=,\npath\n\"a\"\"b\"\n\"c\"\"").contains("opened on line 4 and never closed"));
        assert!(refused(b"\x89PNG\r\n\x1a\n").contains("this is an image. A CSV is wanted"));
        assert!(refused(b"path,class\na.png;cat\nb.png;dog\n").contains("separated by another character"));
        assert!(refused(b"PK\x03\x04\x14\0").contains("this is a ZIP archive or office document. Unpack"));
        let fine = b"path,class\n\"a \"\"b\"\".png\",5\" nail\n\"a\nb\",\"\"\n";
        assert_eq!(cells(fine), [["a \"b\".png", "5\" nail"], ["a\nb", ""]]);
        assert!(refused(b"a,A\n1,2\n").contains("two columns 'a'"));
        assert!(refused(b"path,class\na.png,hot dog, with bread\n").contains("row 2 has 3 cells"));
        let table = Table::parse(Path::new("t.csv"), b"file\nx\n").unwrap();
        assert!(
            table
                .column("path")
                .unwrap_err()
                .to_string()
                .contains("no column 'path'. Its first line, which names the columns, has: file")
        );
    }

    #[test]
    fn no_cell_is_a_formula() {
        assert_eq!(cell("=HYPERLINK(1)"), "'=HYPERLINK(1)");
        assert_eq!(cell("@a") + &cell("+1") + &cell("-b.png"), "'@a'+1'-b.png");
        assert_eq!(cell("  =1") + &cell("\u{a0}=1") + &cell("＝1"), "'  =1'\u{a0}=1'＝1");
        assert_eq!(cell("\t=1") + &cell("\x1b[2J"), "\\u{9}=1\\u{1b}[2J");
        assert_eq!(cell("a=b.png") + &cell(" a b "), "a=b.png a b ");
    }

    #[test]
    fn tables_changed_at_random_are_read_or_refused() {
        let wide: Vec<u8> = "\u{feff}path;class\na;b\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let seeds = [&b"path,class\na b.png,\"x, y\"\n"[..], b"sep=;\r\npath;x0;y0;x1;y1\r\na;1,5;2;3;4\r\n", &wide];
        crate::fuzz::each(&seeds, |bytes| {
            let Ok(table) = Table::parse(Path::new("t.csv"), bytes) else { return };
            for row in &table.rows {
                let _ = (0..table.head.len()).map(|column| table.number(row, column)).collect::<Vec<_>>();
            }
        });
    }
}
