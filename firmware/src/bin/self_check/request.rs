//! PendSV: an interrupt that comes when main asks for it, and does what it is asked.

use cortex_m::peripheral::SCB;
use cortex_m_rt::exception;

use crate::support::Post;
use crate::{array, cell};

/// What the interrupt is to do.
pub enum Request {
    Cell(cell::Request),
    Array(array::Request),
}

static REQUEST: Post<Request> = Post::new();
static ANSWER: Post<u32> = Post::new();

/// The interrupt comes here, and nowhere else. Returns its answer.
pub fn interrupt(request: Request) -> u32 {
    REQUEST.put(request);
    SCB::set_pendsv();
    cortex_m::asm::dsb();
    cortex_m::asm::isb();
    ANSWER.take().expect("the interrupt came")
}

#[exception]
fn PendSV() {
    static mut WAITER: cell::Waiter = cell::Waiter::new();
    static mut READER: Option<array::Reader> = None;
    let answer = match REQUEST.take().expect("main asked") {
        Request::Cell(request) => cell::interrupt(request, WAITER),
        Request::Array(request) => array::interrupt(request, READER),
    };
    ANSWER.put(answer);
}
