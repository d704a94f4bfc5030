//! The recipe of a run: a configuration file's settings, and over them the flags that stand on the command line.

use std::path::Path;

use peerlight_core::{Code, Error, Result};
use peerlight_train::Recipe;
use toml::Table;

use crate::{
    cli::{Given, RecipeArgs},
    files,
};

/// The settings of `config`, or else the defaults, with those of the command line in their place.
///
/// # Errors
/// `file-unreadable`, or `ask-invalid` if a file is not TOML or has a setting that does not exist.
pub fn recipe(config: Option<&Path>, flags: &Given<RecipeArgs>) -> Result<Recipe> {
    let base = config.map(read).transpose()?.unwrap_or_default();
    let mut table = Table::try_from(&base).map_err(|e| unstorable(&e))?;
    let given = Table::try_from(&flags.args).map_err(|e| unstorable(&e))?;
    for (key, value) in given.into_iter().filter(|(key, _)| flags.has(key)) {
        // Each of the two says how long a run is.
        match key.as_str() {
            "steps" => drop(table.remove("epochs")),
            "epochs" => drop(table.remove("steps")),
            _ => {}
        }
        table.insert(key, value);
    }
    table.try_into().map_err(|e| Error::new(Code::AskInvalid, format!("The settings cannot be used: {e}")))
}

/// Reads a configuration file, or the recipe that a run keeps.
///
/// # Errors
/// As [`recipe`].
pub fn read(file: &Path) -> Result<Recipe> {
    toml::from_str(&files::read_text(file)?)
        .map_err(|e| Error::new(Code::AskInvalid, format!("'{}' is not a recipe: {e}", file.display())))
}

/// A recipe as a configuration file.
///
/// # Errors
/// `ask-invalid` if a path is not text.
pub fn to_toml(recipe: &Recipe) -> Result<String> {
    toml::to_string_pretty(recipe).map_err(|e| unstorable(&e))
}

fn unstorable(error: &toml::ser::Error) -> Error {
    Error::new(Code::AskInvalid, format!("The recipe cannot be stored: {error}."))
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    #[command(args_override_self = true)]
    struct Line {
        #[command(flatten)]
        recipe: Given<RecipeArgs>,
        #[arg(long)]
        config: Option<std::path::PathBuf>,
        #[arg(long)]
        resume: bool,
    }

    fn parsed(words: &[&str]) -> Result<Recipe> {
        let line = Line::try_parse_from([&["x"], words].concat()).unwrap();
        assert!(!line.resume);
        recipe(line.config.as_deref(), &line.recipe)
    }

    #[test]
    fn no_flag_gives_the_librarys_defaults() {
        assert_eq!(parsed(&["a"]).unwrap(), {
            let mut recipe = Recipe::default();
            recipe.data.images = vec!["a".into()];
            recipe
        });
        // The flags hold the same defaults, for the help.
        let line = Line::try_parse_from(["x", "a"]).unwrap();
        let defaults: Recipe = Table::try_from(&line.recipe.args).unwrap().try_into().unwrap();
        assert_eq!(defaults, parsed(&["a"]).unwrap());
    }

    #[test]
    fn every_setting_has_a_flag_of_its_name() {
        let mut recipe = Recipe::default();
        recipe.data.val = Some("v".into());
        recipe.networks.from = Some("f".into());
        recipe.networks.batch_norm = Some(peerlight_train::recipe::BatchNorm::Train);
        (recipe.schedule.steps, recipe.schedule.epochs) = (Some(1), Some(1.0));
        let command = <Line as clap::CommandFactory>::command();
        for key in Table::try_from(&recipe).unwrap().keys().filter(|key| *key != "images") {
            assert!(command.get_arguments().any(|arg| arg.get_long() == Some(key)), "--{key}");
        }
    }

    #[test]
    fn the_documentation_has_a_row_for_every_flag() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/training.md");
        let text = std::fs::read_to_string(file).unwrap();
        let command = <Line as clap::CommandFactory>::command();
        let settings =
            command.get_arguments().filter(|arg| arg.get_help_heading().is_some() && arg.get_long().is_some());
        let mut count = 0;
        for arg in settings {
            let default: Vec<_> = arg.get_default_values().iter().map(|value| value.to_string_lossy()).collect();
            let start = format!("| `--{}` | {}", arg.get_long().unwrap(), default.join(","));
            let row = text.lines().find(|line| line.starts_with(&format!("{} |", start.trim_end())));
            let row = row.unwrap_or_else(|| panic!("no row begins with: {start}"));
            let aliases = arg.get_all_aliases().unwrap_or_default();
            assert!(aliases.iter().all(|alias| row.contains(&format!("`{alias}`"))), "{row}: {aliases:?}");
            count += 1;
        }
        assert_eq!(count, text.lines().filter(|line| line.starts_with("| `--")).count(), "a row for no flag");
    }

    #[test]
    fn flags_win_over_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("recipe.toml");
        std::fs::write(&file, "images = [\"a\"]\nfrom = \"f\"\nepochs = 2\nlr = 0.5\nsides = [48, 64]\nbeta = 0.25\n")
            .unwrap();
        let config = format!("--config={}", file.display());
        let recipe = parsed(&[&config, "--steps=3", "--lr=0.01"]).unwrap();
        assert_eq!((recipe.schedule.steps, recipe.schedule.epochs), (Some(3), None));
        // A flag wins even where it says what the default says.
        assert_eq!(recipe.schedule.lr, 0.01);
        assert_eq!((recipe.data.image_size, recipe.loss.transfer_weight), (vec![48, 64], 0.25));
        assert_eq!((recipe.data.images, recipe.networks.from), (vec!["a".into()], Some("f".into())));
        std::fs::write(&file, "bta = 1\n").unwrap();
        let error = parsed(&[&config]).unwrap_err();
        assert!(error.code() == Code::AskInvalid && error.to_string().contains("`bta`"), "{error}");
    }

    #[test]
    fn flags_of_earlier_versions_still_work() {
        let old = [
            "a",
            "--sides=48,64",
            "--val-part=0.2",
            "--keep=0.5",
            "--norms=live",
            "--beta=2",
            "--gamma=1",
            "--delta=1",
            "--lambda=0.5",
            "--teach=map",
            "--onto=both",
            "--lead=mutual",
            "--map-side=14",
            "--stages=5,6",
            "--batch=6",
            "--rate=0.1",
            "--decay=0.01",
        ];
        let new = [
            "a",
            "--image-size=48,64",
            "--val-fraction=0.2",
            "--interpolate=0.5",
            "--batch-norm=train",
            "--transfer-weight=2",
            "--mutual-weight=1",
            "--consistency-weight=1",
            "--distance-weight=0.5",
            "--mask-gradient=flow",
            "--transfer-onto=both",
            "--transfer-from=all",
            "--map-size=14",
            "--layers=5,6",
            "--batch-size=6",
            "--lr=0.1",
            "--weight-decay=0.01",
        ];
        assert_eq!(parsed(&old).unwrap(), parsed(&new).unwrap());
        assert_eq!(parsed(&new).unwrap().loss.layers, [5, 6]);
    }

    #[test]
    fn recipes_changed_at_random_are_read_or_refused() {
        let mut recipe = Recipe::default();
        recipe.data.images = vec!["a".into()];
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("recipe.toml");
        let seeds = [to_toml(&recipe).unwrap(), "steps = 3\nsides = [48, 64]\nbeta = 0.5\nmask = \"soft\"\n".into()];
        crate::fuzz::each(&seeds.each_ref().map(String::as_bytes), |bytes| {
            std::fs::write(&file, bytes).unwrap();
            let _ = read(&file).and_then(|recipe| recipe.check());
        });
    }
}
