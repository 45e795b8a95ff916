//! What the data folder lies on. On a network file system locks and shared memory are promises nobody keeps.

use std::path::Path;

/// Kinds on which SQLite's write-ahead log must not be used (sqlite.org/wal.html: all processes on one host).
const NETWORKED: [&str; 8] = ["nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "fuse.rclone"];

/// The kind of network file system `folder` lies on; none where it is a local one, or nobody can tell.
pub fn network_kind(folder: &Path) -> Option<String> {
    let mounts = std::fs::read_to_string("/proc/self/mountinfo").ok()?;
    let folder = folder.canonicalize().ok()?;
    kind_of(&mounts, &folder).filter(|kind| NETWORKED.contains(kind)).map(str::to_owned)
}

/// The file system of the deepest mount above `folder` (proc(5), mountinfo: the mount point is the fifth field,
/// the kind stands behind the lone dash). Of two mounts on one point the later holds.
fn kind_of<'a>(mounts: &'a str, folder: &Path) -> Option<&'a str> {
    let mut found: Option<(usize, &str)> = None;
    for line in mounts.lines() {
        let (before, after) = line.split_once(" - ")?;
        let Some(point) = before.split(' ').nth(4) else { continue };
        let point = point.replace("\\040", " ");
        let Some(kind) = after.split(' ').next() else { continue };
        if folder.starts_with(&point) && found.is_none_or(|(depth, _)| point.len() >= depth) {
            found = Some((point.len(), kind));
        }
    }
    found.map(|(_, kind)| kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOUNTS: &str = "\
22 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda rw
40 22 0:50 / /config rw,relatime - nfs4 server:/export rw
41 22 0:51 / /my\\040films rw - cifs //server/films rw
42 40 0:52 / /config/local rw - ext4 /dev/vdb rw
";

    #[test]
    fn the_deepest_mount_counts() {
        let kind = |folder: &str| kind_of(MOUNTS, Path::new(folder));
        assert_eq!(kind("/var/lib/jellyfin"), Some("ext4"));
        assert_eq!(kind("/config/data/jellyward"), Some("nfs4"));
        assert_eq!(kind("/config/local/jellyward"), Some("ext4"));
        assert_eq!(kind("/my films/x"), Some("cifs"));
        assert_eq!(kind("/configuration"), Some("ext4"));
    }
}
