//! `jellyward passwords compact`: makes a list of breached passwords that the engine can search where it lies.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::account::password_rules::breached::{ENTRY, MAGIC, entry};
use crate::account::password_rules::composed;

/// Entries that are sorted in memory: 128 MiB. More of them are sorted piece by piece, and merged.
const PIECE: usize = 16 * 1024 * 1024;

/// Longest line, in bytes. Longer ones hold no password that anybody is let have.
const LONGEST_LINE: u64 = 4096;

/// Digits of a SHA-1.
const HASH_DIGITS: usize = 40;

/// Why no list was made.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {source}")]
pub struct PasswordsError {
    /// Which file.
    path: PathBuf,
    /// The system's word.
    source: io::Error,
}

/// What a list came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Made {
    /// Lines that were read.
    pub lines: u64,
    /// Passwords in the list.
    pub entries: u64,
}

/// Makes the list `to` from the lines of `from`: passwords, or SHA-1 hashes with or without `:count`.
pub fn compact(from: &Path, to: &Path) -> Result<Made, PasswordsError> {
    compact_by(from, to, PIECE)
}

fn compact_by(from: &Path, to: &Path, piece: usize) -> Result<Made, PasswordsError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| PasswordsError { path, source }
    };
    let mut lines = Lines { from: BufReader::new(File::open(from).map_err(failed(from))?), read: 0 };
    let pieces = sorted_pieces(&mut lines, piece).map_err(failed(from))?;
    let entries = write(pieces, to).map_err(failed(to))?;
    Ok(Made { lines: lines.read, entries })
}

struct Lines<R> {
    from: R,
    read: u64,
}

impl<R: BufRead> Lines<R> {
    /// The entry of the next line that holds anything.
    fn next(&mut self) -> io::Result<Option<u64>> {
        let mut line = Zeroizing::new(Vec::new());
        loop {
            line.clear();
            if self.from.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line)? == 0 {
                return Ok(None);
            }
            self.read += 1;
            if line.last() != Some(&b'\n') && line.len() as u64 == LONGEST_LINE {
                self.skip_line()?;
                continue;
            }
            let end = line.iter().rposition(|byte| !matches!(byte, b'\n' | b'\r')).map_or(0, |last| last + 1);
            if let Some(entry) = entry_of(&line[..end]) {
                return Ok(Some(entry));
            }
        }
    }

    fn skip_line(&mut self) -> io::Result<()> {
        loop {
            let buffer = self.from.fill_buf()?;
            let Some(end) = buffer.iter().position(|byte| *byte == b'\n') else {
                let length = buffer.len();
                self.from.consume(length);
                if length == 0 {
                    return Ok(());
                }
                continue;
            };
            self.from.consume(end + 1);
            return Ok(());
        }
    }
}

fn entry_of(line: &[u8]) -> Option<u64> {
    // A list may be old and of another encoding: such a line is nothing that a browser sends.
    let line = std::str::from_utf8(line).ok().filter(|line| !line.is_empty())?;
    hashed(line).or_else(|| composed(line).map(|password| entry(&password)))
}

/// The entry of a line that holds a SHA-1 already.
fn hashed(line: &str) -> Option<u64> {
    let (hash, count) = line.split_once(':').unwrap_or((line, "0"));
    let is_hash = hash.len() == HASH_DIGITS && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_count = !count.is_empty() && count.bytes().all(|byte| byte.is_ascii_digit());
    (is_hash && is_count).then(|| u64::from_str_radix(hash.get(..2 * ENTRY)?, 16).ok()).flatten()
}

/// The entries in sorted pieces, each in a temporary file.
fn sorted_pieces(lines: &mut Lines<impl BufRead>, piece: usize) -> io::Result<Vec<File>> {
    let mut pieces = Vec::new();
    let mut entries = Vec::new();
    loop {
        let next = lines.next()?;
        entries.extend(next);
        if entries.len() == piece || (next.is_none() && !entries.is_empty()) {
            entries.sort_unstable();
            entries.dedup();
            pieces.push(kept(&entries)?);
            entries.clear();
        }
        if next.is_none() {
            return Ok(pieces);
        }
    }
}

fn kept(entries: &[u64]) -> io::Result<File> {
    let mut file = BufWriter::new(tempfile::tempfile()?);
    for entry in entries {
        file.write_all(&entry.to_be_bytes())?;
    }
    let mut file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.seek(SeekFrom::Start(0))?;
    Ok(file)
}

/// Merges the pieces into the list. It appears under its name when it is whole.
fn write(pieces: Vec<File>, to: &Path) -> io::Result<u64> {
    let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    // Jellyfin runs as somebody else than whoever makes the list, and what is in it is no secret.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644));
    let mut out = BufWriter::new(builder.tempfile_in(folder)?);
    out.write_all(&MAGIC)?;
    out.write_all(&0_u64.to_be_bytes())?;

    let mut pieces: Vec<_> = pieces.into_iter().map(BufReader::new).collect();
    let mut next = BinaryHeap::new();
    for (index, piece) in pieces.iter_mut().enumerate() {
        next.extend(first(piece)?.map(|entry| Reverse((entry, index))));
    }
    let (mut count, mut last) = (0_u64, None);
    while let Some(Reverse((entry, index))) = next.pop() {
        if last != Some(entry) {
            out.write_all(&entry.to_be_bytes())?;
            count += 1;
            last = Some(entry);
        }
        next.extend(first(&mut pieces[index])?.map(|entry| Reverse((entry, index))));
    }

    let mut out = out.into_inner().map_err(io::IntoInnerError::into_error)?;
    out.seek(SeekFrom::Start(MAGIC.len() as u64))?;
    out.write_all(&count.to_be_bytes())?;
    out.as_file().sync_all()?;
    out.persist(to)?;
    Ok(count)
}

fn first(piece: &mut BufReader<File>) -> io::Result<Option<u64>> {
    let mut entry = [0; ENTRY];
    match piece.read_exact(&mut entry) {
        Ok(()) => Ok(Some(u64::from_be_bytes(entry))),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{Made, PIECE, compact, compact_by};
    use crate::account::password_rules::breached::List;

    fn made(lines: &[u8], piece: usize) -> (Made, List, u64) {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("lines"), folder.path().join("list"));
        fs::write(&from, lines).unwrap();
        let made = compact_by(&from, &to, piece).unwrap();
        (made, List::open(&to).unwrap(), fs::metadata(&to).unwrap().len())
    }

    #[test]
    fn lines_of_passwords_and_of_hashes_make_the_same_list() {
        // "password", "hunter2 hunter2" and "h\u{e9}rons", the last one taken apart.
        let words = "password\r\nhunter2 hunter2\n\nhe\u{301}rons";
        let (made, mut list, size) = made(words.as_bytes(), PIECE);
        assert_eq!((made.entries, size), (3, 16 + 3 * 8));
        for password in ["password", "hunter2 hunter2", "h\u{e9}rons"] {
            assert_eq!(list.holds(password), Ok(true), "{password}");
        }
        assert_eq!(list.holds("Password"), Ok(false));
        for hashes in [
            "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8:9659365\n",
            "5baa61e4c9b93f3f0682250b6cf8331b7ee68fd8",
            "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8\r\n5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8:1\r\n",
        ] {
            let (made, mut list, _) = self::made(hashes.as_bytes(), PIECE);
            assert_eq!((made.entries, list.holds("password")), (1, Ok(true)), "{hashes}");
        }
    }

    #[test]
    fn more_than_fits_into_memory_is_merged() {
        let words: String = (0..1000).map(|n| format!("word {}\n", n * 7919 % 700)).collect();
        let (made, mut list, _) = made(words.as_bytes(), 64);
        assert_eq!(made, Made { lines: 1000, entries: 700 });
        assert!((0..700).all(|n| list.holds(&format!("word {n}")) == Ok(true)));
        assert_eq!(list.holds("word 700"), Ok(false));
    }

    #[test]
    fn lines_that_hold_no_password_are_skipped() {
        let mut lines = b"first\n\xff\xfe\n".to_vec();
        lines.extend(std::iter::repeat_n(b'x', 100_000));
        lines.extend(b"\nlast");
        let (made, mut list, _) = made(&lines, PIECE);
        assert_eq!((made.entries, list.holds("first"), list.holds("last")), (2, Ok(true), Ok(true)));
        assert_eq!(self::made(b"", PIECE).0, Made { lines: 0, entries: 0 });
    }

    #[test]
    fn an_error_names_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join("missing");
        let error = compact(&missing, &folder.path().join("list")).unwrap_err();
        assert!(error.to_string().starts_with(&missing.display().to_string()), "{error}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "nothing half made is left");
    }
}
