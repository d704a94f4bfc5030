//! Training: peers learn what pictures show, and from where the others look.

mod augment;
mod checkpoint;
mod clip;
mod dice;
mod lesson;
mod loader;
mod log;
mod maps;
mod peers;
mod pictures;
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
