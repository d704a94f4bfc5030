//! `cargo xtask pasted`: images with a known truth. Into each image of one class, a small one of another class is
//! pasted, so that the place that a map should point at is known for either answer.

use std::path::{Path, PathBuf};

use image::{RgbImage, imageops};

use crate::{
    planted::{names, write},
    random::Random,
    shell::{self, Result},
};

/// What to make.
#[derive(clap::Args)]
pub struct Args {
    /// Folder to make
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Folder of class folders to take images from
    #[arg(long, value_name = "DIR")]
    pub images: PathBuf,
    /// Number of images to make
    #[arg(long, default_value_t = 100, value_name = "N")]
    pub count: usize,
    /// Decides which images are taken, and where each goes
    #[arg(long, default_value_t = 0)]
    pub seed: u64,
}

/// Side of an image in pixels.
const SIDE: u32 = 256;
/// A pasted image's side, as a fraction of the image's.
const PASTED: [f64; 2] = [0.3, 0.5];
/// The part of the shorter side that networks see in the middle of an image; what is pasted lies there.
const SEEN: f64 = 0.875;
/// The list of what was made.
pub const TRUTH: &str = "truth.csv";

pub fn run(args: &Args) -> Result {
    make(args)?;
    let out = args.out.display();
    println!("'{out}' has {} images in class folders, each in that of the class that was pasted into it.", args.count);
    println!("{TRUTH} has the box of what was pasted, and the name of the class around it.");
    Ok(())
}

/// Makes the images in class folders, and the table of what was pasted where.
pub fn make(args: &Args) -> Result {
    let classes = names(&args.images)?;
    if classes.len() < 2 {
        return Err(format!("'{}' has fewer than two class folders", args.images.display()));
    }
    let mut random = Random::new(args.seed);
    let mut truth = String::from("path,x0,y0,x1,y1,other\n");
    for i in 0..args.count {
        let mut order: Vec<usize> = (0..classes.len()).collect();
        random.shuffle(&mut order);
        let own = [&classes[order[0]], &classes[order[1]]];
        let side = (f64::from(SIDE) * random.within(PASTED[0], PASTED[1])) as u32;
        let hidden = f64::from(SIDE) * (1.0 - SEEN) / 2.0;
        let [x, y] = [0; 2].map(|_: u8| random.within(hidden, f64::from(SIDE - side) - hidden) as u32);
        let mut piece = |class: &String, side: u32| {
            let folder = args.images.join(class);
            let files = names(&folder)?;
            let file = files.get(random.below(files.len())).ok_or_else(|| format!("the class '{class}' is empty"))?;
            middle(&folder.join(file), side)
        };
        let (small, mut pasted) = (piece(own[0], side)?, piece(own[1], SIDE)?);
        imageops::replace(&mut pasted, &small, x.into(), y.into());
        let name = format!("{}/{i:04}.png", own[0]);
        let path = args.out.join(&name);
        shell::make_dir(path.parent().expect("a file in a folder"))?;
        pasted.save(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        truth += &format!("{name},{x},{y},{},{},{}\n", x + side, y + side, own[1]);
    }
    write(&args.out.join(TRUTH), truth.as_bytes())
}

/// The largest square of an image's middle, with this side.
fn middle(path: &Path, side: u32) -> Result<RgbImage> {
    let image = image::open(path).map_err(|e| format!("{}: {e}", path.display()))?;
    Ok(image.resize_to_fill(side, side, imageops::FilterType::Triangle).to_rgb8())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use image::Rgb;

    use super::*;

    #[test]
    fn each_class_fills_the_place_that_the_table_says() {
        let out = std::env::temp_dir().join(format!("peerlight-pasted-{}", std::process::id()));
        let colors = [("dark", 10), ("light", 240)];
        for (class, value) in colors {
            let path = out.join("in").join(class).join("a.png");
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            RgbImage::from_pixel(30, 20, Rgb([value; 3])).save(path).unwrap();
        }
        make(&Args { out: out.join("made"), images: out.join("in"), count: 12, seed: 1 }).unwrap();
        let table = fs::read_to_string(out.join("made").join(TRUTH)).unwrap();
        let mut places = Vec::new();
        for line in table.lines().skip(1) {
            let cells: Vec<&str> = line.split(',').collect();
            let [x0, y0, x1, y1] = [1, 2, 3, 4].map(|i| cells[i].parse::<u32>().unwrap());
            let image = image::open(out.join("made").join(cells[0])).unwrap().to_rgb8();
            let dark = cells[0].starts_with("dark/");
            assert_eq!(cells[5], if dark { "light" } else { "dark" });
            for (x, y, pixel) in image.enumerate_pixels() {
                let inside = (x0..x1).contains(&x) && (y0..y1).contains(&y);
                assert_eq!(pixel.0[0] < 100, inside == dark, "{line}: {x}, {y}");
            }
            let seen = x0 >= 16 && y0 >= 16 && x1 <= 240 && y1 <= 240;
            assert!(seen && (76..=128).contains(&(x1 - x0)) && x1 - x0 == y1 - y0, "{line}");
            places.push([x0, y0]);
        }
        places.sort_unstable();
        places.dedup();
        assert_eq!((table.lines().count(), places.len()), (13, 12));
        fs::remove_dir_all(out).unwrap();
    }
}
