//! Room for the buffers of a budget, found by a number, in segments of which each is
//! twice as large as the one before: none ever moves, and each is allocated before the
//! lock is taken.

use alloc::boxed::Box;
use alloc::sync::{Arc, Weak};

use super::Shed;
use super::class::Standing;

/// Slots in the first segment. loom has one, so that models reach the second.
const FIRST: usize = if cfg!(bellwether_modelled) { 1 } else { 64 };
/// Room for more buffers than a memory holds, with numbers of 32 bits.
const SEGMENTS: usize = 26;
const NONE: u32 = u32::MAX;

/// A buffer.
pub(super) struct Member {
    pub(super) standing: Arc<Standing>,
    pub(super) buffer: Weak<dyn Shed>,
    /// It was found out of its `Arc`: nobody can ask it to evict any more.
    pub(super) is_away: bool,
}

pub(super) struct Slot {
    /// In the list that it is in, which is a circle; or the next vacant one.
    pub(super) next: u32,
    pub(super) prev: u32,
    pub(super) member: Option<Member>,
}

pub(super) type Segment = Box<[Slot]>;

pub(super) struct Slots {
    segments: [Option<Segment>; SEGMENTS],
    /// Slots from here on were never used.
    used: u32,
    /// The first that is vacant again.
    vacant: u32,
    members: usize,
}

/// Its segment, and its place in it.
fn place(at: u32) -> (usize, usize) {
    let at = at as usize + FIRST;
    let segment = (at.ilog2() - FIRST.ilog2()) as usize;
    (segment, at - (FIRST << segment))
}

impl Slots {
    pub(super) fn new() -> Self {
        Self { segments: [const { None }; SEGMENTS], used: 0, vacant: NONE, members: 0 }
    }

    /// How many buffers there are.
    pub(super) fn members(&self) -> usize {
        self.members
    }

    /// Slots for a segment of this length, to be made outside the lock.
    pub(super) fn segment(len: usize) -> Segment {
        (0..len).map(|_| Slot { next: NONE, prev: NONE, member: None }).collect()
    }

    /// Puts the member into a slot, whose number it returns; or the length of the
    /// segment that is needed for that. What is left over is to be dropped outside.
    pub(super) fn insert(
        &mut self,
        member: &mut Option<Member>,
        spare: &mut Option<Segment>,
    ) -> Result<u32, usize> {
        let at = if self.vacant != NONE {
            let at = self.vacant;
            self.vacant = self.slot(at).next;
            at
        } else {
            let (segment, _) = place(self.used);
            let len = FIRST << segment;
            if self.segments[segment].is_none() {
                if spare.as_ref().map(|spare| spare.len()) != Some(len) {
                    return Err(len);
                }
                self.segments[segment] = spare.take();
            }
            self.used += 1;
            self.used - 1
        };
        self.slot(at).member = member.take();
        self.members += 1;
        Ok(at)
    }

    /// Empties a slot that is in no list; the member is to be dropped outside the lock.
    pub(super) fn remove(&mut self, at: u32) -> Option<Member> {
        let next = core::mem::replace(&mut self.vacant, at);
        let slot = self.slot(at);
        slot.next = next;
        let member = slot.member.take();
        self.members -= 1;
        member
    }

    /// A slot that is, or was, in use.
    #[inline]
    pub(super) fn slot(&mut self, at: u32) -> &mut Slot {
        let (segment, place) = place(at);
        match &mut self.segments[segment] {
            Some(slots) => &mut slots[place],
            None => unreachable!("slots are numbered once they are there"),
        }
    }
}
