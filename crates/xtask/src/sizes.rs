//! The table of download sizes. Node compresses: it has both of the web's formats built in.

use crate::node::node;
use crate::shell::{Result, fresh, output, root};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};

const COMPRESS: &str = "
const { readFileSync } = require('node:fs'), zlib = require('node:zlib');
const bytes = readFileSync(process.argv[1]);
const { BROTLI_PARAM_QUALITY: quality, BROTLI_PARAM_SIZE_HINT: hint } = zlib.constants;
console.log(zlib.gzipSync(bytes, { level: 9 }).length,
  zlib.brotliCompressSync(bytes, { params: { [quality]: 11, [hint]: bytes.length } }).length);";

/// Prints a row for each module and one for their sum. Each is (name, optimized file, compiler's file).
pub fn print(modules: &[(&str, PathBuf, PathBuf)], json: bool) -> Result {
    let mut rows = Vec::new();
    for (name, made, raw) in modules.iter().filter(|(_, made, _)| made.is_file()) {
        let [gzip, brotli] = compressed(made)?;
        rows.push((name.to_string(), [length(raw), length(made), gzip, brotli]));
    }
    let total = |i: usize| rows.iter().map(|(_, row)| row[i]).sum();
    let sum = [total(0), total(1), total(2), total(3)];
    rows.push(("sum".into(), sum));
    if json {
        let row = |row: &[u64; 4]| json!({ "raw": row[0], "optimized": row[1], "gzip": row[2], "brotli": row[3] });
        let all: serde_json::Map<String, Value> = rows.iter().map(|(name, sizes)| (name.clone(), row(sizes))).collect();
        println!("{}", Value::Object(all));
        return Ok(());
    }
    println!("{:<8}{:>12}{:>12}{:>12}{:>12}", "bytes", "compiled", "wasm-opt", "gzip -9", "brotli 11");
    for (name, [raw, made, gzip, brotli]) in &rows {
        println!("{name:<8}{raw:>12}{made:>12}{gzip:>12}{brotli:>12}");
    }
    Ok(())
}

fn length(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |meta| meta.len())
}

/// The lengths after gzip and brotli, kept until the module changes: the best brotli takes half a minute.
fn compressed(module: &Path) -> Result<[u64; 2]> {
    let kept = root()
        .join("target/wasm")
        .join(format!("{}.sizes", module.parent().and_then(Path::file_name).unwrap_or_default().to_string_lossy()));
    if !fresh(&kept, &[module.to_path_buf()]) {
        let text = output(node().args(["-e", COMPRESS]).arg(module)).ok_or("node could not compress the module")?;
        fs::write(&kept, text).map_err(|e| format!("{}: {e}", kept.display()))?;
    }
    let text = crate::shell::read(&kept)?;
    let mut numbers = text.split_whitespace().map_while(|word| word.parse().ok());
    match (numbers.next(), numbers.next()) {
        (Some(gzip), Some(brotli)) => Ok([gzip, brotli]),
        _ => Err(format!("{} is damaged: delete it", kept.display())),
    }
}
