//! What must hold for any name, cell and recipe: drawn values, shrunk to the smallest that fails.

use std::{collections::HashSet, path::Path};

use peerlight_core::Rgba8;
use peerlight_train::Recipe;
use proptest::{collection::vec, prelude::*};

use super::{evaluate::lines, explain::names::Names, train::recipe};
use crate::{
    decode::{decode, encode_png},
    files::{self, is_hidden},
    html, json,
    table::{Table, cell},
};

/// Any text, often with what formulas, tags, terminals and paths are made of.
fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[ =+@<>&\"'/\\\\.,;:%\t\r\n\u{1b}\u{9b}\u{202e}a-c-]{0,12}", ".{0,12}", any::<String>()]
}

/// A cell as a person writes one: printable, without spaces around it and without quotes at its ends.
fn plain() -> impl Strategy<Value = String> {
    "[ -~é犬]{0,12}".prop_map(|text| text.trim().trim_matches('"').trim().to_owned())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_as_csv_is_read_again(rows in vec((plain(), plain()), 1..6)) {
        let written = lines(&["path", "class"], rows.iter().map(|(path, class)| vec![path.clone(), class.clone()]));
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("t.csv");
        for bytes in [written.as_ref().unwrap().clone(), written.as_ref().unwrap().replace('\n', "\r\n")] {
            std::fs::write(&file, bytes).unwrap();
            let table = Table::read(&file).unwrap();
            let found = table.rows.iter().map(|row| (row.cell(0).to_owned(), row.cell(1).to_owned()));
            let there = rows.iter().filter(|(path, class)| !(path.is_empty() && class.is_empty()));
            prop_assert_eq!(found.collect::<Vec<_>>(), there.cloned().collect::<Vec<_>>());
        }
    }

    #[test]
    fn no_text_is_a_formula_a_tag_or_a_command_to_a_terminal(text in text()) {
        let cell = cell(&text);
        prop_assert!(!cell.trim_start().starts_with(['=', '+', '-', '@']) && !cell.contains(is_hidden), "{:?}", cell);
        let escaped = html::escaped(&text);
        prop_assert!(!escaped.contains(['<', '>', '"', '\'']) && !escaped.contains(is_hidden), "{:?}", escaped);
        let entities = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")];
        let plain = entities.iter().fold(escaped, |text, (entity, own)| text.replace(entity, own));
        prop_assert_eq!(plain, files::shown(&text));
        prop_assert!(!files::lines(&text).contains(|c: char| c != '\n' && is_hidden(c)));
        let json = json::pretty(&[&text]).unwrap();
        prop_assert!(!json.contains(|c: char| c != '\n' && is_hidden(c)), "{}", json);
        prop_assert_eq!(serde_json::from_str::<[String; 1]>(&json).unwrap(), [text]);
    }

    #[test]
    fn an_address_leads_to_the_file_beside_it_and_nowhere_else(name in text()) {
        let address = html::address(&name);
        let coded = address.strip_prefix("./").unwrap();
        prop_assert!(coded.chars().all(|c| c.is_ascii_alphanumeric() || "-_.~%".contains(c)), "{}", address);
        let mut bytes = coded.bytes();
        let mut decoded = Vec::new();
        while let Some(byte) = bytes.next() {
            decoded.push(match byte {
                b'%' => {
                    let digits = [bytes.next().unwrap(), bytes.next().unwrap()];
                    u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap()
                }
                byte => byte,
            });
        }
        prop_assert_eq!(decoded, name.into_bytes());
    }

    #[test]
    fn results_get_names_of_their_own_in_their_folder(paths in vec(text(), 1..12)) {
        let (mut names, mut seen) = (Names::default(), HashSet::new());
        for path in &paths {
            let name = names.of(Path::new(path));
            prop_assert!(!name.contains('/') && !name.contains(is_hidden) && name.len() <= 110, "{:?}", name);
            // Also where capital letters are the same as small ones.
            prop_assert!(seen.insert(name.to_lowercase()), "{:?} twice", name);
        }
    }

    #[test]
    fn a_recipe_is_read_as_it_was_written(
        (images, val) in (vec(text(), 0..3), proptest::option::of(text())),
        (lr, crop, epochs) in (any::<f64>(), 0.0..1.0f64, proptest::option::of(any::<f32>())),
        (seed, steps, clip) in (0..i64::MAX as u64, proptest::option::of(0..1_000_000usize), any::<f32>()),
    ) {
        let mut recipe = Recipe::default();
        recipe.data.images = images.into_iter().map(Into::into).collect();
        recipe.data.val = val.map(Into::into);
        recipe.data.crop = crop;
        recipe.schedule.seed = seed;
        (recipe.schedule.lr, recipe.schedule.clip) = (lr, clip);
        (recipe.schedule.steps, recipe.schedule.epochs) = (steps, epochs.map(f64::from));
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("recipe.toml");
        std::fs::write(&file, recipe::to_toml(&recipe).unwrap()).unwrap();
        let read = recipe::read(&file);
        prop_assert!(read.as_ref().is_ok_and(|read| *read == recipe), "{:?}", read);
    }

    #[test]
    fn an_image_is_decoded_as_it_was_encoded(
        (width, height, pixels) in (1..12u32, 1..12u32)
            .prop_flat_map(|(w, h)| (Just(w), Just(h), vec(any::<u8>(), (w * h * 4) as usize))),
    ) {
        let image = Rgba8::new(width, height, pixels).unwrap();
        prop_assert_eq!(decode(&encode_png(&image).unwrap()).unwrap(), image);
    }
}
