//! Training: peers learn what images show, and from where the others look.

mod augment;
mod checkpoint;
mod clip;
mod dice;
mod images;
mod lesson;
mod loader;
mod log;
mod maps;
mod peers;
mod plot;
pub mod recipe;
mod run;
mod step;
mod validate;
mod veil;

pub use log::{Row, Seen};
pub use recipe::Recipe;
pub use run::{Done, Progress, Run, Training, train};
pub use step::Losses;
