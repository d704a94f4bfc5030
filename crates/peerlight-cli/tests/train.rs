//! Training as a person or a script meets it, on images that the test makes itself.

use std::{
    fs,
    io::{Read, Seek, SeekFrom},
    path::Path,
    process::{Command, Output, Stdio},
    thread,
    time::{Duration, Instant},
};

use image::RgbImage;
use peerlight_models::{Bundle, micro};
use serde_json::Value;
use tempfile::TempDir;

fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_peerlight"));
    command.arg("train").args(args);
    command
}

/// Longer than any run here takes on a busy machine: one that waits for itself fails, and does not hold up the rest.
const MOST: Duration = Duration::from_secs(600);

fn run(args: &[&str]) -> Output {
    let files = [tempfile::tempfile().unwrap(), tempfile::tempfile().unwrap()];
    let [out, err] = files.each_ref().map(|file| Stdio::from(file.try_clone().unwrap()));
    let mut child = command(args).stdout(out).stderr(err).spawn().unwrap();
    let clock = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if clock.elapsed() > MOST {
            child.kill().unwrap();
            child.wait().unwrap();
            panic!("{args:?} has not ended within {MOST:?}");
        }
        thread::sleep(Duration::from_millis(10));
    };
    let [stdout, stderr] = files.map(|mut file| {
        let mut bytes = Vec::new();
        file.seek(SeekFrom::Start(0)).unwrap();
        file.read_to_end(&mut bytes).unwrap();
        bytes
    });
    Output { status, stdout, stderr }
}

fn fine(args: &[&str]) -> Output {
    let output = run(args);
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    output
}

fn refused(args: &[&str], code: &str, words: &str) {
    let output = run(args);
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{args:?}: {error}");
    assert!(error.contains(&format!("[{code}]")) && error.contains(words), "{args:?}: {error}");
    assert!(!error.contains("panicked"), "{error}");
}

/// Three classes that differ by the color of a blot somewhere on noise: `count` images of each.
fn images(folder: &Path, count: usize) {
    for (class, color) in [("blue", [30, 60, 220]), ("green", [40, 200, 60]), ("red", [220, 50, 40])] {
        let folder = folder.join(class);
        fs::create_dir_all(&folder).unwrap();
        for i in 0..count as u32 {
            let (x0, y0) = (i * 7 % 24, i * 11 % 24);
            let image = RgbImage::from_fn(48, 48, |x, y| {
                let noise = (x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(40_503) ^ i.wrapping_mul(977)) >> 7 & 63;
                let inside = (x0..x0 + 24).contains(&x) && (y0..y0 + 24).contains(&y);
                image::Rgb(if inside { color } else { [96 + noise as u8; 3] })
            });
            image.save(folder.join(format!("{i}.png"))).unwrap();
        }
    }
}

/// A folder with images and the micro bundle, and the paths of both.
fn set_up(count: usize) -> (TempDir, String, String) {
    let folder = tempfile::tempdir().unwrap();
    images(&folder.path().join("images"), count);
    let bundle = folder.path().join("micro.safetensors");
    fs::write(&bundle, micro::bundle().unwrap()).unwrap();
    let text = |path: &Path| path.to_str().unwrap().to_owned();
    let (images, bundle) = (text(&folder.path().join("images")), text(&bundle));
    (folder, images, bundle)
}

const FROM_SCRATCH: [&str; 4] = [
    "--peers=a=efficientnet-lite-micro,b=efficientnet-lite-micro",
    "--image-size=48",
    "--batch-size=12",
    "--map-size=14",
];

/// Settings of a short run from the micro bundle.
const SHORT: [&str; 4] = ["--targets=teacher", "--steps=4", "--batch-size=8", "--image-size=48"];

fn log(run: &Path) -> Vec<Value> {
    fs::read_to_string(run.join("log.jsonl")).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Everything but what depends on the clock.
fn without_speed(rows: Vec<Value>) -> Vec<Value> {
    rows.into_iter()
        .map(|mut row| {
            row.as_object_mut().unwrap().remove("speed");
            row
        })
        .collect()
}

#[test]
fn a_run_killed_at_any_moment_ends_with_the_same_numbers() {
    let (folder, images, bundle) = set_up(8);
    let settings = [
        "--targets=teacher",
        "--consistency-weight=1",
        "--steps=12",
        "--checkpoint-every=2",
        "--validate-every=5",
        "--image-size=48,64",
        "--batch-size=6",
        "--map-size=14",
        "--val-fraction=0.2",
    ];
    for norms in ["frozen", "train"] {
        let out = |name: &str| folder.path().join(format!("{name}-{norms}"));
        let norms = format!("--batch-norm={norms}");
        let args = |out: &Path| {
            let mut args =
                vec![images.clone(), norms.clone(), format!("--from={bundle}"), format!("--out={}", out.display())];
            args.extend(settings.map(String::from));
            args
        };
        let (unbroken, killed) = (out("unbroken"), out("killed"));
        fine(&args(&unbroken).iter().map(String::as_str).collect::<Vec<_>>());

        let given = args(&killed);
        let mut child = command(&given.iter().map(String::as_str).collect::<Vec<_>>())
            .stderr(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let begun = Instant::now();
        while !killed.join("checkpoints/step-00000004").exists() && child.try_wait().unwrap().is_none() {
            assert!(begun.elapsed() < Duration::from_secs(120), "no checkpoint came");
            thread::sleep(Duration::from_millis(1));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(!killed.join("bundle.safetensors").exists(), "it was over before it could be killed");
        // What a kill leaves in the middle of a write.
        fs::create_dir_all(killed.join("checkpoints/unfinished-x")).unwrap();
        let mut log_file = fs::OpenOptions::new().append(true).open(killed.join("log.jsonl")).unwrap();
        std::io::Write::write_all(&mut log_file, b"{\"step\":5,\"ki").unwrap();

        let folder_arg = format!("--out={}", killed.display());
        fine(&["--resume", &folder_arg, "--checkpoint-every=2", "--validate-every=5"]);
        assert_eq!(without_speed(log(&killed)), without_speed(log(&unbroken)));
        let read = |run: &Path, file: &str| fs::read(run.join(file)).unwrap();
        for file in ["bundle.safetensors", "checkpoints/step-00000012/networks.safetensors"] {
            assert!(read(&killed, file) == read(&unbroken, file), "{norms}: {file} differs");
        }
        let kept = fs::read_dir(killed.join("checkpoints")).unwrap().count();
        assert_eq!(kept, 2, "old checkpoints and what was unfinished are gone");
    }
}

#[test]
fn a_run_writes_its_bundle_charts_log_and_recipe() {
    let (folder, images, _) = set_up(8);
    let out = folder.path().join("run");
    let args = [&[&images[..], "--steps=40", "--lr=0.1", "--json", "--out", out.to_str().unwrap()], &FROM_SCRATCH[..]];
    let report: Value = serde_json::from_slice(&fine(&args.concat()).stdout).unwrap();
    assert_eq!(report["validation"]["images"], 3);
    for chart in ["losses.svg", "correlation.svg", "regions.svg"] {
        assert!(fs::read_to_string(out.join(chart)).unwrap().starts_with("<svg"), "{chart}");
    }
    let steps: Vec<u64> = log(&out).iter().map(|row| row["step"].as_u64().unwrap()).collect();
    assert_eq!(steps, (1..=40).chain([40]).collect::<Vec<_>>());
    // The bundle explains as any other does.
    let bundle = out.join("bundle.safetensors");
    let bytes = fs::read(&bundle).unwrap();
    assert_eq!(Bundle::parse(&bytes).unwrap().sha256(), report["sha256"].as_str().unwrap());
    let image = format!("{images}/red/0.png");
    let explained = Command::new(env!("CARGO_BIN_EXE_peerlight"))
        .args(["explain", &image, "--json", "--bundle", bundle.to_str().unwrap()])
        .output()
        .unwrap();
    let explained: Value = serde_json::from_slice(&explained.stdout).unwrap();
    assert_eq!(explained["target"]["label"], "red");
}

#[test]
fn settings_come_from_a_file_and_flags_win() {
    let (folder, images, bundle) = set_up(4);
    let (config, out) = (folder.path().join("recipe.toml"), folder.path().join("run"));
    let text = format!("images = [{images:?}]\nfrom = {bundle:?}\ntargets = \"teacher\"\nsteps = 3\nbatch-size = 4\n");
    // Names of earlier versions, too.
    fs::write(&config, text + "beta = 0.25\nsides = [48, 64]\n").unwrap();
    fine(&["--config", config.to_str().unwrap(), "--steps=2", "--out", out.to_str().unwrap()]);
    let recipe = fs::read_to_string(out.join("recipe.toml")).unwrap();
    for line in ["steps = 2", "transfer-weight = 0.25", "image-size = [", "targets = \"teacher\""] {
        assert!(recipe.contains(line), "{recipe}");
    }
    fs::write(&config, "bta = 1\n").unwrap();
    refused(&["--config", config.to_str().unwrap(), "--out", "x"], "ask-invalid", "`bta`");
    refused(&["--config", "nowhere.toml", "--out", "x"], "file-unreadable", "nowhere.toml");
}

/// The recipe file of an earlier version: its keys have other names.
#[test]
fn a_run_of_an_earlier_version_is_continued() {
    let (folder, images, bundle) = set_up(8);
    let [old, new] = ["old", "new"].map(|name| folder.path().join(name));
    let settings = format!(
        "images = [{images:?}]\nfrom = {bundle:?}\ntargets = \"teacher\"\nsteps = 2\nval-part = 0.2\nsides = [48]\n"
    );
    let rest = "beta = 0.5\ngamma = 0.5\ndelta = 1.0\nmap-side = 14\nbatch = 6\noptimizer = \"sgd\"\nrate = \
        0.01\ndecay = 0.001\n";
    fs::create_dir(&old).unwrap();
    fs::write(old.join("recipe.toml"), settings + rest).unwrap();
    let row = r#"{"step":0,"kind":"validation","pictures":3,"right":[1.0,1.0],"ce":[null,null],"rho":0.5}"#;
    fs::write(old.join("log.jsonl"), format!("{row}\n")).unwrap();
    fine(&["--resume", "--out", old.to_str().unwrap()]);
    let args =
        [&images[..], "--from", &bundle, "--targets=teacher", "--steps=2", "--val-fraction=0.2", "--image-size=48"];
    let weights = ["--transfer-weight=0.5", "--mutual-weight=0.5", "--consistency-weight=1", "--map-size=14"];
    let schedule = ["--batch-size=6", "--lr=0.01", "--weight-decay=0.001", "--out", new.to_str().unwrap()];
    fine(&[&args[..], &weights, &schedule].concat());
    let rows = without_speed(log(&old));
    assert_eq!(rows[0]["accuracy"], serde_json::json!([1.0, 1.0]), "the log of an earlier version is kept");
    assert_eq!(rows[1..], without_speed(log(&new)));
}

#[test]
fn unreadable_images_are_skipped_until_there_are_too_many() {
    let (folder, images, bundle) = set_up(8);
    fs::write(format!("{images}/red/0.png"), "no image").unwrap();
    let run = |out: &str| {
        let out = folder.path().join(out).to_str().unwrap().to_owned();
        [&[&images[..], "--from", &bundle, "--json", "--out", &out], &SHORT[..]]
            .concat()
            .iter()
            .map(|s| s.to_string())
            .collect::<Vec<_>>()
    };
    let args = run("some");
    let output = self::run(&args.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(output.status.code(), Some(3), "{}", String::from_utf8_lossy(&output.stderr));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(report["skipped"].as_u64().unwrap() <= 1);
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(error.contains("red/0.png"), "{error}");
    for i in 0..8 {
        fs::write(format!("{images}/red/{i}.png"), "no image").unwrap();
    }
    let args = run("many");
    refused(&args.iter().map(String::as_str).collect::<Vec<_>>(), "image-broken", "cannot be read");
}

#[test]
fn what_cannot_be_trained_is_refused_with_the_reason() {
    let (folder, images, bundle) = set_up(4);
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (out, empty, one) = (path("run"), path("empty"), format!("{images}/red"));
    fs::create_dir_all(&empty).unwrap();
    let teacher = |images: &str, more: &[&str], code: &str, words: &str| {
        let args = [&[images, "--from", &bundle, "--targets=teacher", "--out", &out], more].concat();
        refused(&args, code, words);
    };
    teacher(&empty, &[], "file-unreadable", "no images");
    teacher(&images, &["--peers=first"], "ask-invalid", "two or more");
    teacher(&images, &["--peers=first,third"], "ask-invalid", "no peer 'third'");
    teacher(&images, &["--device=cpu,cpu,cpu", "--batch-size=2"], "ask-invalid", "cannot be shared");
    refused(&[&[&one[..], "--out", &out][..], &FROM_SCRATCH].concat(), "classes-invalid", "two classes or more");
    refused(&[&images, "--from", &bundle, "--out", &out], "classes-invalid", "name none of the 10 classes");
    refused(&["--resume", "--out", &out], "run-invalid", "no run to continue");
    // A file where the folder should be.
    let file = path("file");
    fs::write(&file, "").unwrap();
    refused(&[&images, "--from", &bundle, "--targets=teacher", "--out", &file], "file-unwritable", "is a file");
    teacher(&images, &["--image-size=48", "--clip=0", "--lr=1e30", "--warm-up=0"], "training-diverged", "lower `lr`");
    teacher(&images, &[], "run-invalid", "holds a run already");
    // A damaged checkpoint is told apart from a program's fault.
    fs::create_dir_all(format!("{out}/checkpoints/step-00000009")).unwrap();
    fs::write(format!("{out}/checkpoints/step-00000009/networks.safetensors"), "short").unwrap();
    refused(&["--resume", "--out", &out], "bundle-truncated", "ends too early");
}

#[test]
fn weights_that_no_bundle_can_hold_end_the_run_at_once() {
    let (folder, images, bundle) = set_up(4);
    let out = folder.path().join("run").to_str().unwrap().to_owned();
    let args = [&images[..], "--from", &bundle, "--targets=teacher", "--image-size=48", "--steps=3", "--warm-up=0"];
    refused(&[&args[..], &["--lr=1e6", "--out", &out]].concat(), "training-diverged", "lower `lr`");
    assert!(log(Path::new(&out)).len() <= 1, "it ended with the first step");
}

#[test]
fn images_to_validate_with_are_others() {
    let (folder, images, bundle) = set_up(4);
    let [out, other] = ["run", "other"].map(|name| folder.path().join(name).to_str().unwrap().to_owned());
    let args = |val: &'_ str| [&images[..], "--from", &bundle, "--val", val, "--out", &out].map(String::from);
    let run = |val: &str| [&args(val)[..], &SHORT.map(String::from)].concat();
    let same = run(&images);
    refused(&same.iter().map(String::as_str).collect::<Vec<_>>(), "ask-invalid", "All --val images");
    // Under other names, one of them changed.
    fs::create_dir_all(format!("{other}/red")).unwrap();
    fs::copy(format!("{images}/red/0.png"), format!("{other}/red/a.png")).unwrap();
    fs::write(format!("{other}/red/b.png"), [&fs::read(format!("{images}/red/0.png")).unwrap()[..], b"more"].concat())
        .unwrap();
    let some = run(&other);
    let output = fine(&some.iter().map(String::as_str).collect::<Vec<_>>());
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(error.contains("1 of 2 images to validate with are trained with, too"), "{error}");
}
