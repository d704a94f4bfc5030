//! The most memory that this process has held at once, where the system tells it.

/// Begins to count anew.
pub fn reset_peak() {
    #[cfg(target_os = "linux")]
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

/// The most bytes held at once since then.
pub fn peak() -> Option<u64> {
    #[cfg(target_os = "linux")]
    {
        let status = std::fs::read_to_string("/proc/self/status").ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
        let kilobytes: u64 = line.trim().trim_end_matches("kB").trim().parse().ok()?;
        Some(kilobytes * 1024)
    }
    #[cfg(not(target_os = "linux"))]
    None
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn the_peak_follows_what_is_held() {
        reset_peak();
        let before = peak().unwrap();
        let held = std::hint::black_box(vec![1u8; 64 << 20]);
        assert!(peak().unwrap() >= before + (held.len() as u64 / 2));
    }
}
