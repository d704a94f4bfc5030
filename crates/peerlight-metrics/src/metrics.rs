//! Every metric, one file each.

use crate::Metric;

/// Declares each metric's file and lists its type, so that a new one is one line.
macro_rules! metrics {
    ($($file:ident::$metric:ident)*) => {
        $(mod $file;)*

        /// Every metric. A new one is a file and a line here.
        pub static METRICS: &[&dyn Metric] = &[$(&$file::$metric,)*];
    };
}

metrics! {
    average_drop::AverageDrop
    average_increase::AverageIncrease
    average_gain::AverageGain
    insertion::Insertion
    insertion_blur::InsertionBlur
    deletion::Deletion
    complexity::Complexity
    coherency::Coherency
    adcc::Adcc
    road::Road
    pointing::Pointing
    energy::Energy
}
