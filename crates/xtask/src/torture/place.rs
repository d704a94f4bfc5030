//! Networks, images and runs that the torture makes itself.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::shell::Result;

/// A folder with everything, and the program.
pub struct Place {
    folder: PathBuf,
    program: PathBuf,
}

/// A command, with what it comes to when nothing disturbs it.
pub struct Job {
    /// The command.
    pub name: &'static str,
    /// Arguments but for the place of results; the second is the folder of images.
    begin: Vec<String>,
    /// Arguments that go on with what is in the folder.
    resume: Vec<String>,
    /// The file that is there as soon as there is something to go on with.
    pub begun: &'static str,
    /// The one file that is the result, where it is none but a folder.
    file: Option<&'static str>,
    /// Whether a second process in the same folder is refused. Those that need no folder of their own come to the same.
    pub locks: bool,
    /// How long an unbroken run takes.
    pub time: Duration,
    /// Its results by file, without times.
    expected: Results,
}

/// Files of a run by their paths in its folder.
type Results = BTreeMap<PathBuf, Vec<u8>>;

impl Job {
    /// The same job over other images.
    pub fn over(&self, images: &Path) -> Self {
        let mut begin = self.begin.clone();
        begin[1] = images.display().to_string();
        Self { begin, resume: self.resume.clone(), expected: Results::new(), ..*self }
    }
}

/// Images of each of three classes.
const IMAGES: u32 = 4;
/// Images with boxes.
const BOXED: u32 = 150;
/// A result that is one file.
const OUT: &str = "bundle.safetensors";

impl Place {
    pub fn new(program: &Path) -> Result<Self> {
        let folder = std::env::temp_dir().join(format!("peerlight-torture-{}", std::process::id()));
        let place = Self { folder, program: program.into() };
        for class in 0..3 {
            for i in 0..IMAGES {
                place.draw(class, i)?;
            }
        }
        Ok(place)
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    pub fn remove(&self) {
        let _ = fs::remove_dir_all(&self.folder);
    }

    /// Many images in one folder.
    pub fn draw_many(&self, folder: &str, count: u32) -> Result {
        (0..count).try_for_each(|i| draw(&self.path(folder).join(format!("{i}.bmp")), i % 3, i))
    }

    fn draw(&self, class: u32, i: u32) -> Result {
        draw(&self.image(class, i), class, i)
    }

    pub fn image(&self, class: u32, i: u32) -> PathBuf {
        self.path(&format!("images/{class}/{i}.bmp"))
    }

    /// Trains without a disturbance.
    pub fn train_unbroken(&self) -> Result<Job> {
        let begin = format!(
            "train {} --peers a=efficientnet-lite-micro,b=efficientnet-lite-micro --image-size 32 --batch-size 4 \
             --map-size 8 --steps 16 --checkpoint-every 2 --validate-every 5 --val-fraction 0.2",
            self.path("images").display()
        );
        let resume = "train --resume --checkpoint-every 2 --validate-every 5";
        self.unbroken("train", &begin, resume, "recipe.toml", None)
    }

    /// Evaluates the networks that were trained, without a disturbance.
    pub fn evaluate_unbroken(&self) -> Result<Job> {
        let begin = format!(
            "evaluate {} --bundle {} --method mutual,cam,rise:samples=16 --peer all --metrics average-drop,complexity",
            self.path("images").display(),
            self.path("train/bundle.safetensors").display()
        );
        self.unbroken("evaluate", &begin, &begin, "records.jsonl", None)
    }

    /// Audits the same images.
    pub fn audit_unbroken(&self) -> Result<Job> {
        let begin = format!("audit {} --bundle {}", self.path("images").display(), self.trained());
        self.unbroken("audit", &begin, &begin, "audit.jsonl", None)
    }

    /// Explains the same images.
    pub fn explain_unbroken(&self) -> Result<Job> {
        let folders = (0..3).map(|class| self.path(&format!("images/{class}")).display().to_string());
        let begin =
            format!("explain {} --bundle {} --method cam", folders.collect::<Vec<_>>().join(" "), self.trained());
        self.unbroken("explain", &begin, &begin, "0.json", None)
    }

    /// Imports a network out of the bundle that was trained.
    pub fn import_unbroken(&self) -> Result<Job> {
        let begin = format!("import one={}#a", self.trained());
        self.unbroken("import", &begin, &begin, OUT, Some(OUT))
    }

    /// Calibrates the bundle that was trained, with boxes around squares of which it finds some.
    pub fn calibrate_unbroken(&self) -> Result<Job> {
        self.draw_many("boxed", BOXED)?;
        let row = |i: u32| {
            let (x, y) = (i * 5 % 48, i * 7 % 48);
            format!("{i}.bmp,{},{},{},{}", x / 2, y / 3, x / 2 + 24, y / 3 + 30)
        };
        let rows: Vec<String> = (0..BOXED).map(row).collect();
        let boxes = self.path("boxes.csv");
        fs::write(&boxes, format!("path,x0,y0,x1,y1\n{}\n", rows.join("\n"))).map_err(|e| e.to_string())?;
        let images = self.path("boxed");
        let begin = format!("calibrate {} --boxes {} --bundle {}", images.display(), boxes.display(), self.trained());
        self.unbroken("calibrate", &begin, &begin, "bundle-calibration/records.jsonl", Some(OUT))
    }

    fn trained(&self) -> String {
        self.path("train/bundle.safetensors").display().to_string()
    }

    fn unbroken(
        &self,
        name: &'static str,
        begin: &str,
        resume: &str,
        begun: &'static str,
        file: Option<&'static str>,
    ) -> Result<Job> {
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let (begin, resume) = (words(begin), words(resume));
        let locks = !matches!(name, "explain" | "import");
        let (time, expected) = (Duration::ZERO, Results::new());
        let mut job = Job { name, begin, resume, begun, file, locks, time, expected };
        let out = self.path(name);
        let clock = Instant::now();
        let output = self.finish(&job, &out)?;
        job.time = clock.elapsed();
        if output.status.code() != Some(0) {
            return Err(format!("{name} failed undisturbed: {}", String::from_utf8_lossy(&output.stderr)));
        }
        job.expected = results(&out)?;
        println!("{name}: undisturbed in {:.1} s", job.time.as_secs_f64());
        Ok(job)
    }

    /// The command that begins the job in a folder, or goes on with what is there.
    pub fn command(&self, job: &Job, out: &Path) -> Command {
        let begun = out.join(job.begun).exists();
        let mut command = Command::new(&self.program);
        let place = job.file.map_or(out.to_path_buf(), |file| out.join(file));
        command.args(if begun { &job.resume } else { &job.begin }).arg("--out").arg(place);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command
    }

    pub fn start(&self, job: &Job, out: &Path) -> Result<Child> {
        self.command(job, out).spawn().map_err(|e| e.to_string())
    }

    /// Runs the job to its end.
    pub fn finish(&self, job: &Job, out: &Path) -> Result<Output> {
        self.command(job, out).stderr(Stdio::piped()).output().map_err(|e| e.to_string())
    }

    /// Goes on with the job in a folder, and compares its results with the unbroken ones.
    pub fn same_in_the_end(&self, job: &Job, out: &Path, after: &str) -> Result {
        let output = self.finish(job, out)?;
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        if output.status.code() != Some(0) {
            return Err(format!("{} after {after}, in {}: {error}", job.name, out.display()));
        }
        let found = results(out)?;
        if found != job.expected {
            let all: BTreeSet<&PathBuf> = found.keys().chain(job.expected.keys()).collect();
            let other = all.into_iter().find(|file| found.get(*file) != job.expected.get(*file));
            let place = other.map_or(out.to_path_buf(), |file| out.join(file));
            return Err(format!("{} after {after} ended in other results: see {}", job.name, place.display()));
        }
        fs::remove_dir_all(out).map_err(|e| e.to_string())
    }
}

/// An image of 48 x 48 pixels: a square of the class's color on noise.
fn draw(file: &Path, class: u32, i: u32) -> Result {
    const SIDE: u32 = 48;
    let color = [[30, 60, 220], [40, 200, 60], [220, 50, 40]][class as usize];
    let mut bmp = Vec::new();
    bmp.extend(b"BM");
    bmp.extend((54 + SIDE * SIDE * 3).to_le_bytes());
    bmp.extend([0, 0, 0, 0, 54, 0, 0, 0, 40, 0, 0, 0]);
    bmp.extend([SIDE, SIDE].map(u32::to_le_bytes).concat());
    bmp.extend([1, 0, 24, 0]);
    bmp.extend([0; 24]);
    for y in 0..SIDE {
        for x in 0..SIDE {
            let inside = (x.wrapping_sub(i * 5)) < 20 && (y.wrapping_sub(i * 3)) < 20;
            let noise = (x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(40_503) ^ i.wrapping_mul(977)) >> 7 & 63;
            bmp.extend(if inside { color } else { [96 + noise as u8; 3] });
        }
    }
    let failed = |e: std::io::Error| format!("{}: {e}", file.display());
    fs::create_dir_all(file.parent().unwrap_or(file)).map_err(failed)?;
    fs::write(file, bmp).map_err(failed)
}

/// All results of a run, without what tells the time or the memory, and without pages and drawings, which show it.
fn results(out: &Path) -> Result<Results> {
    let mut all = Results::new();
    for entry in fs::read_dir(out).map_err(|e| format!("{}: {e}", out.display()))?.flatten() {
        let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        // What begins with a dot was cut off while it was written, and never got a name.
        if path.is_dir() || name.starts_with('.') || !["json", "jsonl", "png", "safetensors"].contains(&ending) {
            continue;
        }
        let bytes = fs::read(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        all.insert(name.into(), if ending.starts_with("json") { timeless(&path, &bytes)? } else { bytes });
    }
    if all.is_empty() { Err(format!("{} holds no results", out.display())) } else { Ok(all) }
}

/// JSON, or lines of it, without times.
fn timeless(path: &Path, bytes: &[u8]) -> Result<Vec<u8>> {
    let text = String::from_utf8_lossy(bytes);
    let parse = |text: &str| serde_json::from_str(text).map_err(|e| format!("{}: {e}", path.display()));
    let is_lines = path.extension().is_some_and(|ending| ending == "jsonl");
    let values: Vec<Value> = match is_lines {
        true => text.lines().map(parse).collect::<Result<_>>()?,
        false => vec![parse(&text)?],
    };
    let plain = |mut value: Value| {
        forget(&mut value);
        value.to_string()
    };
    let mut lines: Vec<String> = values.into_iter().map(plain).collect();
    if path.file_name().is_some_and(|name| name == "records.jsonl" || name == "audit.jsonl") {
        // An image that was measured later stands later; the report tells nothing of that.
        lines.sort();
    }
    Ok(lines.concat().into_bytes())
}

fn forget(value: &mut Value) {
    match value {
        Value::Object(map) => {
            map.retain(|key, _| {
                !["ms", "memory", "milliseconds", "peak_memory", "speed", "timings"].contains(&key.as_str())
            });
            map.values_mut().for_each(forget);
        }
        Value::Array(all) => all.iter_mut().for_each(forget),
        _ => {}
    }
}
