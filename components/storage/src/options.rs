//! What a host can choose.

/// How a profile is kept.
#[derive(Clone, Debug)]
pub struct Options {
    /// What survives a loss of power.
    pub sync: SyncPolicy,
    /// How many bytes a storage key may use; `None` for three fifths of the disk that the profile is on.
    pub quota: Option<u64>,
    /// Bodies up to this many bytes are kept in the database, longer ones in files of their own.
    pub inline_limit: u64,
}

impl Default for Options {
    fn default() -> Self {
        Options { sync: SyncPolicy::default(), quota: None, inline_limit: 64 << 10 }
    }
}

/// What survives a loss of power, or a crash of the operating system. Whatever the choice, everything that was answered
/// survives the end of the *process*, however sudden, since it is in the hands of the operating system by then.
///
/// What they cost (`tests/performance.rs`, unoptimised, on a small virtual machine whose disk syncs in 0.2 ms; a disk
/// that takes longer widens the gap between the first and the second):
///
/// | | 1 GB in one body | 1,000 bodies of 10 kB |
/// |---|---|---|
/// | [`Everything`](SyncPolicy::Everything) | 1.9 s | 0.27 s |
/// | [`Consistent`](SyncPolicy::Consistent) | 0.9 s | 0.24 s |
/// | [`Nothing`](SyncPolicy::Nothing) | 0.4 s | 0.21 s |
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SyncPolicy {
    /// Everything that was answered survives. Body files are synced (`fdatasync`) before each commit, and the
    /// database's log with it (`synchronous=FULL`).
    Everything,
    /// What survives is sound, but not everything is there.
    ///
    /// - The database is synced at its checkpoints alone (`synchronous=NORMAL`): the changes since the last one, about
    ///   1 MB of them, may be undone together. A fetch that had been created, settled, or whose event had been handled
    ///   in that time is as it was before, but for bodies whose files were deleted by then: their records have failed.
    /// - Of each body that is still being received up to 16 MB may be missing. It is known which, so the fetch goes on
    ///   from there. Complete bodies, and bodies of requests, are synced before the state that says so is committed.
    #[default]
    Consistent,
    /// Nothing is promised (`synchronous=OFF`, no `fdatasync`): the database may be damaged, and is set aside then, and
    /// bodies may have other bytes than they should. For tests and throw-away profiles.
    Nothing,
}

impl SyncPolicy {
    pub(crate) fn synchronous(self) -> &'static str {
        match self {
            SyncPolicy::Everything => "FULL",
            SyncPolicy::Consistent => "NORMAL",
            SyncPolicy::Nothing => "OFF",
        }
    }

    /// Whether body files are synced before a commit.
    pub(crate) fn syncs_files(self) -> bool {
        self != SyncPolicy::Nothing
    }
}
