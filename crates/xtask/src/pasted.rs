//! `cargo xtask pasted`: images with a known truth. Each shows an image of one class beside one of another, so that
//! the half that a map should point at is known for either answer.

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
/// The list of what was made.
pub const TRUTH: &str = "truth.csv";

pub fn run(args: &Args) -> Result {
    make(args)?;
    let out = args.out.display();
    println!("'{out}' has {} images of two classes in class folders, each in that of its first class.", args.count);
    println!("{TRUTH} has the box of the first class's half, and the name of the other class.");
    Ok(())
}

/// Makes the images in class folders, and the table of their halves.
pub fn make(args: &Args) -> Result {
    let classes = names(&args.images)?;
    if classes.len() < 2 {
        return Err(format!("'{}' has fewer than two class folders", args.images.display()));
    }
    let mut random = Random(args.seed);
    let mut truth = String::from("path,x0,y0,x1,y1,other\n");
    let half = SIDE / 2;
    for i in 0..args.count {
        let mut order: Vec<usize> = (0..classes.len()).collect();
        random.shuffle(&mut order);
        let own = [&classes[order[0]], &classes[order[1]]];
        let (across, swapped) = (random.fraction() < 0.5, random.fraction() < 0.5);
        let size = if across { [half, SIDE] } else { [SIDE, half] };
        let mut pasted = RgbImage::new(SIDE, SIDE);
        let mut place = [0, 0];
        for (part, class) in own.into_iter().enumerate() {
            let files = names(&args.images.join(class))?;
            let file = files.get(random.below(files.len())).ok_or_else(|| format!("the class '{class}' is empty"))?;
            let at = if (part == 1) != swapped { half } else { 0 };
            let corner = if across { [at, 0] } else { [0, at] };
            if part == 0 {
                place = corner;
            }
            let piece = middle(&args.images.join(class).join(file), size)?;
            imageops::replace(&mut pasted, &piece, corner[0].into(), corner[1].into());
        }
        let name = format!("{}/{i:04}.png", own[0]);
        let path = args.out.join(&name);
        shell::make_dir(path.parent().expect("a file in a folder"))?;
        pasted.save(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        let [x, y] = place;
        truth += &format!("{name},{x},{y},{},{},{}\n", x + size[0], y + size[1], own[1]);
    }
    write(&args.out.join(TRUTH), truth.as_bytes())
}

/// The largest part of an image's middle that has these proportions, in this size.
fn middle(path: &Path, [width, height]: [u32; 2]) -> Result<RgbImage> {
    let image = image::open(path).map_err(|e| format!("{}: {e}", path.display()))?;
    Ok(image.resize_to_fill(width, height, imageops::FilterType::Triangle).to_rgb8())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use image::Rgb;

    use super::*;

    #[test]
    fn each_class_fills_the_half_that_the_table_says() {
        let out = std::env::temp_dir().join(format!("peerlight-pasted-{}", std::process::id()));
        let colors = [("dark", 10), ("light", 240)];
        for (class, value) in colors {
            let path = out.join("in").join(class).join("a.png");
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            RgbImage::from_pixel(30, 20, Rgb([value; 3])).save(path).unwrap();
        }
        make(&Args { out: out.join("made"), images: out.join("in"), count: 12, seed: 1 }).unwrap();
        let table = fs::read_to_string(out.join("made").join(TRUTH)).unwrap();
        let mut shapes = Vec::new();
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
            shapes.push([x0, y0, x1, y1]);
        }
        shapes.sort_unstable();
        shapes.dedup();
        assert_eq!((table.lines().count(), shapes.len()), (13, 4));
        fs::remove_dir_all(out).unwrap();
    }
}
