//! Classes by the names that lists and folders have for them.

use peerlight_models::{Classes, FolderClasses, IMAGENET_1K, IMAGENET_1K_WNIDS, Named};

fn found(labels: &[String], folder: &str) -> Option<usize> {
    FolderClasses::new(labels).find(folder).one()
}

#[test]
fn wordnet_ids_are_known_in_every_list_that_has_the_class() {
    let own = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let imagenet: Vec<String> = IMAGENET_1K.lines().map(String::from).collect();
    let lists = [
        (imagenet.clone(), 0),
        ([own(&["background"]), imagenet.clone()].concat(), 1),
        // A bundle's list ends with what later peers alone have.
        ([imagenet.clone(), own(&["background", "unicorn", "crane"])].concat(), 0),
    ];
    for (labels, shift) in &lists {
        let finder = FolderClasses::new(labels);
        for (index, id) in IMAGENET_1K_WNIDS.lines().enumerate() {
            assert_eq!(finder.find(id), Named::One(index + shift), "{id}");
        }
    }
    let few = own(&["tiger", "tabby, tabby cat", "n99999999 unicorn", "tench, Tinca tinca"]);
    let cases = [("n02123045", 1), ("n99999999", 2), ("n01440764", 3), ("n02129604", 0)];
    cases.iter().for_each(|(id, index)| assert_eq!(found(&few, id), Some(*index), "{id}"));
    assert_eq!((found(&few, "n01443537"), found(&few, "n9999999")), (None, None));
    assert_eq!(found(&own(&["n01440764", "n01443537"]), "n01443537"), Some(1));
}

#[test]
fn both_of_unicodes_forms_of_a_name_are_one() {
    peerlight_testkit::names::check_forms();
}

/// For each name of the second list the place of the same class in the first, if it has it.
fn places(first: &[&str], second: &[&str]) -> Vec<Option<usize>> {
    let [first, second] = [first, second].map(|names| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
    let classes = Classes::of([&*first, &*second]);
    (0..second.len()).map(|i| Some(classes.listed(1, i)).filter(|&at| at < first.len())).collect()
}

#[test]
fn any_of_several_names_matches_where_it_is_of_one_class_alone() {
    let several = ["tabby, tabby cat", "cock", "tiger cat, cat", "cat, house cat"];
    assert_eq!(places(&several, &["tabby cat", "hen"]), [Some(0), None]);
    assert_eq!(places(&["tabby cat", "tabby"], &["mog, tabby cat, tabby"]), [None], "either of two");
    assert_eq!(places(&["maillot", "tank suit"], &["maillot, tank suit", "maillot"]), [Some(1), Some(0)]);
    assert_eq!(places(&["x, house"], &["y, house", "house, z"]), [None, None]);
}
