//! Folders, names and tables as people have them.

mod support;

use std::{fs, path::Path};

use serde_json::Value;
use support::{Place, code, draw, lines, text};

/// The images that `explain` was given and explained, by name, and its exit code.
fn explained(place: &Place, given: &str) -> (Vec<String>, i32, String) {
    let output = place.run(&["explain", &place.at(given), "--json"]);
    let name = |value: &Value| Some(Path::new(value["file"].as_str()?).file_name()?.to_string_lossy().into_owned());
    let names = lines(&output).iter().filter_map(name).collect();
    (names, code(&output), text(&output.stderr))
}

#[test]
fn images_are_told_by_content_and_what_is_left_out_is_said() {
    let place = Place::new();
    for name in ["a.jpg", "b.jfif", "c.JPE", "d", "e.txt", "more/f.jpg", "._a.jpg", ".ipynb_checkpoints/a.png"] {
        draw(&place.path(&format!("cat/{name}")), 1);
    }
    fs::write(place.path("cat/notes.md"), "about cats").unwrap();
    let (names, code, error) = explained(&place, "cat");
    assert_eq!((names, code), (["a.jpg", "b.jfif", "c.JPE", "d", "e.txt"].map(String::from).to_vec(), 3), "{error}");
    assert!(error.contains("Left out: 1 folder and 3 other files."), "{error}");
    assert!(error.contains("folders in the given one are not read"), "{error}");
    // What systems leave and texts are told, and change no exit code.
    fs::remove_dir_all(place.path("cat/more")).unwrap();
    let (_, code, error) = explained(&place, "cat");
    assert!(code == 0 && error.contains("Left out: 3 other files."), "{error}");
    // Folders of folders: where the images are.
    let (_, code, error) = explained(&place, "");
    assert!(code == 1 && error.contains("cat' holds images"), "{error}");
}

#[test]
fn an_image_that_is_given_again_is_explained_once() {
    let place = Place::new();
    ["a.png", "d/b.png", "d/c.png"].iter().for_each(|name| draw(&place.path(name), 1));
    let cases: [(&[&str], usize, usize); 4] = [
        (&["a.png", "a.png", "./a.png"], 1, 2),
        (&["d", "d/b.png", "d/../d/c.png", "a.png"], 3, 2),
        (&["a.png", "-"], 3, 1),
        (&["a.png", "d/b.png"], 2, 0),
    ];
    for (given, explained, again) in cases {
        let args = [&["explain"], given, &["--json"]].concat();
        let output = place.run_with(&args, b"d/b.png\n./a.png\nd/c.png\n");
        let (said, lines) = (text(&output.stderr), lines(&output));
        assert_eq!(lines.iter().filter(|line| line["file"].is_string()).count(), explained, "{said}");
        assert_eq!(
            (code(&output), said.contains("given again, and explained once")),
            (if again > 0 { 3 } else { 0 }, again > 0)
        );
        let left = lines.last().unwrap()["left_out"].as_array().map_or(0, Vec::len);
        assert_eq!(left, again, "{said}");
        assert!(given.contains(&"-") || said.contains(&format!("[{explained}/{explained}]")), "{said}");
    }
}

#[test]
fn of_a_file_with_several_pages_the_first_is_used_and_that_is_told_once() {
    let place = Place::new();
    // Two pages of one pixel each, and a third that is a reduced copy.
    let short = |value: u16| value.to_le_bytes();
    let entry = |tag: u16, value: u32| [&short(tag)[..], &short(4), &1u32.to_le_bytes(), &value.to_le_bytes()].concat();
    let mut file = [&b"II*\0"[..], &10u32.to_le_bytes(), &[9, 0]].concat();
    for (page, kind) in [0, 2, 1].into_iter().enumerate() {
        let tags = [(254, kind), (256, 1), (257, 1), (258, 8), (259, 1), (262, 1), (273, 8), (278, 1), (279, 1)];
        file.extend(short(tags.len() as u16));
        tags.iter().for_each(|&(tag, value)| file.extend(entry(tag, value)));
        let next = if page < 2 { file.len() as u32 + 4 } else { 0 };
        file.extend(next.to_le_bytes());
    }
    for name in ["set/0/a.tif", "set/0/b.tif", "set/1/c.tif"] {
        fs::create_dir_all(place.path(name).parent().unwrap()).unwrap();
        fs::write(place.path(name), &file).unwrap();
    }
    draw(&place.path("set/0/d.png"), 1);
    draw(&place.path("set/1/e.png"), 2);
    let train =
        "train set --from models/micro.safetensors --targets teacher --steps 1 --batch-size 2 --image-size 48 --out r";
    let of_all = ["a.tif (2)", "b.tif (2)", "c.tif (2)"];
    for (command, named) in [
        ("explain set/0 --json", &of_all[..2]),
        ("evaluate set --method cam --metrics complexity --out e", &of_all),
        ("evaluate set --method cam --metrics complexity --out e", &of_all),
        ("audit set --out u", &of_all),
        (train, &of_all),
        ("sanity set/1/c.tif --method cam", &of_all[2..]),
        ("inspect models/micro.safetensors --image set/1/c.tif", &of_all[2..]),
    ] {
        let output = place.run(&command.split(' ').collect::<Vec<_>>());
        let error = text(&output.stderr);
        let (images, each) = if named.len() == 1 { ("image", "has") } else { ("images", "have") };
        let said = format!("{} {images} {each} several pages, and the first one was used: ", named.len());
        assert_eq!((code(&output), error.matches(&said).count()), (0, 1), "{command}: {error}");
        assert!(named.iter().all(|name| error.contains(name)), "{command}: {error}");
    }
}

#[cfg(unix)]
#[test]
fn standard_input_names_files_by_bytes() {
    use std::os::unix::ffi::OsStrExt;
    let place = Place::new();
    let names: [&[u8]; 3] = [b"a.png", b"b\xe9b\xe9.png", b"c.png"];
    let mut input = Vec::new();
    for name in names {
        let path = place.path("").join(std::ffi::OsStr::from_bytes(name));
        draw(&path.with_extension("tmp.png"), 1);
        fs::rename(path.with_extension("tmp.png"), &path).unwrap();
        input.extend(path.as_os_str().as_bytes());
        input.push(b'\n');
    }
    let output = place.run_with(&["explain", "-", "--json"], &input);
    assert_eq!((lines(&output).len(), code(&output)), (3, 0), "{}", text(&output.stderr));
    assert!(lines(&output)[1]["file"].as_str().unwrap().ends_with("b\\xE9b\\xE9.png"));
    input.extend(b"/nowhere.png\n");
    let output = place.run_with(&["explain", "-", "--json"], &input);
    assert_eq!((lines(&output).len(), code(&output)), (4, 3), "{}", text(&output.stderr));
    assert!(lines(&output)[3]["left_out"][0]["file"] == "/nowhere.png");
}

#[test]
fn results_stand_in_a_folder_of_the_images_name_and_none_overwrites_another() {
    let place = Place::new();
    draw(&place.path("cat.png"), 1);
    let args = ["explain", "cat.png", "--method", "mutual,mutual:fuse=product,cam", "--peer", "first"];
    let output = place.run(&args);
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    let mut names: Vec<_> =
        fs::read_dir(place.path("cat")).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(names.len(), 7, "{names:?}");
    assert!(names.iter().any(|name| name.starts_with("cat.mutual.class-")), "{names:?}");
    // Again into the same folder, but never into one of something else.
    assert_eq!(code(&place.run(&args)), 0);
    fs::create_dir(place.path("dog")).unwrap();
    draw(&place.path("dog.png"), 2);
    assert_eq!(code(&place.run(&["explain", "dog.png"])), 0);
    assert!(place.path("dog-explained/dog.json").is_file());
    assert_eq!(code(&place.run(&["explain", "nowhere.png"])), 1);
    assert!(!place.path("nowhere").exists());
    // A folder has a table and a page.
    draw(&place.path("set/=1+1.png"), 3);
    draw(&place.path("set/<b>.png"), 4);
    assert_eq!(code(&place.run(&["explain", "set"])), 0);
    let read = |name: &str| fs::read_to_string(place.path("set-explained").join(name)).unwrap();
    assert_eq!(read("summary.csv").lines().count(), 3);
    assert!(read("index.html").contains("&lt;b&gt;.png") && !read("index.html").contains("<b>.png"));
}

#[test]
fn settings_are_checked_before_the_first_image_and_names_are_suggested() {
    let place = Place::new();
    for (flag, value, words) in [
        ("--grid", "0", "[ask-invalid]"),
        ("--crop", "0", "[ask-invalid]"),
        ("--class", "clas 3", "Did you mean: class 3 (3)"),
        ("--class", "class", "may be one of: class 0 (0), class 1 (1)"),
        ("--class", "zeppelin", "catalog --classes"),
    ] {
        let output = place.run(&["explain", "missing.png", flag, value]);
        let error = text(&output.stderr);
        assert!(code(&output) == 1 && error.contains(words) && !error.contains("missing.png"), "{error}");
    }
    let output = place.run(&["catalog", "--classes", "CLASS 7"]);
    assert!(text(&output.stdout).starts_with("    7  class 7\n"), "{}", text(&output.stdout));
    assert_eq!(text(&place.run(&["catalog", "--classes"]).stdout).lines().count(), 10);
}

#[test]
fn a_transparent_image_is_painted_over_white() {
    let place = Place::new();
    let clear = image::RgbaImage::from_fn(64, 64, |x, _| image::Rgba([0, 0, 0, if x < 32 { 0 } else { 255 }]));
    clear.save(place.path("cut.png")).unwrap();
    assert_eq!(code(&place.run(&["explain", "cut.png", "--opacity", "0"])), 0);
    let painted = image::open(place.path("cut/cut.mutual.png")).unwrap().into_rgba8();
    assert!(painted.pixels().all(|pixel| pixel[3] == 255), "opaque");
    assert_eq!((painted.get_pixel(20, 32).0, painted.get_pixel(44, 32).0), ([255; 4], [0, 0, 0, 255]));
}

#[test]
fn boxes_are_of_the_stored_pixels_unless_said_otherwise() {
    let place = Place::new();
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/golden/images/orientation-6.png");
    // The file says that it lies on its side; the other one holds the same pixels upright.
    let upright = image::open(file).unwrap().rotate90();
    fs::create_dir(place.path("turned")).unwrap();
    fs::create_dir(place.path("plain")).unwrap();
    fs::copy(file, place.path("turned/a.png")).unwrap();
    upright.save(place.path("plain/a.png")).unwrap();
    let (w, h) = (f64::from(upright.width()), f64::from(upright.height()));
    let [x0, y0, x1, y1] = [0.2 * w, 0.3 * h, 0.6 * w, 0.7 * h];
    let energy = |name: &str, rect: [f64; 4], more: &[&str]| {
        let [x0, y0, x1, y1] = rect;
        fs::write(place.path("boxes.csv"), format!("path;x0;y0;x1;y1\r\na.png;{x0};{y0};{x1};{y1}\r\n")).unwrap();
        let boxes = place.at("boxes.csv");
        let args =
            ["evaluate", name, "--boxes", &boxes, "--metrics", "energy", "--method", "cam", "--out", "r", "--json"];
        let output = place.run(&[&args, more].concat());
        assert_eq!(code(&output), 0, "{}", text(&output.stderr));
        fs::remove_dir_all(place.path("r")).unwrap();
        serde_json::from_slice::<Value>(&output.stdout).unwrap()["rows"][0]["energy"].as_f64().unwrap()
    };
    let expected = energy("plain", [x0, y0, x1, y1], &[]);
    // Orientation 6 is turned to the right to be upright: x of the file is y, and y is what is left of x.
    let stored = [y0, w - x1, y1, w - x0];
    assert!((energy("turned", stored, &[]) - expected).abs() < 1e-6);
    assert!((energy("turned", [x0, y0, x1, y1], &["--box-pixels", "upright"]) - expected).abs() < 1e-6);
    assert!((energy("turned", [x0, y0, x1, y1], &[]) - expected).abs() > 1e-3);
}
