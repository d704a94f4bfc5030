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

fn pass(count: usize) -> (TempDir, String, String) {
    let folder = tempfile::tempdir().unwrap();
    images(&folder.path().join("images"), count);
    let bundle = folder.path().join("micro.safetensors");
    fs::write(&bundle, micro::bundle().unwrap()).unwrap();
    let text = |path: &Path| path.to_str().unwrap().to_owned();
    let (images, bundle) = (text(&folder.path().join("images")), text(&bundle));
    (folder, images, bundle)
}

const FROM_SCRATCH: [&str; 4] =
    ["--peers=a=efficientnet-lite-micro,b=efficientnet-lite-micro", "--sides=48", "--batch=12", "--map-side=14"];

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
fn peers_from_scratch_learn_and_agree_more_by_transfer() {
    let (folder, images, _) = pass(24);
    let mut found = Vec::new();
    for beta in ["0", "2"] {
        let out = folder.path().join(format!("beta-{beta}"));
        let beta = format!("--beta={beta}");
        let args = [
            &[
                &images[..],
                &beta,
                "--steps=60",
                "--rate=0.1",
                "--val-part=0.25",
                "--json",
                "--out",
                out.to_str().unwrap(),
            ][..],
            &FROM_SCRATCH,
        ]
        .concat();
        let report: Value = serde_json::from_slice(&fine(&args).stdout).unwrap();
        let right: Vec<f64> =
            report["validation"]["right"].as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect();
        assert!(right.iter().all(|&part| part > 0.8), "{beta}: {right:?}");
        found.push(report["validation"]["rho"].as_f64().unwrap());
        for plot in ["losses.svg", "correlation.svg", "regions.svg"] {
            assert!(fs::read_to_string(out.join(plot)).unwrap().starts_with("<svg"), "{plot}");
        }
        // The bundle explains as any other does.
        let bytes = fs::read(out.join("bundle.safetensors")).unwrap();
        let bundle = Bundle::parse(&bytes).unwrap();
        assert_eq!(bundle.manifest.labels, ["blue", "green", "red"]);
        assert_eq!(bundle.sha256(), report["sha256"].as_str().unwrap());
        let image = format!("{images}/red/0.png");
        let explained = Command::new(env!("CARGO_BIN_EXE_peerlight"))
            .args(["explain", &image, "--json", "--bundle", out.join("bundle.safetensors").to_str().unwrap()])
            .output()
            .unwrap();
        let explained: Value = serde_json::from_slice(&explained.stdout).unwrap();
        assert_eq!(explained["target"]["label"], "red");
    }
    assert!(found[1] > found[0] + 0.05, "without and with transfer: {found:?}");
}

#[test]
fn a_run_killed_at_any_moment_ends_with_the_same_numbers() {
    let (folder, images, bundle) = pass(8);
    let settings = [
        "--targets=teacher",
        "--delta=1",
        "--steps=12",
        "--checkpoint-every=2",
        "--validate-every=5",
        "--sides=48,64",
        "--batch=6",
        "--map-side=14",
        "--val-part=0.2",
    ];
    for norms in ["frozen", "live"] {
        let out = |name: &str| folder.path().join(format!("{name}-{norms}"));
        let norms = format!("--norms={norms}");
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
fn a_pretrained_pair_keeps_what_it_knows() {
    let (folder, images, bundle) = pass(8);
    let rates: Vec<f64> = ["frozen", "live"]
        .iter()
        .map(|norms| {
            let (out, norms) = (folder.path().join(norms), format!("--norms={norms}"));
            // At next to no rate nothing may change, with norms put back in or not.
            fine(&[
                &images,
                &norms,
                "--from",
                &bundle,
                "--targets=teacher",
                "--rate=1e-9",
                "--steps=1",
                "--sides=64",
                "--val-part=0.5",
                "--out",
                out.to_str().unwrap(),
            ]);
            let rows = log(&out);
            let validation = rows.iter().find(|row| row["kind"] == "validation").unwrap();
            assert!(validation["ce"].as_array().unwrap().iter().all(Value::is_null), "no label, no cross-entropy");
            validation["right"][0].as_f64().unwrap()
        })
        .collect();
    assert_eq!(rates[0], 1.0);
    assert!(rates[1] >= 0.9, "{rates:?}");
}

#[test]
fn devices_share_a_batch_and_learn_the_same() {
    let (folder, images, bundle) = pass(8);
    let losses = ["cpu", "cpu,cpu", "cpu,cpu,cpu"].map(|devices| {
        let (out, device) = (folder.path().join(devices), format!("--device={devices}"));
        fine(&[
            &images,
            &device,
            "--from",
            &bundle,
            "--targets=teacher",
            "--delta=1",
            "--rate=0.01",
            "--steps=4",
            "--batch=8",
            "--sides=48",
            "--map-side=14",
            "--val-part=0.2",
            "--out",
            out.to_str().unwrap(),
        ]);
        let steps = log(&out).into_iter().filter(|row| row["kind"] == "step");
        steps
            .flat_map(|row| {
                ["ce", "transfer", "masked", "gradient"].map(|term| row["peers"][1][term].as_f64().unwrap())
            })
            .collect::<Vec<_>>()
    });
    for shared in &losses[1..] {
        for (one, several) in losses[0].iter().zip(shared) {
            assert!((one - several).abs() < 1e-3 * one.abs().max(0.1), "{losses:?}");
        }
    }
    assert_ne!(losses[0][0], losses[0][4], "something is learnt");
    refused(
        &[&images, "--device=cpu,cpu,cpu", "--from", &bundle, "--targets=teacher", "--batch=2", "--out", "x"],
        "ask-invalid",
        "cannot be shared",
    );
}

#[test]
fn a_mask_that_teaches_the_map_is_the_same_mask() {
    let (folder, images, bundle) = pass(8);
    let [network, map] = ["network", "map"].map(|teach| {
        let (out, teach) = (folder.path().join(teach), format!("--teach={teach}"));
        let args = [
            &images,
            &teach,
            "--from",
            &bundle,
            "--targets=teacher",
            "--delta=1",
            "--steps=2",
            "--batch=8",
            "--sides=48",
            "--map-side=14",
            "--val-part=0.2",
            "--out",
            out.to_str().unwrap(),
        ];
        fine(&args);
        let rows = log(&out);
        ["masked", "ce", "gradient"].map(|term| rows[0]["peers"][0][term].as_f64().unwrap())
    });
    for term in 0..2 {
        assert!((network[term] - map[term]).abs() < 1e-5, "{network:?} {map:?}");
    }
    assert!((network[2] - map[2]).abs() > 1e-3, "the map gets gradients: {network:?} {map:?}");
}

#[test]
fn settings_come_from_a_file_and_flags_win() {
    let (folder, images, bundle) = pass(4);
    let (config, out) = (folder.path().join("recipe.toml"), folder.path().join("run"));
    let text = format!(
        "images = [{images:?}]\nfrom = {bundle:?}\ntargets = \"teacher\"\nsteps = 3\nbeta = 0.25\nsides = [48, 64]\nbatch = 4\n"
    );
    fs::write(&config, text).unwrap();
    fine(&["--config", config.to_str().unwrap(), "--steps=2", "--out", out.to_str().unwrap()]);
    let recipe = fs::read_to_string(out.join("recipe.toml")).unwrap();
    for line in ["steps = 2", "beta = 0.25", "sides = [", "targets = \"teacher\""] {
        assert!(recipe.contains(line), "{recipe}");
    }
    fs::write(&config, "bta = 1\n").unwrap();
    let output = run(&["--config", config.to_str().unwrap(), "--out", "x"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("--bta"));
    refused(&["--config", "nowhere.toml", "--out", "x"], "file-unreadable", "nowhere.toml");
}

#[test]
fn unreadable_images_are_skipped_until_there_are_too_many() {
    let (folder, images, bundle) = pass(8);
    fs::write(format!("{images}/red/0.png"), "no image").unwrap();
    let out = folder.path().join("run");
    let args = [
        &images[..],
        "--from",
        &bundle,
        "--targets=teacher",
        "--steps=4",
        "--batch=8",
        "--sides=48",
        "--val-part=0.1",
        "--json",
        "--out",
    ];
    let output = fine(&[&args[..], &[out.to_str().unwrap()]].concat());
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(report["skipped"].as_u64().unwrap() <= 1);
    assert!(
        String::from_utf8_lossy(&output.stderr).contains("red/0.png"),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    for i in 0..8 {
        fs::write(format!("{images}/red/{i}.png"), "no image").unwrap();
    }
    let out = folder.path().join("other");
    refused(&[&args[..], &[out.to_str().unwrap()]].concat(), "image-broken", "cannot be read");
}

#[test]
fn what_cannot_be_trained_is_refused_with_the_reason() {
    let (folder, images, bundle) = pass(4);
    let out = folder.path().join("run");
    let out = out.to_str().unwrap();
    let empty = folder.path().join("empty");
    fs::create_dir_all(&empty).unwrap();
    let empty = empty.to_str().unwrap();
    let one = format!("{images}/red");
    refused(&[empty, "--from", &bundle, "--targets=teacher", "--out", out], "file-unreadable", "no images");
    refused(&[&[&one[..], "--out", out][..], &FROM_SCRATCH].concat(), "classes-invalid", "two classes or more");
    refused(&[&images, "--from", &bundle, "--out", out], "classes-invalid", "name none of the 10 classes");
    refused(
        &[&images, "--from", &bundle, "--peers=first", "--targets=teacher", "--out", out],
        "ask-invalid",
        "two or more",
    );
    refused(
        &[&images, "--from", &bundle, "--peers=first,third", "--targets=teacher", "--out", out],
        "ask-invalid",
        "no peer 'third'",
    );
    refused(
        &[&images, "--peers=efficientnet-lite-micro,efficientnet-lite-micro", "--out", out],
        "ask-invalid",
        "there twice",
    );
    refused(&["--resume", "--out", out], "run-invalid", "no run to go on with");
    let explode = [
        "--from",
        &bundle,
        "--targets=teacher",
        "--sides=48",
        "--batch=6",
        "--steps=30",
        "--clip=0",
        "--rate=1e30",
        "--warm-up=0",
    ];
    refused(&[&[&images[..], "--out", out][..], &explode].concat(), "training-diverged", "lower --rate");
    refused(&[&images, "--from", &bundle, "--targets=teacher", "--out", out], "run-invalid", "holds a run already");
    // A damaged checkpoint is told apart from a program's fault.
    fs::create_dir_all(format!("{out}/checkpoints/step-00000009")).unwrap();
    fs::write(format!("{out}/checkpoints/step-00000009/networks.safetensors"), "short").unwrap();
    refused(&["--resume", "--out", out], "bundle-truncated", "ends too early");
}
