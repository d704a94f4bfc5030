//! Settings of methods: declaration, checks and values.
//!
//! A setting is declared once, as a typed handle: [`NumberSetting`], [`CountSetting`] or [`ChoiceSetting`]. Its
//! [`Setting`] goes into a method's table, from which come checks and menus. The handle reads the value.

use std::{collections::BTreeMap, fmt, marker::PhantomData};

use peerlight_core::{Code, Error, Result};
use serde::{Deserialize, Serialize};

/// Value that a setting can have.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Choice {
    /// Identifier in requests and on the command line.
    pub id: &'static str,
    /// Name shown to people.
    pub name: &'static str,
    /// Effect of the value, in one sentence.
    pub help: &'static str,
}

/// Enum whose values are the choices of a setting. [`choices!`](crate::choices) implements it.
pub trait Choose: Copy + PartialEq + 'static {
    /// Every value, the default first.
    const VALUES: &'static [Self];
    /// Id, name and help of each value, in the order of [`Choose::VALUES`].
    const CHOICES: &'static [Choice];

    /// Id of the value.
    fn id(self) -> &'static str {
        let place = Self::VALUES.iter().position(|value| *value == self);
        Self::CHOICES[place.expect("every value is listed")].id
    }

    /// Value with this id, if any.
    fn of_id(id: &str) -> Option<Self> {
        Self::CHOICES.iter().position(|choice| choice.id == id).map(|place| Self::VALUES[place])
    }
}

/// Implements [`Choose`] for an enum: its values with id, name and help, the default first.
#[macro_export]
macro_rules! choices {
    ($type:ty { $($variant:ident: $id:literal, $name:literal, $help:literal;)+ }) => {
        impl $crate::Choose for $type {
            const VALUES: &'static [Self] = &[$(Self::$variant,)+];
            const CHOICES: &'static [$crate::Choice] =
                &[$($crate::Choice { id: $id, name: $name, help: $help },)+];
        }
    };
}

/// Allowed values of a setting.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    /// Number from `min` to `max`.
    Number {
        /// Smallest value.
        min: f64,
        /// Largest value.
        max: f64,
        /// Default value.
        default: f64,
        /// Whether the value is rounded to a whole number.
        whole: bool,
    },
    /// One of these choices. The first is the default.
    Choice(&'static [Choice]),
}

/// Declaration of a setting, whatever its type.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Setting {
    /// Identifier in requests, in results and on the command line.
    pub id: &'static str,
    /// Older identifier, which requests may still use.
    pub alias: Option<&'static str>,
    /// Name shown to people.
    pub name: &'static str,
    /// Effect of the setting, in one or two sentences.
    pub help: &'static str,
    /// Allowed values.
    pub kind: Kind,
}

impl Setting {
    /// Default value.
    pub fn default(&self) -> Value {
        match self.kind {
            Kind::Number { default, .. } => Value::Number(default),
            Kind::Choice(choices) => Value::Text(choices[0].id.into()),
        }
    }

    /// Whether `id` is the setting's identifier or its older one.
    pub fn is(&self, id: &str) -> bool {
        self.id == id || self.alias == Some(id)
    }

    /// Checks that a value is allowed.
    ///
    /// # Errors
    /// `ask-invalid`. The message lists the allowed values.
    pub fn check(&self, value: &Value) -> Result<()> {
        let allowed = match (self.kind, value) {
            (Kind::Number { min, max, .. }, Value::Number(v)) if (min..=max).contains(v) => return Ok(()),
            (Kind::Choice(choices), Value::Text(id)) if choices.iter().any(|c| c.id == id) => return Ok(()),
            (Kind::Number { min, max, .. }, _) => format!("a number from {min} to {max}"),
            (Kind::Choice(choices), _) => choices.iter().map(|c| c.id).collect::<Vec<_>>().join(" or "),
        };
        Err(Error::new(Code::AskInvalid, format!("The setting '{}' must be {allowed}, not {value}.", self.id)))
    }
}

/// Typed handle of a setting, which converts between its values and a request's.
pub trait Handle {
    /// Type of the value.
    type Value;

    /// Declaration of the setting.
    fn setting(&self) -> &Setting;

    /// Converts a request's value that [`Setting::check`] accepts.
    fn read(&self, value: &Value) -> Self::Value;

    /// Converts a value for a request.
    fn write(&self, value: Self::Value) -> Value;
}

/// Declares a handle around a [`Setting`].
macro_rules! handle {
    ($(#[$doc:meta])* $name:ident $(<$param:ident: $bound:ident>)?) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq)]
        pub struct $name $(<$param: $bound>)? {
            /// Declaration of the setting, for a method's table.
            pub setting: Setting,
            $(value: PhantomData<$param>,)?
        }

        impl $(<$param: $bound>)? $name $(<$param>)? {
            /// Adds an older identifier, which requests may still use.
            pub const fn alias(mut self, old: &'static str) -> Self {
                self.setting.alias = Some(old);
                self
            }
        }
    };
}

handle! {
    /// Setting whose value is a number within a range.
    NumberSetting
}

impl NumberSetting {
    /// Declares a number by identifier, name, `[smallest, default, largest]` and help.
    pub const fn new(id: &'static str, name: &'static str, [min, default, max]: [f64; 3], help: &'static str) -> Self {
        Self {
            setting: Setting { id, alias: None, name, help, kind: Kind::Number { min, max, default, whole: false } },
        }
    }
}

impl Handle for NumberSetting {
    type Value = f64;

    fn setting(&self) -> &Setting {
        &self.setting
    }

    fn read(&self, value: &Value) -> f64 {
        match (value, self.setting.kind) {
            (Value::Number(v), _) => *v,
            (_, Kind::Number { default, .. }) => default,
            _ => f64::NAN,
        }
    }

    fn write(&self, value: f64) -> Value {
        Value::Number(value)
    }
}

handle! {
    /// Setting whose value is a whole number within a range.
    CountSetting
}

impl CountSetting {
    /// Declares a whole number by identifier, name, `[smallest, default, largest]` and help.
    pub const fn new(id: &'static str, name: &'static str, [min, default, max]: [u32; 3], help: &'static str) -> Self {
        let kind = Kind::Number { min: min as f64, max: max as f64, default: default as f64, whole: true };
        Self { setting: Setting { id, alias: None, name, help, kind } }
    }
}

impl Handle for CountSetting {
    type Value = usize;

    fn setting(&self) -> &Setting {
        &self.setting
    }

    fn read(&self, value: &Value) -> usize {
        NumberSetting { setting: self.setting }.read(value).round() as usize
    }

    fn write(&self, value: usize) -> Value {
        Value::Number(value as f64)
    }
}

handle! {
    /// Setting whose value is one of the values of an enum.
    ChoiceSetting<T: Choose>
}

impl<T: Choose> ChoiceSetting<T> {
    /// Declares a choice among the values of `T`, of which the first is the default, by identifier, name and help.
    pub const fn new(id: &'static str, name: &'static str, help: &'static str) -> Self {
        let setting = Setting { id, alias: None, name, help, kind: Kind::Choice(T::CHOICES) };
        Self { setting, value: PhantomData }
    }
}

impl<T: Choose> Handle for ChoiceSetting<T> {
    type Value = T;

    fn setting(&self) -> &Setting {
        &self.setting
    }

    fn read(&self, value: &Value) -> T {
        match value {
            Value::Text(id) => T::of_id(id).unwrap_or(T::VALUES[0]),
            Value::Number(_) => T::VALUES[0],
        }
    }

    fn write(&self, value: T) -> Value {
        Value::Text(value.id().into())
    }
}

/// Value of a setting in a request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// Number.
    Number(f64),
    /// Id of a choice.
    Text(String),
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(v) => v.fmt(f),
            Self::Text(id) => f.pad(id),
        }
    }
}

/// Checked values of every setting of a table.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Settings(BTreeMap<&'static str, Value>);

impl Settings {
    /// Checks chosen values against a table and takes the defaults for the rest. `of_what` names the table's owner in
    /// error messages.
    ///
    /// # Errors
    /// `ask-invalid` for an unknown setting or a value out of range.
    pub fn of<'a>(
        table: &'static [Setting],
        chosen: impl IntoIterator<Item = (&'a String, &'a Value)>,
        of_what: &str,
    ) -> Result<Self> {
        let mut values: BTreeMap<_, _> = table.iter().map(|setting| (setting.id, setting.default())).collect();
        for (id, value) in chosen {
            let Some(setting) = table.iter().find(|setting| setting.is(id)) else {
                let known: Vec<_> = table.iter().map(|s| s.id).collect();
                let has =
                    if known.is_empty() { "It has none.".into() } else { format!("It has: {}.", known.join(", ")) };
                return Err(Error::new(Code::AskInvalid, format!("'{of_what}' has no setting '{id}'. {has}")));
            };
            setting.check(value)?;
            values.insert(setting.id, value.clone());
        }
        Ok(Self(values))
    }

    /// Value of a setting; its default if the table lacks it.
    pub fn get<H: Handle>(&self, handle: &H) -> H::Value {
        let setting = handle.setting();
        match self.0.get(setting.id) {
            Some(value) => handle.read(value),
            None => handle.read(&setting.default()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Clone, Copy, PartialEq)]
    enum Weight {
        None,
        All,
    }
    choices! { Weight { None: "none", "None", "Nothing."; All: "all", "All", "Everything."; } }

    const SAMPLES: CountSetting = CountSetting::new("samples", "Samples", [1, 8, 64], "How many.").alias("number");
    const STD: NumberSetting = NumberSetting::new("std", "Noise", [0.0, 0.5, 1.0], "How strong.");
    const WEIGHT: ChoiceSetting<Weight> = ChoiceSetting::new("weight", "Weight", "What for.");
    const TABLE: &[Setting] = &[SAMPLES.setting, STD.setting, WEIGHT.setting];

    fn of(chosen: &[(&str, Value)]) -> Result<Settings> {
        let chosen: BTreeMap<String, Value> = chosen.iter().map(|(k, v)| (k.to_string(), v.clone())).collect();
        Settings::of(TABLE, &chosen, "method")
    }

    #[test]
    fn chosen_values_and_defaults() {
        let settings = of(&[("samples", Value::Number(3.4))]).unwrap();
        assert_eq!((settings.get(&SAMPLES), settings.get(&STD), settings.get(&WEIGHT)), (3, 0.5, Weight::None));
        assert_eq!(of(&[("weight", WEIGHT.write(Weight::All))]).unwrap().get(&WEIGHT), Weight::All);
        assert_eq!(of(&[("number", Value::Number(9.0))]).unwrap().get(&SAMPLES), 9, "an older name");
        let other = CountSetting::new("other", "Other", [0, 5, 9], "Not in the table.");
        assert_eq!(settings.get(&other), 5);
    }

    #[test]
    fn what_is_not_allowed_is_said_with_what_is() {
        let cases = [
            ("samples", Value::Number(0.0), "'samples' must be a number from 1 to 64, not 0"),
            ("samples", Value::Number(f64::NAN), "from 1 to 64, not NaN"),
            ("samples", Value::Text("many".into()), "from 1 to 64, not many"),
            ("weight", Value::Text("some".into()), "'weight' must be none or all, not some"),
            ("sample", Value::Number(3.0), "'method' has no setting 'sample'. It has: samples, std, weight."),
        ];
        for (id, value, text) in cases {
            let error = of(&[(id, value)]).unwrap_err();
            assert!(error.to_string().contains(text), "{error}");
            assert_eq!(error.code(), Code::AskInvalid);
        }
    }
}
