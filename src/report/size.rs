//! Sizes for people.

/// Bytes in the unit that leaves the number below 1024.
pub fn size(bytes: u64) -> String {
    if bytes < 1024 {
        return format!("{bytes} B");
    }
    let mut divisor = 1_u128;
    let mut tenths = 0;
    let mut unit = "";
    for next in ["KiB", "MiB", "GiB", "TiB"] {
        divisor *= 1024;
        tenths = (u128::from(bytes) * 10 + divisor / 2) / divisor;
        unit = next;
        if tenths < 10_240 {
            break;
        }
    }
    format!("{}.{} {unit}", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn sizes_are_in_the_unit_that_reads_best() {
        let sizes = [0, 1023, 1024, 1_048_576, 80_111_111].map(size);
        assert_eq!(sizes, ["0 B", "1023 B", "1.0 KiB", "1.0 MiB", "76.4 MiB"]);
        assert!(size(u64::MAX).ends_with("TiB"));
    }
}
