//! Flags for the settings of the catalog, so that no setting is declared twice.

use clap::{
    Arg, ArgMatches, Args, Command, FromArgMatches,
    builder::{PossibleValue, PossibleValuesParser, TypedValueParser},
};
use peerlight_core::{Framing, Result};
use peerlight_explain::{
    Handle, Kind, NumberSetting, Request, Setting, Value, catalog,
    options::{ACROSS, CROP, DOWN, FRAMING},
};

/// The settings that stand on the command line. Each setting of the catalog has a flag with its name, help, choices and
/// range.
#[derive(Debug, Clone, Default)]
pub struct SettingArgs(Vec<(&'static str, Value)>);

impl SettingArgs {
    /// The request for the mutual map with these settings.
    ///
    /// # Errors
    /// `ask-invalid` for a number that must be whole.
    pub fn request(&self) -> Result<Request> {
        let own = self.0.iter().filter(|(id, _)| FRAMING.iter().all(|of| *id != of.setting.id));
        let spec = own.fold(Request::default().method, |spec, (id, value)| format!("{spec}:{id}={value}"));
        spec.parse()
    }

    /// The square of each image that the networks see, which belongs to the forward pass.
    ///
    /// # Errors
    /// `ask-invalid` for a value out of range.
    pub fn framing(&self) -> Result<Framing> {
        let given = |setting: &NumberSetting| {
            let found = self.0.iter().find(|(id, _)| *id == setting.setting.id);
            found.map(|(_, value)| setting.setting.check(value).map(|()| setting.read(value))).transpose()
        };
        Ok(Framing { crop: given(&CROP)?, across: given(&ACROSS)?, down: given(&DOWN)? })
    }
}

/// What a setting's flag is for, with its range and default.
pub fn help(setting: &Setting) -> String {
    let help = setting.help.trim_end_matches('.');
    match setting.kind {
        Kind::Number { min, max, default, .. } => {
            let default = if setting.id == CROP.setting.id { "the bundle's".into() } else { default.to_string() };
            format!("{help} [{min} to {max}; default: {default}]")
        }
        Kind::Choice(choices) => format!("{help} [default: {}]", choices.first().map_or("", |choice| choice.id)),
    }
}

fn arg(setting: &Setting) -> Arg {
    let arg = Arg::new(setting.id).long(setting.id).aliases(setting.alias).help(help(setting));
    match setting.kind {
        Kind::Number { .. } => {
            let number = |text: &str| text.parse().map(Value::Number).map_err(|_| "a number is needed".to_owned());
            arg.value_name("N").value_parser(number)
        }
        Kind::Choice(choices) => {
            let values = choices.iter().map(|choice| PossibleValue::new(choice.id).help(choice.help));
            arg.value_name("CHOICE").value_parser(PossibleValuesParser::new(values).map(Value::Text))
        }
    }
}

impl Args for SettingArgs {
    fn augment_args(command: Command) -> Command {
        catalog().settings.iter().fold(command, |command, setting| command.arg(arg(setting)))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for SettingArgs {
    fn from_arg_matches(matches: &ArgMatches) -> std::result::Result<Self, clap::Error> {
        let given = |setting: &Setting| Some((setting.id, matches.get_one::<Value>(setting.id)?.clone()));
        Ok(Self(catalog().settings.iter().filter_map(given).collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> std::result::Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use peerlight_explain::options::{EVIDENCE, EXPONENT};

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        settings: SettingArgs,
    }

    #[test]
    fn every_setting_of_the_catalog_is_a_flag() {
        for setting in catalog().settings {
            let default = setting.default();
            let line = Line::try_parse_from(["x".into(), format!("--{}={default}", setting.id)]).unwrap();
            assert_eq!(line.settings.0, [(setting.id, default)]);
        }
    }

    #[test]
    fn given_settings_reach_the_request_and_the_others_are_left_out() {
        let given = ["x", "--grid=4", "--evidence=class", "--contrast=2", "--crop=0.5", "--down=1"];
        let line = Line::try_parse_from(given).unwrap();
        let framing = Framing { crop: Some(0.5), across: None, down: Some(1.0) };
        let evidence = EVIDENCE.read(&Value::Text("class".into()));
        let expected = Request { grid: 4, ..Request::default() }.with(&EVIDENCE, evidence).with(&EXPONENT, 2.0);
        assert_eq!((line.settings.request().unwrap(), line.settings.framing().unwrap()), (expected, framing));
        let none = Line::try_parse_from(["x"]).unwrap();
        let plain = (Request::default(), Framing::default());
        assert_eq!((none.settings.request().unwrap(), none.settings.framing().unwrap()), plain);
        assert!(Line::try_parse_from(["x", "--across=1.5"]).unwrap().settings.framing().is_err());
        assert!(Line::try_parse_from(["x", "--grid=2.5"]).unwrap().settings.request().is_err());
    }
}
