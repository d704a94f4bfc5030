//! Labels and preprocessing as people write them.

use peerlight_core::Code;
use peerlight_models::{IMAGENET_1K, IMAGENET_1K_WNIDS};
use peerlight_onnx::{Labels, PeerOptions, Preparation, parse_labels};

#[test]
fn every_form_gives_the_names_in_order() {
    let texts = [
        "cat\ndog, hound\n\nbird\n",
        "0: cat\r\n1: dog, hound\r\n2: bird",
        "2: bird\n\n0: cat\n1: dog, hound\n",
        "1: cat\n2: dog, hound\n3: bird\n",
        "n02123045 cat\nn02084071 dog, hound\nn01503061 bird",
        r#"["cat", "dog, hound", "bird"]"#,
        r#"{"2": "bird", "0": "cat", "1": "dog, hound"}"#,
        r#"{"0": ["n02123045", "cat"], "1": ["n02084071", "dog, hound"], "2": ["n01503061", "bird"]}"#,
        "wnid,class_index,class_name\nn02123045,0,cat\nn01503061,2,bird\nn02084071,1,\"dog, hound\"\n",
        "id,name\n0,cat\n1,\"dog, hound\"\n2,bird",
        "['cat', 'dog, hound', 'bird']",
        "id;name\n0;cat\n1;dog, hound\n2;bird\n",
        "ID\tClass Name\r2\tbird\r0\tcat\r1\t dog, hound ",
        "sep=;\r\nname;index\r\n\"cat\";0\r\n;\r\n\"dog, hound\";1\r\nbird;2\r\n",
        "id;name\nn02123045;cat\nn02084071;dog, hound\nn01503061;bird",
        "0\tcat\n1\tdog, hound\n2\tbird",
        "n02123045,cat\nn02084071,dog, hound\nn01503061,bird",
    ];
    for text in texts {
        assert_eq!(parse_labels(text).unwrap(), ["cat", "dog, hound", "bird"], "{text}");
    }
    assert_eq!(parse_labels("cat, dog").unwrap(), ["cat", "dog"]);
}

#[test]
fn lists_that_programs_keep_give_the_names_in_order() {
    let texts = [
        "{0: 'cat',\n 1: \"jack-o'-lantern\",\n 2: 'dog, it\\'s'}",
        "{2: \"dog, it's\", 0: 'cat', 1: \"jack-o'-lantern\"}",
        "[\n  'cat',\n  \"jack-o'-lantern\",\n  \"dog, it's\",\n]\n",
        "CLASSES = (\n  'cat',\n  \"jack-o'-lantern\",\n  'dog',\n)\n",
        "const names = [\"cat\", \"jack-o'-lantern\", \"dog\"];",
        "1,cat\n2,jack-o'-lantern\n3,\"dog, it's\"\n",
        "dog;2\ncat;0\njack-o'-lantern;1\n",
        "2 dog\n0 cat\n1 jack-o'-lantern\n",
        "1. cat\n2. jack-o'-lantern\n3. dog\n",
        "\"cat\"\n\"jack-o'-lantern\"\n\"dog, it's\"\n",
        "path: ../set # root\nnc: 3\nnames:\n  0: cat\n  1: jack-o'-lantern  # vegetable\n  2: dog\n\nval: images\n",
        "names:\n- cat\n- \"jack-o'-lantern\"\n- dog\nnc: 3\n",
        "nc: 3\nnames: ['cat', \"jack-o'-lantern\",\n  'dog']\n",
        "nc: 3\nnames: [cat, pumpkin, dog]\n",
        r#"{"dog": 2, "cat": 0, "jack-o'-lantern": 1}"#,
        r#"{"id2label": {"0": "cat", "1": "jack-o'-lantern", "2": "dog"}, "label2id": {"cat": 0}}"#,
        r#"{"names": ["cat", "jack-o'-lantern", "dog"]}"#,
    ];
    for text in texts {
        let names = parse_labels(text).unwrap_or_else(|e| panic!("{text}: {e}"));
        assert_eq!((names.len(), &*names[0]), (3, "cat"), "{text}");
        assert!(["jack-o'-lantern", "pumpkin"].contains(&&*names[1]), "{text}: {names:?}");
        assert!(["dog", "dog, it's"].contains(&&*names[2]), "{text}: {names:?}");
    }
    assert_eq!(parse_labels("crane (bird)\ncrane (machine), 'tall'\n").unwrap()[1], "crane (machine), 'tall'");
    // Numbers that count nothing are parts of names.
    assert_eq!(parse_labels("7 up\n8 ball\n").unwrap(), ["7 up", "8 ball"]);
    assert_eq!(parse_labels("0 people\n1 people\n").unwrap(), ["0 people", "1 people"]);
    assert_eq!(parse_labels("formula,7\nboeing,747\n").unwrap(), ["formula,7", "boeing,747"]);
    for text in [
        "{\"id\": 0, \"name\": \"cat\"}\n{\"id\": 1, \"name\": \"dog\"}\n",
        "{0: 'cat', 2: 'dog'}",
        "['cat', 'dog', 'bi",
        "{'cat': 0, 'dog': 1}",
        "3,cat\n4,dog\n",
        r#"{"1": "cat", "2": "dog"}"#,
        r#"{"cat": 1, "dog": 2}"#,
    ] {
        assert_eq!(parse_labels(text).unwrap_err().code(), Code::AskInvalid, "{text}");
    }
}

#[test]
fn imagenets_wordnet_ids_in_order_are_imagenets_names() {
    let ids: Vec<&str> = IMAGENET_1K_WNIDS.lines().collect();
    let each = |row: &dyn Fn(usize, &str) -> String| {
        ids.iter().enumerate().map(|(i, id)| row(i, id)).collect::<Vec<_>>().join("\n")
    };
    let table = format!("wnid,class_index,class_name\n{}", each(&|i, id| format!("{id},{i},\"name {i}, other\"")));
    let lines = each(&|i, id| format!("{id} name {i}"));
    for text in [&table, &lines] {
        assert!(parse_labels(text).unwrap().iter().eq(IMAGENET_1K.lines()));
    }
    let other = table.replacen("n01440764", "n99999999", 1);
    assert_eq!(parse_labels(&other).unwrap()[1], "name 1, other");
}

#[test]
fn what_is_no_list_of_names_is_refused() {
    for text in ["0: cat\n0: dog", "1: cat\n3: dog", "2: cat\n3: dog"] {
        assert_eq!(parse_labels(text).unwrap_err().code(), Code::AskInvalid, "{text}");
    }
    for text in ["", "cat", "[1, 2]", r#"{"a": "cat", "b": "dog"}"#, r#"{"0": "cat", "2": "dog"}"#, "id;name\n1;a\n2;b"]
    {
        assert_eq!(parse_labels(text).unwrap_err().code(), Code::AskInvalid, "{text}");
    }
}

#[test]
fn a_key_that_is_there_twice_is_refused_by_name() {
    for text in [r#"{"0": "cat", "1": "dog", "0": "bird"}"#, "{\"0\": [\"n02123045\", \"cat\"],\r\n\"0\": 1}"] {
        for refused in [parse_labels(text).unwrap_err(), beside(text).unwrap_err()] {
            let said = refused.to_string();
            assert!(refused.code() == Code::AskInvalid && said.contains("key '0' is there twice at line"), "{said}");
        }
    }
    let nested = r#"{"labels": {"0": "cat", "1": "dog", "1": "bird"}}"#;
    assert!(beside(nested).unwrap_err().to_string().contains("key '1' is there twice"));
    assert!(beside(r#"{"size": 32, "name": "a", "size": 64}"#).unwrap_err().to_string().contains("'size'"));
    assert_eq!(parse_labels(r#"["cat", "cat"]"#).unwrap(), ["cat", "cat"], "two classes may have one name");
}

fn beside(text: &str) -> peerlight_core::Result<PeerOptions> {
    PeerOptions::of_json(text, &|_| unreachable!())
}

#[test]
fn a_file_beside_may_be_a_list_of_labels() {
    for text in [r#"["cat", "dog"]"#, r#"{"1": "dog", "0": ["n02123045", "cat"]}"#] {
        assert_eq!(beside(text).unwrap().labels, Some(Labels::Names(vec!["cat".into(), "dog".into()])), "{text}");
    }
    for text in ["3", "\"cat\"", r#"{"name": 5}"#, r#"{"size": "big"}"#, r#"{"labels": 5}"#, r#"{"preprocess": [1]}"#] {
        assert_eq!(beside(text).unwrap_err().code(), Code::AskInvalid, "{text}");
    }
}

#[test]
fn no_file_elsewhere_is_read_for_the_labels() {
    let read = |name: &str| Ok(format!("{name}\ndog\n"));
    let of = |name: &str| PeerOptions::of_json(&serde_json::json!({ "labels": name }).to_string(), &read);
    for away in ["../names.txt", "/etc/passwd", "a/../../b", "C:names.txt", "..\\names.txt", "\\\\host\\share", ".."] {
        assert!(of(away).unwrap_err().to_string().contains("Only a file beside it"), "{away}");
    }
    for beside in ["names.txt", "lists/names.txt", "..names"] {
        assert_eq!(of(beside).unwrap().labels, Some(Labels::Names(vec![beside.into(), "dog".into()])));
    }
}

#[test]
fn keys_that_are_not_known_are_told() {
    let notes = |text: &str| beside(text).unwrap().notes.join(" ");
    assert!(notes(r#"{"preproces": "tf"}"#).contains("'preproces' is not known and is passed over. Is 'preprocess'"));
    assert!(notes(r#"{"preprocess": {"mean": 0.5, "sdt": 1}}"#).contains("'sdt'"));
    assert!(notes(r#"{"comment": "mine"}"#).contains("'comment'"));
    let foreign = r#"{"architectures": ["x"], "hidden_sizes": [1], "id2label": {"0": "a", "1": "b"}, "do_resize": true,
        "image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5], "size": {"shortest_edge": 256}, "name": 5}"#;
    assert_eq!(notes(foreign), "");
    assert!(notes(r#"{"num_classes": 2, "label_name": ["a", "b"]}"#).contains("'label_names'"));
}

fn values(text: &str) -> ([f64; 3], [f64; 3], bool, Option<f64>, Option<usize>) {
    let own: Preparation = text.parse().unwrap();
    (own.mean, own.std, own.bgr, own.crop, own.side)
}

#[test]
fn presets_and_free_values() {
    let imagenet = ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]);
    assert_eq!(values("torchvision"), (imagenet.0, imagenet.1, false, None, None));
    assert_eq!(values("-1..1,crop=1"), ([0.5; 3], [0.5; 3], false, Some(1.0), None));
    assert_eq!(values("0..255"), ([0.0; 3], [1.0 / 255.0; 3], false, None, None));
    assert_eq!(values("mean=0.1,0.2,0.3,std=0.5"), ([0.1, 0.2, 0.3], [0.5; 3], false, None, None));
    assert_eq!(values("mean=127.5,std=51,size=96"), ([0.5; 3], [0.2; 3], false, None, Some(96)));
    assert!(values("caffe").2 && values("mean=0,std=1,channels=BGR").2);
}

#[test]
fn other_programs_files() {
    let timm = serde_json::json!({"mean": [0.5, 0.5, 0.5], "std": [0.2, 0.2, 0.2], "crop_pct": 0.95,
        "input_size": [3, 160, 160]});
    let own = Preparation::of_json(&timm).unwrap().unwrap();
    assert_eq!((own.mean, own.crop, own.side), ([0.5; 3], Some(0.95), Some(160)));
    assert_eq!(Preparation::of_json(&serde_json::json!({"architectures": []})).unwrap(), None);
    assert!(Preparation::of_json(&serde_json::json!({"mean": "dark"})).is_err());
}

#[test]
fn what_is_none_is_refused_with_what_there_is() {
    for text in [
        "",
        "torch vision",
        "mean=a",
        "mean=0.5,0.5",
        "std=0",
        "crop=2",
        "channels=grb",
        "tf,unit",
        "tf,size=64.5",
        "tf,crop=1,crop=1",
    ] {
        let error = text.parse::<Preparation>().unwrap_err();
        assert_eq!(error.code(), Code::AskInvalid, "{text}");
    }
    assert!("tensor".parse::<Preparation>().unwrap_err().to_string().contains("torchvision, tf, 0..1, 0..255"));
}
