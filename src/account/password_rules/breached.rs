//! A list of breached passwords in a file, as large as one likes: it is searched where it lies, some dozen short reads for
//! one password, and never loaded.
//!
//! The file, made by `jellyward passwords compact`: [`MAGIC`], the number of entries as 8 bytes, then the entries, each
//! once and in ascending order. An entry is the first [`ENTRY`] bytes of the SHA-1 of a password's UTF-8 bytes in NFC,
//! as in the lists of Have I Been Pwned; all numbers are big-endian. That two passwords of a list of a thousand million
//! share an entry by chance is as likely as one in twenty thousand million for each password that is looked up.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use sha1::{Digest, Sha1};
use thiserror::Error;

/// How a list begins.
pub const MAGIC: [u8; 8] = *b"jwpwned1";

/// Bytes of one entry.
pub const ENTRY: usize = 8;

/// Bytes before the first entry.
const HEADER: usize = MAGIC.len() + ENTRY;

/// So few entries are read at once.
const BLOCK: u64 = 64;

/// There is no such list. One error for whatever is the matter: a path must not tell what lies there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("give the absolute path of a list that `jellyward passwords compact` made and that Jellyfin may read")]
pub struct NoList;

impl From<io::Error> for NoList {
    fn from(_: io::Error) -> Self {
        Self
    }
}

/// What stands in a list for that password, which is in NFC.
pub fn entry(password: &str) -> u64 {
    let hash = Sha1::digest(password.as_bytes());
    hash.iter().take(ENTRY).fold(0, |entry, byte| entry << 8 | u64::from(*byte))
}

/// An open list.
pub struct List {
    file: File,
    entries: u64,
}

impl List {
    /// Opens it, if it is one.
    pub fn open(path: &Path) -> Result<Self, NoList> {
        // Asked before it is opened: opening a pipe would wait for whoever writes into it.
        if !path.is_absolute() || !fs::metadata(path)?.is_file() {
            return Err(NoList);
        }
        let mut file = File::open(path)?;
        let mut header = [0; HEADER];
        file.read_exact(&mut header)?;
        let (magic, count) = header.split_at(MAGIC.len());
        let entries = number(count);
        let size = entries.checked_mul(ENTRY as u64).and_then(|size| size.checked_add(HEADER as u64));
        if magic != MAGIC || size != Some(file.metadata()?.len()) {
            return Err(NoList);
        }
        Ok(Self { file, entries })
    }

    /// Does the list hold that password, which is in NFC?
    pub fn holds(&mut self, password: &str) -> Result<bool, NoList> {
        let wanted = entry(password);
        let (mut from, mut to) = (0, self.entries);
        while to - from > BLOCK {
            let middle = from + (to - from) / 2;
            let mut found = [0; ENTRY];
            self.read(middle, &mut found)?;
            if number(&found) <= wanted {
                from = middle;
            } else {
                to = middle;
            }
        }
        let mut block = [0; BLOCK as usize * ENTRY];
        let block = block.get_mut(..usize::try_from(to - from).map_err(|_| NoList)? * ENTRY).ok_or(NoList)?;
        self.read(from, block)?;
        Ok(block.chunks_exact(ENTRY).any(|found| number(found) == wanted))
    }

    fn read(&mut self, index: u64, into: &mut [u8]) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(HEADER as u64 + index * ENTRY as u64))?;
        self.file.read_exact(into)
    }
}

fn number(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::{Path, PathBuf};

    use super::{List, MAGIC, NoList, entry};

    fn written(folder: &Path, entries: &[u64]) -> PathBuf {
        let mut bytes = MAGIC.to_vec();
        bytes.extend((entries.len() as u64).to_be_bytes());
        entries.iter().for_each(|entry| bytes.extend(entry.to_be_bytes()));
        let path = folder.join(format!("{}.list", entries.len()));
        fs::write(&path, bytes).unwrap();
        path
    }

    #[test]
    fn an_entry_is_the_start_of_the_sha_1() {
        // SHA-1 of "password": 5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8.
        assert_eq!(entry("password"), 0x5baa_61e4_c9b9_3f3f);
    }

    #[test]
    fn what_is_in_a_list_is_found_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        for size in [0, 1, 2, 63, 64, 65, 1000, 4097] {
            let mut entries: Vec<u64> = (0..size).map(|n| entry(&format!("in {n}"))).collect();
            entries.sort_unstable();
            let mut list = List::open(&written(folder.path(), &entries)).unwrap();
            for n in 0..size {
                assert_eq!(list.holds(&format!("in {n}")), Ok(true), "{n} of {size}");
                assert_eq!(list.holds(&format!("out {n}")), Ok(false), "{n} of {size}");
            }
            assert_eq!(list.holds(""), Ok(false));
        }
    }

    #[test]
    fn the_least_and_the_greatest_entry_are_found() {
        let folder = tempfile::tempdir().unwrap();
        let edge = entry("edge");
        for entries in [
            (0..200).map(|n| n + edge).collect::<Vec<_>>(),
            (0..200).rev().map(|n| edge - n).collect(),
            vec![0, edge, u64::MAX],
        ] {
            assert_eq!(List::open(&written(folder.path(), &entries)).unwrap().holds("edge"), Ok(true));
        }
    }

    #[test]
    fn whatever_is_no_list_is_refused_in_the_same_words() {
        let folder = tempfile::tempdir().unwrap();
        let list = written(folder.path(), &[1, 2, 3]);
        let good = fs::read(&list).unwrap();
        let bad = |name: &str, bytes: &[u8]| {
            let path = folder.path().join(name);
            fs::write(&path, bytes).unwrap();
            path
        };
        let mut huge = good.clone();
        huge[8..16].fill(0xff);
        for path in [
            PathBuf::new(),
            PathBuf::from("3.list"),
            folder.path().to_owned(),
            folder.path().join("missing"),
            PathBuf::from("/dev/zero"),
            PathBuf::from("/etc/passwd"),
            bad("empty", b""),
            bad("text", b"password\n123456\nqwertyuiop\n"),
            bad("cut", &good[..good.len() - 1]),
            bad("longer", &[&good[..], b"x"].concat()),
            bad("huge", &huge),
        ] {
            assert_eq!(List::open(&path).err(), Some(NoList), "{}", path.display());
        }
    }

    #[test]
    fn a_list_that_shrinks_meanwhile_is_no_list() {
        let folder = tempfile::tempdir().unwrap();
        let path = written(folder.path(), &[1, 2, 3]);
        let mut list = List::open(&path).unwrap();
        fs::write(&path, &fs::read(&path).unwrap()[..20]).unwrap();
        assert_eq!(list.holds("x"), Err(NoList));
    }
}
