//! Space that is kept free of bodies, so that on a full disk it can still be written down how a fetch ended.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Enough for thousands of state changes.
const SIZE: usize = 2 << 20;

/// A file of [`SIZE`] bytes, given up when there is no other space.
pub(crate) struct Reserve {
    /// `None` for a profile without one.
    path: Option<PathBuf>,
    held: bool,
}

impl Reserve {
    /// For a profile that ends with the process.
    pub fn none() -> Self {
        Reserve { path: None, held: true }
    }

    /// The reserve of the profile in `folder`, not held yet: opening the profile may need the space.
    pub fn of(folder: &Path) -> io::Result<Self> {
        let mut reserve = Reserve { path: Some(folder.join("reserve")), held: true };
        match reserve.release() {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(reserve),
        }
    }

    /// Whether the space is held; if not, there is none for bodies.
    pub fn is_held(&self) -> bool {
        self.held
    }

    /// Takes the space again, if it was given up and there is some. Whether it is held.
    pub fn hold(&mut self) -> bool {
        if let Some(path) = &self.path
            && !self.held
        {
            match make(path) {
                Ok(()) => self.held = true,
                Err(error) => {
                    tracing::debug!(%error, "there is no space for the reserve");
                    // Half of it would be of no use.
                    let _ = fs::remove_file(path);
                }
            }
        }
        self.held
    }

    /// Gives the space up.
    pub fn release(&mut self) -> io::Result<()> {
        match &self.path {
            Some(path) => {
                self.held = false;
                fs::remove_file(path)
            }
            None => Ok(()),
        }
    }

    /// Gives the space up, if it is held.
    pub fn release_if_held(&mut self) {
        if self.held
            && self.path.is_some()
            && let Err(error) = self.release()
        {
            tracing::warn!(%error, "the reserve can't be given up");
        }
    }
}

fn make(path: &Path) -> io::Result<()> {
    let mut file = File::create(path)?;
    match rustix::fs::fallocate(&file, rustix::fs::FallocateFlags::empty(), 0, SIZE as u64) {
        // Not every file system knows it.
        Err(rustix::io::Errno::OPNOTSUPP | rustix::io::Errno::NOSYS) => file.write_all(&vec![0; SIZE]),
        allocated => Ok(allocated?),
    }
}
