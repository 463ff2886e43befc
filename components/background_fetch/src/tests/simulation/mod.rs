//! A deterministic simulation: pages, servers, workers, a disk and a person do random things to a service,
//! from a seed, on a virtual clock; cuts, errors and the death of the process come at any moment. After each
//! step the invariants are checked; at the end everyone behaves, and everything has to come to its end.
//!
//! `BACKGROUND_FETCH_SIMULATION_SEED=7` runs one seed with a log, `BACKGROUND_FETCH_SIMULATION_RUNS=100000`
//! that many.

mod actions;
mod invariants;
mod pages;
mod rng;
mod servers;
mod world;

use std::env;

use world::World;

/// What `cargo test` runs: a few seconds.
const RUNS: u64 = 400;

/// How much happens in a run before everyone behaves.
const STEPS: u32 = 250;

fn run(seed: u64, log: bool) {
    struct Seed(u64);
    impl Drop for Seed {
        fn drop(&mut self) {
            if std::thread::panicking() {
                eprintln!("the simulation failed: run it with BACKGROUND_FETCH_SIMULATION_SEED={}", self.0);
            }
        }
    }
    let _seed = Seed(seed);
    let mut world = World::new(seed, log);
    for _ in 0..STEPS {
        world.step();
    }
    world.come_to_an_end();
}

fn setting(name: &str) -> Option<u64> {
    let value = env::var(name).ok()?;
    Some(value.parse().unwrap_or_else(|_| panic!("{name} is not a number: {value}")))
}

#[test]
fn whatever_happens_the_invariants_hold_and_everything_ends() {
    if let Some(seed) = setting("BACKGROUND_FETCH_SIMULATION_SEED") {
        return run(seed, true);
    }
    for seed in 0..setting("BACKGROUND_FETCH_SIMULATION_RUNS").unwrap_or(RUNS) {
        run(seed, false);
    }
}
