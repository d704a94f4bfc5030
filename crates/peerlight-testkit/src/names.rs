//! Names in both of Unicode's forms, and that they are taken for one.

use peerlight_models::{Named, class_named, look_alikes};

/// A name composed (NFC) and as other systems write it: decomposed (NFD), or with a character that stands for another.
/// Python's `unicodedata` gives the first for the second.
pub const FORMS: [(&str, &str); 8] = [
    ("Caf\u{e9}", "Cafe\u{301}"),
    ("\u{c5}kerhummel", "A\u{30a}kerhummel"),
    ("\u{c5}ngstr\u{f6}m", "\u{212b}ngstro\u{308}m"),
    ("\u{1ed9}t", "o\u{302}\u{323}t"),
    ("\u{d638}\u{b791}\u{c774}", "\u{1112}\u{1169}\u{1105}\u{1161}\u{11bc}\u{110b}\u{1175}"),
    ("\u{915}\u{93c}\u{932}\u{92e}", "\u{958}\u{932}\u{92e}"),
    ("\u{3ac}\u{3bb}\u{3c6}\u{3b1}", "\u{1f71}\u{3bb}\u{3c6}\u{3b1}"),
    ("\u{8c48}", "\u{f900}"),
];

/// Names that only look alike: a ligature, a full-width letter and a superscript stay what they are.
pub const OTHERS: [(&str, &str); 3] = [("fi", "\u{fb01}"), ("A", "\u{ff21}"), ("x2", "x\u{b2}")];

/// Fails where the two forms of a name are not one, or two names are.
pub fn check_forms() {
    for (composed, other) in FORMS {
        let labels = ["dog", composed, other].map(str::to_owned);
        assert_eq!(look_alikes(&labels), [[1, 2]], "{composed}");
        for (label, wanted) in [(composed, other), (other, composed)] {
            let labels = ["dog", label].map(str::to_owned);
            let wanted = wanted.to_uppercase();
            assert_eq!(class_named(&labels, &wanted), Named::One(1), "{wanted} for {label}");
        }
    }
    for (name, other) in OTHERS {
        assert!(look_alikes(&[name, other].map(str::to_owned)).is_empty(), "{name}");
    }
}
