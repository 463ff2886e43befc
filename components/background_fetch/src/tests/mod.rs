//! The component as a whole, with fakes for everyone else. What these tests hold follows the names of what
//! other engines test, and goes beyond them.

mod abort;
mod creation;
mod delivery;
mod jobs;
mod matching;
mod pausing;
mod pressure;
mod removal;
mod restart;
mod resume;
mod scheduling;
mod simulation;
mod store;
mod support;
mod updates;
mod uploads;
