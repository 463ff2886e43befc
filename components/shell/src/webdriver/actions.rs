//! Actions, as far as a page without layout has them: <https://w3c.github.io/webdriver/#actions>.
//!
//! A pointer can be at an element, and be pressed and released there. There is no place between elements, no wheel and
//! no keyboard.

use std::time::Duration;

use webdriver::actions::{
    ActionSequence, ActionsType, GeneralAction, KeyActionItem, NullActionItem, PointerAction,
    PointerActionItem, PointerOrigin, WheelActionItem,
};
use webdriver::error::ErrorStatus;

use super::error::Error;

/// What actions come to, one after the other.
#[derive(Debug, PartialEq, Eq)]
pub enum Deed {
    /// The element of this name is pressed and released.
    Click(String),
    /// Nothing happens for so long.
    Wait(Duration),
}

/// What an input source does in a tick.
enum Step {
    Pause(Duration),
    MoveTo(String),
    Down,
    Up,
}

/// [Extracts](https://w3c.github.io/webdriver/#dfn-extract-an-action-sequence) and orders what
/// [Perform Actions](https://w3c.github.io/webdriver/#perform-actions) was given. What can't be done fails as a whole.
pub fn deeds(sequences: Vec<ActionSequence>) -> Result<Vec<Deed>, Error> {
    let sources = sequences.into_iter().map(steps).collect::<Result<Vec<_>, Error>>()?;
    let ticks = sources.iter().map(Vec::len).max().unwrap_or(0);
    let mut at: Vec<Option<&str>> = vec![None; sources.len()];
    let mut pressed = at.clone();
    let mut deeds = Vec::new();
    for tick in 0..ticks {
        let mut duration = Duration::ZERO;
        for (source, steps) in sources.iter().enumerate() {
            match steps.get(tick) {
                None => {}
                Some(Step::Pause(pause)) => duration = duration.max(*pause),
                Some(Step::MoveTo(element)) => at[source] = Some(element),
                Some(Step::Down) => pressed[source] = at[source],
                // Pressed and released at one element: that is a click.
                Some(Step::Up) => {
                    let released = pressed[source].take().filter(|pressed| at[source] == Some(pressed));
                    deeds.extend(released.map(|element| Deed::Click(element.to_owned())));
                }
            }
        }
        if !duration.is_zero() {
            deeds.push(Deed::Wait(duration));
        }
    }
    Ok(deeds)
}

fn steps(sequence: ActionSequence) -> Result<Vec<Step>, Error> {
    match sequence.actions {
        ActionsType::Null { actions } => {
            Ok(actions.into_iter().map(|NullActionItem::General(action)| pause(action)).collect())
        }
        ActionsType::Pointer { actions, .. } => actions.into_iter().map(pointer).collect(),
        ActionsType::Key { actions } => actions
            .into_iter()
            .map(|action| match action {
                KeyActionItem::General(action) => Ok(pause(action)),
                KeyActionItem::Key(_) => Err(Error::unsupported("keyboard")),
            })
            .collect(),
        ActionsType::Wheel { actions } => actions
            .into_iter()
            .map(|action| match action {
                WheelActionItem::General(action) => Ok(pause(action)),
                WheelActionItem::Wheel(_) => Err(Error::unsupported("layout: nothing scrolls")),
            })
            .collect(),
    }
}

fn pause(GeneralAction::Pause(action): GeneralAction) -> Step {
    Step::Pause(Duration::from_millis(action.duration.unwrap_or(0)))
}

fn pointer(action: PointerActionItem) -> Result<Step, Error> {
    let primary =
        |button| if button == 0 { Ok(()) } else { Err(Error::unsupported("buttons but the primary one")) };
    match action {
        PointerActionItem::General(action) => Ok(pause(action)),
        PointerActionItem::Pointer(PointerAction::Move(action)) => match action.origin {
            PointerOrigin::Element(element) => Ok(Step::MoveTo(element.0)),
            PointerOrigin::Pointer | PointerOrigin::Viewport => {
                let message = "this engine has no layout: a pointer can be at an element alone";
                Err(Error::new(ErrorStatus::MoveTargetOutOfBounds, message))
            }
        },
        PointerActionItem::Pointer(PointerAction::Down(action)) => {
            primary(action.button).map(|()| Step::Down)
        }
        PointerActionItem::Pointer(PointerAction::Up(action)) => primary(action.button).map(|()| Step::Up),
        PointerActionItem::Pointer(PointerAction::Cancel) => Err(Error::unsupported("touch")),
    }
}
