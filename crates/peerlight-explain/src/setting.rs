//! Settings as data: a method's table of them, what somebody chose, and the two checked against each other.

use std::{collections::BTreeMap, fmt};

use peerlight_core::{Code, Error, Result};
use serde::{Deserialize, Serialize, Serializer};

/// One of the values that a setting can have.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Choice {
    pub id: &'static str,
    pub name: &'static str,
    pub help: &'static str,
}

/// What a setting can be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    /// A number from `min` to `max`.
    Number {
        /// The smallest.
        min: f64,
        /// The largest.
        max: f64,
        /// Unless said otherwise.
        default: f64,
    },
    /// One of these; the first unless said otherwise.
    Choice(&'static [Choice]),
}

/// A setting of a method, or of the page.
#[derive(Debug, Clone, Copy, PartialEq)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Setting {
    pub id: &'static str,
    pub name: &'static str,
    pub help: &'static str,
    pub kind: Kind,
}

impl Setting {
    /// A number from `min` to `max`.
    pub const fn number(
        id: &'static str,
        name: &'static str,
        [min, default, max]: [f64; 3],
        help: &'static str,
    ) -> Self {
        Self { id, name, help, kind: Kind::Number { min, max, default } }
    }

    /// One of `choices`, the first being the default.
    pub const fn choice(id: &'static str, name: &'static str, choices: &'static [Choice], help: &'static str) -> Self {
        Self { id, name, help, kind: Kind::Choice(choices) }
    }

    /// The value that it has unless said otherwise.
    pub fn default(&self) -> Value {
        match self.kind {
            Kind::Number { default, .. } => Value::Number(default),
            Kind::Choice(choices) => Value::Text(choices[0].id.into()),
        }
    }

    fn check(&self, value: &Value) -> Result<()> {
        let allowed = match (self.kind, value) {
            (Kind::Number { min, max, .. }, Value::Number(v)) if (min..=max).contains(v) => return Ok(()),
            (Kind::Choice(choices), Value::Text(id)) if choices.iter().any(|c| c.id == id) => return Ok(()),
            (Kind::Number { min, max, .. }, _) => format!("a number from {min} to {max}"),
            (Kind::Choice(choices), _) => choices.iter().map(|c| c.id).collect::<Vec<_>>().join(" or "),
        };
        Err(Error::new(Code::AskInvalid, format!("The setting '{}' must be {allowed}, not {value}.", self.id)))
    }
}

impl Serialize for Setting {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Entry<'a> {
            id: &'a str,
            name: &'a str,
            help: &'a str,
            kind: &'a str,
            #[serde(skip_serializing_if = "<[_]>::is_empty")]
            choices: &'a [Choice],
            #[serde(skip_serializing_if = "Option::is_none")]
            min: Option<f64>,
            #[serde(skip_serializing_if = "Option::is_none")]
            max: Option<f64>,
            default: String,
        }
        let (kind, choices, range): (_, &[Choice], _) = match self.kind {
            Kind::Number { min, max, .. } => ("number", &[], Some((min, max))),
            Kind::Choice(choices) => ("choice", choices, None),
        };
        Entry {
            id: self.id,
            name: self.name,
            help: self.help,
            kind,
            choices,
            min: range.map(|(min, _)| min),
            max: range.map(|(_, max)| max),
            default: self.default().to_string(),
        }
        .serialize(serializer)
    }
}

/// What somebody chose: a number, or the id of a choice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Value {
    Number(f64),
    Text(String),
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(v) => v.fmt(f),
            Self::Text(id) => f.write_str(id),
        }
    }
}

/// Every setting of a table with its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings(BTreeMap<&'static str, Value>);

impl Settings {
    /// The values chosen, and the defaults for the rest.
    ///
    /// # Errors
    /// `ask-invalid` for a setting that the table does not have or a value that it does not allow.
    pub fn of(table: &'static [Setting], chosen: &BTreeMap<String, Value>, of_what: &str) -> Result<Self> {
        if let Some(unknown) = chosen.keys().find(|id| table.iter().all(|s| s.id != **id)) {
            let known: Vec<_> = table.iter().map(|s| s.id).collect();
            let has = if known.is_empty() { "It has none.".into() } else { format!("It has: {}.", known.join(", ")) };
            return Err(Error::new(Code::AskInvalid, format!("'{of_what}' has no setting '{unknown}'. {has}")));
        }
        let mut values = BTreeMap::new();
        for setting in table {
            let value = chosen.get(setting.id).cloned().unwrap_or_else(|| setting.default());
            setting.check(&value)?;
            values.insert(setting.id, value);
        }
        Ok(Self(values))
    }

    /// A number.
    ///
    /// # Panics
    /// If the table has no number of this id: the method's own mistake.
    pub fn number(&self, id: &str) -> f64 {
        match self.0.get(id) {
            Some(Value::Number(v)) => *v,
            _ => panic!("no number '{id}' in the method's table of settings"),
        }
    }

    /// A number, rounded to a whole one.
    ///
    /// # Panics
    /// As [`Settings::number`].
    pub fn count(&self, id: &str) -> usize {
        self.number(id).round() as usize
    }

    /// The id of a choice.
    ///
    /// # Panics
    /// If the table has no choice of this id: the method's own mistake.
    pub fn choice(&self, id: &str) -> &str {
        match self.0.get(id) {
            Some(Value::Text(choice)) => choice,
            _ => panic!("no choice '{id}' in the method's table of settings"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &[Setting] = &[
        Setting::number("samples", "Samples", [1.0, 8.0, 64.0], "How many."),
        Setting::choice(
            "weight",
            "Weight",
            &[Choice { id: "none", name: "None", help: "" }, Choice { id: "all", name: "All", help: "" }],
            "What for.",
        ),
    ];

    fn of(chosen: &[(&str, Value)]) -> Result<Settings> {
        Settings::of(TABLE, &chosen.iter().map(|(k, v)| (k.to_string(), v.clone())).collect(), "method")
    }

    #[test]
    fn chosen_values_and_defaults() {
        let settings = of(&[("samples", Value::Number(3.4))]).unwrap();
        assert_eq!((settings.count("samples"), settings.choice("weight")), (3, "none"));
        assert_eq!(of(&[("weight", Value::Text("all".into()))]).unwrap().choice("weight"), "all");
    }

    #[test]
    fn what_is_not_allowed_is_said_with_what_is() {
        let cases = [
            ("samples", Value::Number(0.0), "'samples' must be a number from 1 to 64, not 0"),
            ("samples", Value::Number(f64::NAN), "from 1 to 64, not NaN"),
            ("samples", Value::Text("many".into()), "from 1 to 64, not many"),
            ("weight", Value::Text("some".into()), "'weight' must be none or all, not some"),
            ("sample", Value::Number(3.0), "'method' has no setting 'sample'. It has: samples, weight."),
        ];
        for (id, value, text) in cases {
            let error = of(&[(id, value)]).unwrap_err();
            assert!(error.to_string().contains(text), "{error}");
            assert_eq!(error.code(), Code::AskInvalid);
        }
    }
}
