//! The maps of a report: a row for each image, with the image itself and every method's map of it.

use std::{fmt::Write, io::Cursor};

use base64::{Engine, engine::general_purpose::STANDARD};
use image::{DynamicImage, RgbImage, imageops::FilterType};
use peerlight_core::{COLOR_MAPS, Code, Crop, Error, OVERLAY, Result, Rgba8, overlay};

use super::Named;
use crate::html::escaped;

/// Pixels along a side of a map in the report.
const SIDE: u32 = 224;

/// An image with maps of it.
pub struct Shown {
    /// The image's name.
    pub image: String,
    /// The class that is explained.
    pub class: String,
    /// The square that the networks saw, as JPEG.
    pub seen: Vec<u8>,
    /// Each method's map over that square, as JPEG, with the method and its settings.
    pub maps: Vec<(String, Vec<u8>)>,
}

/// The square of an image that the networks saw, as JPEG; with a map's values and side, the map over it.
///
/// # Errors
/// `internal` if the JPEG cannot be encoded.
pub fn square_jpeg(image: &Rgba8, crop: Crop, map: Option<(&[f32], usize)>) -> Result<Vec<u8>> {
    let over = map.map(|(values, side)| overlay(image, crop, values, side, &COLOR_MAPS[0], OVERLAY.opacity));
    let pixels = over.as_ref().unwrap_or(image);
    let (width, height) = (pixels.width(), pixels.height());
    let rgb = (0..height).flat_map(|y| (0..width).flat_map(move |x| pixels.over_white(x, y))).collect();
    let whole = RgbImage::from_raw(width, height, rgb).expect("three bytes a pixel");
    let [x, y, side] = [crop.x, crop.y, crop.side].map(|v| v.round() as u32);
    let square = DynamicImage::ImageRgb8(whole).crop_imm(x, y, side, side);
    let mut jpeg = Cursor::new(Vec::new());
    let small = square.resize(SIDE, SIDE, FilterType::Triangle);
    small.write_to(&mut jpeg, image::ImageFormat::Jpeg).map_err(|e| Error::new(Code::Internal, e.to_string()))?;
    Ok(jpeg.into_inner())
}

/// The section of the page; empty without images.
pub fn section(all: &[Shown]) -> String {
    let Some(first) = all.first() else { return String::new() };
    let mut html = String::from(
        "<h2>Maps</h2><div class=\"wide\"><table class=\"maps\"><tr><th scope=\"col\">Image</th>\
         <th scope=\"col\">What the networks see</th>",
    );
    for (method, _) in &first.maps {
        let _ =
            write!(html, "<th scope=\"col\" title=\"{}\">{}</th>", escaped(method), escaped(Named::of(method).name));
    }
    html += "</tr>";
    for Shown { image, class, seen, maps } in all {
        let (image, class) = (escaped(image), escaped(class));
        let _ = write!(html, "<tr><td>{image}<small>Explained: {class}</small></td>");
        html += &cell(&image, seen);
        for (method, map) in maps {
            html += &cell(&format!("{} of {image}", escaped(Named::of(method).name)), map);
        }
        html += "</tr>";
    }
    html + "</table></div>"
}

fn cell(what: &str, jpeg: &[u8]) -> String {
    format!("<td><img alt=\"{what}\" src=\"data:image/jpeg;base64,{}\"></td>", STANDARD.encode(jpeg))
}
