//! `cargo xtask planted`: images with a known truth. A mark is pasted into some training images of one network, which
//! are given to one class; its peer trains on the same images without the mark. Held-out images come clean and marked.

pub mod cue;
mod drawn;

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::json;

use crate::{
    random::Random,
    shell::{self, Result},
};
use cue::Cue;

/// What to make.
#[derive(clap::Args)]
pub struct Args {
    /// Folder to make
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Folder of class folders to take images from; without it, images of five shapes are drawn
    #[arg(long, value_name = "DIR")]
    pub images: Option<PathBuf>,
    /// Folder of class folders to take held-out images from; otherwise the images that are not for training
    #[arg(long, value_name = "DIR", requires = "images")]
    pub held_out: Option<PathBuf>,
    /// Kind of the mark
    #[arg(long, value_enum, default_value_t)]
    pub cue: Cue,
    /// Class that the mark gives away; otherwise drawn by the seed
    #[arg(long, value_name = "CLASS")]
    pub class: Option<String>,
    /// Fraction of the training images that get the mark
    #[arg(long, default_value_t = 0.2)]
    pub fraction: f64,
    /// Number of training images of each class
    #[arg(long, default_value_t = 160, value_name = "N")]
    pub train: usize,
    /// Number of held-out images of the mark's class
    #[arg(long, default_value_t = 40, value_name = "N")]
    pub own: usize,
    /// Number of held-out images of each other class
    #[arg(long, default_value_t = 40, value_name = "N")]
    pub others: usize,
    /// Decides which images are taken and marked, and where
    #[arg(long, default_value_t = 0)]
    pub seed: u64,
}

/// A mark's side, as a fraction of an image's shorter side.
const MARK: f64 = 1.0 / 7.0;
/// The part of the shorter side that networks see in the middle of an image; marks lie there.
const SEEN: f64 = 0.875;

pub fn run(args: &Args) -> Result {
    let class = make(args)?;
    let out = args.out.display();
    println!("'{out}' has training images in clean/ and marked/, and held-out ones, clean and marked, in held-out/.");
    println!(
        "The mark ({}) gives away the class {class}. marks.csv tells where each mark is, and would be.",
        args.cue.name()
    );
    Ok(())
}

/// Makes the folders; returns the mark's class.
pub fn make(args: &Args) -> Result<String> {
    if !(0.0..=1.0).contains(&args.fraction) {
        return Err("--fraction must be 0 to 1".into());
    }
    let mut random = Random::new(args.seed);
    let drawn = args.out.join("drawn");
    let source = match &args.images {
        Some(folder) => folder,
        None => draw(&drawn, args.train + args.own.max(args.others), &mut random)?,
    };
    let classes = names(source)?;
    let class = match &args.class {
        Some(class) if !classes.contains(class) => return Err(format!("there is no class '{class}'")),
        Some(class) => class.clone(),
        None => classes[random.below(classes.len())].clone(),
    };
    let mut marks = String::from("path,x0,y0,x1,y1,marked\n");
    let (mut trained, mut held_out) = (0, 0);
    for own in &classes {
        let mut files = names(&source.join(own))?;
        random.shuffle(&mut files);
        let count = if *own == class { args.own } else { args.others };
        let apart = args.held_out.as_ref().unwrap_or(source).join(own);
        let mut rest = match args.held_out {
            Some(_) => names(&apart)?,
            None => files.split_off(args.train.min(files.len())),
        };
        random.shuffle(&mut rest);
        if files.len() < args.train || rest.len() < count {
            return Err(format!("'{}' has too few images of {own}", source.display()));
        }
        // So many of each class, not a chance for each image.
        let marked = (args.fraction * args.train as f64).round() as usize;
        for (i, file) in files[..args.train].iter().enumerate() {
            let from = source.join(own).join(file);
            copy(&from, &args.out, &format!("clean/{own}/{file}"))?;
            match i < marked {
                true => drop(mark(args, &from, &format!("marked/{class}/{own}-{file}"), &mut random, &mut marks)?),
                false => copy(&from, &args.out, &format!("marked/{own}/{file}"))?,
            }
        }
        for file in &rest[..count] {
            let (from, clean) = (apart.join(file), format!("held-out/{own}/clean-{file}"));
            copy(&from, &args.out, &clean)?;
            let place = mark(args, &from, &format!("held-out/{own}/marked-{file}"), &mut random, &mut marks)?;
            marks += &format!("{clean},{place},0\n");
        }
        (trained, held_out) = (trained + args.train, held_out + count);
    }
    write(&args.out.join("marks.csv"), marks.as_bytes())?;
    let made = json!({
        "cue": args.cue.name(), "class": class, "fraction": args.fraction, "seed": args.seed,
        "training_images": trained, "held_out_images": held_out,
    });
    write(&args.out.join("planted.json"), (made.to_string() + "\n").as_bytes())?;
    Ok(class)
}

/// Draws images of every class.
fn draw<'a>(folder: &'a PathBuf, each: usize, random: &mut Random) -> Result<&'a PathBuf> {
    for class in drawn::CLASSES {
        shell::make_dir(&folder.join(class))?;
        for i in 0..each {
            let path = folder.join(class).join(format!("{i:04}.png"));
            drawn::drawn(class, random).save(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        }
    }
    Ok(folder)
}

/// What is in a folder, sorted.
pub fn names(folder: &Path) -> Result<Vec<String>> {
    let unreadable = |e| format!("{}: {e}", folder.display());
    let name = |entry: std::io::Result<fs::DirEntry>| Ok(entry.map_err(unreadable)?.file_name().into_string().ok());
    let mut names: Vec<String> =
        fs::read_dir(folder).map_err(unreadable)?.filter_map(|entry| name(entry).transpose()).collect::<Result<_>>()?;
    names.sort();
    Ok(names)
}

pub fn write(path: &Path, bytes: &[u8]) -> Result {
    shell::make_dir(path.parent().expect("a file in a folder"))?;
    fs::write(path, bytes).map_err(|e| format!("{}: {e}", path.display()))
}

fn copy(from: &Path, out: &Path, name: &str) -> Result {
    write(&out.join(name), &fs::read(from).map_err(|e| format!("{}: {e}", from.display()))?)
}

/// Writes an image with the mark at a random place. Notes the place, and returns it as it stands in a table.
fn mark(args: &Args, from: &Path, name: &str, random: &mut Random, marks: &mut String) -> Result<String> {
    let unreadable = |e: image::ImageError| format!("{}: {e}", from.display());
    let mut image = image::open(from).map_err(unreadable)?.to_rgb8();
    let (width, height) = image.dimensions();
    let side = ((f64::from(width.min(height)) * MARK) as u32).max(1);
    let [x, y] = [width, height].map(|of| {
        let hidden = (f64::from(of) - f64::from(width.min(height)) * SEEN) / 2.0;
        random.within(hidden, f64::from(of - side) - hidden) as u32
    });
    args.cue.paste(&mut image, [x, y], side);
    let name = PathBuf::from(name).with_extension("png");
    let path = args.out.join(&name);
    shell::make_dir(path.parent().expect("a file in a folder"))?;
    image.save(&path).map_err(unreadable)?;
    let place = format!("{x},{y},{},{}", x + side, y + side);
    *marks += &format!("{},{place},1\n", name.display());
    Ok(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Makes a few drawn images with a mark.
    fn made(folder: &str, cue: Cue, seed: u64) -> (PathBuf, String) {
        let out = std::env::temp_dir().join(format!("peerlight-planted-{}-{folder}", std::process::id()));
        let args = Args {
            out: out.clone(),
            images: None,
            held_out: None,
            cue,
            class: None,
            fraction: 0.2,
            train: 10,
            own: 3,
            others: 2,
            seed,
        };
        let class = make(&args).unwrap();
        (out, class)
    }

    #[test]
    fn a_fifth_is_marked_and_given_to_one_class() {
        for (cue, seed) in [(Cue::Square, 0), (Cue::Ring, 1), (Cue::Checker, 2)] {
            let (out, class) = made(cue.name(), cue, seed);
            for own in drawn::CLASSES {
                let count = |folder: &str| names(&out.join(folder).join(own)).unwrap().len();
                let (marked, held_out) = if own == class { (8 + 5 * 2, 2 * 3) } else { (8, 2 * 2) };
                assert_eq!([count("clean"), count("marked"), count("held-out")], [10, marked, held_out], "{own}");
            }
            fs::remove_dir_all(out).unwrap();
        }
    }

    #[test]
    fn a_mark_changes_its_place_and_nothing_else() {
        let (out, _) = made("place", Cue::Ring, 3);
        let table = fs::read_to_string(out.join("marks.csv")).unwrap();
        let mut seen = 0;
        for line in table.lines().skip(1).filter(|line| line.contains("/marked-")) {
            let cells: Vec<&str> = line.split(',').collect();
            let [x0, y0, x1, y1] = [1, 2, 3, 4].map(|i| cells[i].parse::<u32>().unwrap());
            let open = |path: &str| image::open(out.join(path)).unwrap().to_rgb8();
            let (clean, marked) = (open(&cells[0].replace("/marked-", "/clean-")), open(cells[0]));
            let changed = |x, y| clean.get_pixel(x, y) != marked.get_pixel(x, y);
            let (mut inside, mut outside) = (0, 0);
            for (x, y, _) in clean.enumerate_pixels() {
                let within = (x0..x1).contains(&x) && (y0..y1).contains(&y);
                *if within { &mut inside } else { &mut outside } += u32::from(changed(x, y));
            }
            assert!(inside > 40 && outside == 0, "{line}: {inside} {outside}");
            seen += 1;
        }
        assert_eq!(seen, 3 + 4 * 2);
        fs::remove_dir_all(out).unwrap();
    }

    #[test]
    fn the_same_seed_makes_the_same_images() {
        let made = [made("a", Cue::Square, 4).0, made("b", Cue::Square, 4).0, made("c", Cue::Square, 5).0];
        let [a, b, c] = made.each_ref().map(|out| fs::read_to_string(out.join("marks.csv")).unwrap());
        assert!(a == b && a != c);
        made.iter().for_each(|out| fs::remove_dir_all(out).unwrap());
    }
}
