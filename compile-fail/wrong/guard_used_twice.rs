//! One who leads sets one value.

use bellwether::{OnceCell, TryLead};

fn main() {
    let cell = OnceCell::new();
    let TryLead::Leader(guard) = cell.try_lead() else { panic!() };
    guard.set(1);
    guard.set(2);
}
