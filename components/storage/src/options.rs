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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SyncPolicy {
    /// Everything that was answered survives. Body files are synced before each commit (`fdatasync`), and the
    /// database's log after it (`synchronous=FULL`).
    Everything,
    /// What survives is a state that was true at some moment before: the changes of the last seconds (since the
    /// database's last checkpoint, about 1 MB of changes) may be undone together. Body files are synced before each
    /// commit, the database when a checkpoint is made (`synchronous=NORMAL`), so no state ever speaks of bytes that are
    /// not there. A fetch goes on from what was kept; one that had been created, finished, or whose event had been
    /// handled in those seconds is as it was before.
    #[default]
    Consistent,
    /// Nothing is promised (`synchronous=OFF`, no `fdatasync`): the database may be damaged, and is set aside then.
    /// For tests and throw-away profiles.
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
