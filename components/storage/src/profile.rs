//! Opening and closing.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{SystemTime, UNIX_EPOCH};

use fetch::StorageKey;
use futures::future::BoxFuture;
use rusqlite::Connection;

use crate::background_fetch::{self as fetches, BackgroundFetchStore};
use crate::bodies::{BodyFiles, BodyFolder, OpenBodies, ReaderPool, Recovery, recover};
use crate::cookies::{self, Cookies};
use crate::error::Failure;
use crate::lock::Lock;
use crate::options::{Options, SyncPolicy};
use crate::registrations::Registrations;
use crate::reserve::Reserve;
use crate::schema::{self, Found};
use crate::writer::{Limits, Resources, Writer};
use crate::{Error, OpenError, Usage, boot, quota, registrations};

const DATABASE: &str = "state.sqlite";
const BODIES: &str = "bodies";
/// Its presence says that the database was found damaged, or that nobody knows whether it is.
const SUSPECT: &str = "suspect";

/// A profile that is open. It is closed when this is dropped; stores that are left then answer that it is.
pub struct Profile {
    writer: Writer,
    cookies: Arc<Cookies>,
    folder: Arc<BodyFolder>,
    path: Option<PathBuf>,
    set_aside: Option<SetAside>,
    lost_cookies: Vec<String>,
    recovery: Recovery,
    /// Given back last.
    lock: RwLock<Option<Lock>>,
}

/// What was done with a database that can't be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetAside {
    /// The folder where it is now, with the bodies that it spoke of.
    pub path: PathBuf,
    /// What was wrong with it.
    pub reason: String,
}

impl Profile {
    /// Opens the profile in `path`, a folder that is made where there is none.
    ///
    /// A damaged database is moved out of the way, and an empty one takes its place: ask [`Profile::set_aside`], and
    /// tell the person.
    pub fn open(path: &Path, options: &Options) -> Result<Self, OpenError> {
        make_folder(path)?;
        let lock = Lock::take(path)?;
        let bodies = path.join(BODIES);
        make_folder(&bodies)?;
        let folder = Arc::new(BodyFolder::Kept(bodies));
        let reserve = Reserve::of(path).map_err(OpenError::io("can't delete the reserve of", path))?;
        let mut set_aside = None;
        let (connection, recovery, cookies) = match open_database(path, &folder, options) {
            Err(Failure::Damaged(reason)) => {
                set_aside = Some(move_aside(path, reason)?);
                make_folder(&path.join(BODIES))?;
                open_database(path, &folder, options)
            }
            opened => opened,
        }
        .map_err(|failure| into_error(failure, path))?;
        // Whatever it was suspected of, it has been checked.
        remove_if_there(&path.join(SUSPECT))?;
        let quota = options.quota.unwrap_or_else(|| three_fifths_of_the_disk(path));
        let suspect = path.join(SUSPECT);
        let on_damage = move |error: &Error| {
            tracing::error!(%error, "the profile is damaged; it is checked when it is opened again");
            if let Err(error) = fs::write(&suspect, error.to_string()) {
                tracing::error!(%error, "the damaged profile can't be marked");
            }
        };
        let writer = start(connection, &folder, options, quota, reserve, Box::new(on_damage))?;
        Ok(Profile {
            cookies: Arc::new(Cookies::new(cookies.cookies, writer.queue().clone())),
            writer,
            folder,
            path: Some(path.to_owned()),
            set_aside,
            lost_cookies: cookies.lost,
            recovery,
            lock: RwLock::new(Some(lock)),
        })
    }

    /// Makes a private profile: nothing of it is left when it is closed.
    ///
    /// Its database is in memory, or, as far as it gets large, in a file without a name that goes with the process.
    /// Large bodies are in a folder of their own, which is deleted when the profile is closed; if the process is killed
    /// first, the next private profile on the machine deletes it.
    pub fn temporary(options: &Options) -> Result<Self, OpenError> {
        let folder = Arc::new(BodyFolder::private());
        let options = Options { sync: SyncPolicy::Nothing, ..options.clone() };
        let place = || PathBuf::from("of the private profile");
        let database = |source| OpenError::Database { path: place(), source };
        // The name of a database without a name.
        let mut connection = Connection::open("").map_err(database)?;
        schema::migrate(&mut connection).map_err(database)?;
        let quota = options.quota.unwrap_or_else(|| three_fifths_of_the_disk(&std::env::temp_dir()));
        let on_damage = |error: &Error| tracing::error!(%error, "the private profile is damaged");
        let writer = start(connection, &folder, &options, quota, Reserve::none(), Box::new(on_damage))?;
        Ok(Profile {
            cookies: Arc::new(Cookies::new(Vec::new(), writer.queue().clone())),
            writer,
            folder,
            path: None,
            set_aside: None,
            lost_cookies: Vec::new(),
            recovery: Recovery::default(),
            lock: RwLock::default(),
        })
    }

    /// The store of background fetches.
    pub fn background_fetches(&self) -> Arc<dyn background_fetch::host::Store> {
        Arc::new(BackgroundFetchStore { queue: self.writer.queue().clone() })
    }

    /// The store of service worker registrations.
    pub fn registrations(&self) -> Arc<dyn service_worker::host::RegistrationStore> {
        Arc::new(Registrations { queue: self.writer.queue().clone() })
    }

    /// The cookies.
    pub fn cookies(&self) -> Arc<dyn fetch::CookieJar> {
        self.cookies.clone()
    }

    /// What a storage key uses and may use.
    pub fn usage(&self, storage_key: StorageKey) -> BoxFuture<'static, Result<Usage, Error>> {
        self.writer.queue().submit(0, move |tx| quota::usage(tx, &storage_key))
    }

    /// The profile's folder; `None` for a private one.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// What became of a damaged database that was found in the profile's folder.
    pub fn set_aside(&self) -> Option<&SetAside> {
        self.set_aside.as_ref()
    }

    /// Cookies that could not be read and were deleted, and why: tell the person.
    pub fn lost_cookies(&self) -> &[String] {
        &self.lost_cookies
    }

    /// What had to be done because the profile was not closed.
    pub fn recovery(&self) -> &Recovery {
        &self.recovery
    }

    /// Closes the profile, after all that was asked of its stores before.
    pub fn close(&self) {
        self.writer.close();
        self.folder.close();
        drop(self.lock.write().unwrap_or_else(PoisonError::into_inner).take());
    }
}

impl Drop for Profile {
    fn drop(&mut self) {
        self.close();
    }
}

fn start(
    connection: Connection,
    folder: &Arc<BodyFolder>,
    options: &Options,
    quota: u64,
    mut reserve: Reserve,
    on_damage: Box<dyn Fn(&Error) + Send>,
) -> Result<Writer, OpenError> {
    reserve.hold();
    let writer = Writer::start(|queue| Resources {
        reserve,
        connection,
        files: BodyFiles::new(Arc::clone(folder), options.sync),
        open_bodies: OpenBodies::new(queue.clone(), ReaderPool::new(Arc::clone(folder))),
        limits: Limits { quota, inline_limit: options.inline_limit },
        on_damage,
    });
    writer.map_err(OpenError::io("can't start a thread for", "the profile"))
}

/// Opens the database in `path` and brings the bodies in line with it.
fn open_database(
    path: &Path,
    folder: &BodyFolder,
    options: &Options,
) -> Result<(Connection, Recovery, cookies::Loaded), Failure> {
    let mut connection = Connection::open(path.join(DATABASE))?;
    match schema::inspect(&connection)? {
        Found::Ours => {}
        Found::Foreign => return Err(Failure::Damaged("it is the database of something else".into())),
        Found::Newer(found) => {
            let (path, supported) = (path.to_owned(), schema::VERSION);
            return Err(OpenError::Newer { path, found, supported }.into());
        }
    }
    schema::configure(&connection, options.sync)?;
    let is_suspect = path.join(SUSPECT).exists();
    if is_suspect && let Some(reason) = schema::check(&connection)? {
        return Err(Failure::Damaged(reason));
    }
    schema::migrate(&mut connection)?;
    if is_suspect {
        // The database may be sound where what is in it isn't.
        let readable = fetches::load(&connection).map(drop).and(registrations::load(&connection).map(drop));
        readable.map_err(|error| Failure::Damaged(error.to_string()))?;
    }
    let cookies = cookies::load(&connection)?;
    fetches::remove_unowned_bodies(&connection)?;
    let is_same_boot = boot::is_same(&connection)?;
    let recovery = recover(&connection, folder, options.sync, is_same_boot, &fetches::OWNERS)?;
    fetches::recompute_usage(&connection)?;
    if !is_same_boot {
        boot::note(&connection)?;
    }
    Ok((connection, recovery, cookies))
}

fn into_error(failure: Failure, path: &Path) -> OpenError {
    let database = |source| OpenError::Database { path: path.join(DATABASE), source };
    match failure {
        Failure::Fatal(error) => error,
        Failure::Database(source) => database(source),
        // A new database that is damaged: the disk doesn't keep what it is given.
        Failure::Damaged(reason) => database(rusqlite::Error::SqliteFailure(
            rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT),
            Some(reason),
        )),
    }
}

/// Moves a damaged database, and the bodies that it spoke of, into a folder beside it.
fn move_aside(path: &Path, reason: String) -> Result<SetAside, OpenError> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let names = (0..).map(|n| if n == 0 { format!("damaged-{now}") } else { format!("damaged-{now}-{n}") });
    let aside = names.map(|name| path.join(name)).find(|aside| !aside.exists());
    let aside = aside.unwrap_or_else(|| path.join("damaged"));
    make_folder(&aside)?;
    // The bodies first: beside a new database, if the process ends in between, they would belong to nothing.
    for name in [BODIES, DATABASE, "state.sqlite-wal", "state.sqlite-journal", "state.sqlite-shm"] {
        let from = path.join(name);
        if from.exists() {
            fs::rename(&from, aside.join(name)).map_err(OpenError::io("can't move aside", from))?;
        }
    }
    tracing::error!(
        %reason, path = %aside.display(),
        "the profile's database is damaged; it was moved there, and the profile starts empty"
    );
    Ok(SetAside { path: aside, reason })
}

fn make_folder(path: &Path) -> Result<(), OpenError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(OpenError::io("can't make the folder", path))
}

fn remove_if_there(path: &Path) -> Result<(), OpenError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(OpenError::io("can't delete", path)(error))
        }
        _ => Ok(()),
    }
}

/// The quota where none was chosen.
fn three_fifths_of_the_disk(path: &Path) -> u64 {
    match rustix::fs::statvfs(path) {
        Ok(disk) => disk.f_frsize.saturating_mul(disk.f_blocks) / 5 * 3,
        Err(error) => {
            tracing::warn!(%error, "the size of the disk is not known; sites may use 1 GiB each");
            1 << 30
        }
    }
}
