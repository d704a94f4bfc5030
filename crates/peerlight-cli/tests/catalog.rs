//! The list of everything that can be chosen.

use std::process::Command;

use serde_json::Value;

fn shown(args: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_peerlight")).args(args).output().unwrap();
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_catalog_is_for_people_and_machines() {
    let catalog: Value = serde_json::from_str(&shown(&["catalog", "--json"])).unwrap();
    let ids = |list: &str, key: &str| -> Vec<String> {
        catalog[list].as_array().unwrap().iter().map(|entry| entry[key].as_str().unwrap().into()).collect()
    };
    let listed = shown(&["catalog"]);
    let lists = ["architectures", "methods", "metrics", "maskings", "statistics", "settings", "colors"];
    for (list, key) in lists.map(|list| (list, "id")).into_iter().chain([("errors", "code")]) {
        let ids = ids(list, key);
        assert!(ids.len() >= 3, "{list}: {ids:?}");
        assert!(ids.iter().all(|id| listed.contains(id)), "{list}: {ids:?}");
    }
    assert_eq!(catalog["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(catalog["metrics"][0]["passes"], 4);
    assert!(catalog["methods"][0]["settings"].as_array().unwrap().iter().all(|s| s["help"].is_string()));
    assert!(shown(&["--version"]).contains(env!("CARGO_PKG_VERSION")));
}
