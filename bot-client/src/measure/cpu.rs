//! CPU time of this process.

use std::time::Duration;

/// User and system time so far; `None` on systems without `/proc`.
pub(crate) fn process_cpu() -> Option<Duration> {
    parse_stat(&std::fs::read_to_string("/proc/self/stat").ok()?)
}

/// Reads fields 14 and 15 of `/proc/self/stat`, in hundredths of a second (see proc(5)). The second field, a name in
/// parentheses, may hold any character, so counting begins after the last parenthesis.
fn parse_stat(stat: &str) -> Option<Duration> {
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_whitespace().skip(11);
    let user: u64 = fields.next()?.parse().ok()?;
    let system: u64 = fields.next()?.parse().ok()?;
    Some(Duration::from_millis((user + system) * 10))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_may_hold_anything() {
        let stat = "12 (a) b (c) R 1 2 3 4 5 6 7 8 9 10 250 50 0 0 20";
        assert_eq!(parse_stat(stat), Some(Duration::from_secs(3)));
        assert_eq!(parse_stat("12"), None);
    }
}
