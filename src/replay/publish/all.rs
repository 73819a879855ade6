//! Publishing many events at once.

use alloc::vec::Vec;

use super::After;
use crate::hooks::ReplayHooks;
use crate::replay::error::PublishError;
use crate::replay::shared::Shared;
use crate::replay::store::Store;

impl<S: Store, H: ReplayHooks> Shared<S, H> {
    /// In pieces of as many as fit together.
    ///
    /// # Safety
    ///
    /// As for [`After::new`].
    pub(in crate::replay) unsafe fn publish_all<const ALONE: bool>(
        &self,
        events: impl IntoIterator<Item = S::Event>,
    ) -> Result<usize, PublishError<Vec<S::Event>>> {
        let weighed = |event: S::Event| {
            let bytes = self.weight(&event);
            (S::pack(event), bytes)
        };
        let events: Vec<_> = events.into_iter().map(weighed).collect();
        let bare = |events: &mut dyn Iterator<Item = (S::Packed, usize)>| {
            events.map(|(event, _)| S::unpack(event)).collect::<Vec<S::Event>>()
        };
        if events.iter().any(|&(_, bytes)| bytes > self.log.max_bytes()) {
            return Err(PublishError::TooLarge(bare(&mut events.into_iter())));
        }
        let len = events.len();
        let mut events = events.into_iter();
        // SAFETY: as the caller promises.
        let mut after = unsafe { After::<S, H, ALONE>::new(self) };
        while !events.as_slice().is_empty() {
            let (mut piece, mut bytes) = (0, 0_usize);
            for &(_, more) in events.as_slice().iter().take(self.log.capacity()) {
                match bytes.checked_add(more) {
                    Some(sum) if sum <= self.log.max_bytes() => bytes = sum,
                    _ => break,
                }
                piece += 1;
            }
            if let Err(refused) = after.publish(piece, bytes, || events.next()) {
                after.run();
                return Err(refused.with(bare(&mut events)));
            }
        }
        after.run();
        Ok(len)
    }
}
