//! A program without std that fails a pair over.
#![no_std]

extern crate alloc;

use core::alloc::{GlobalAlloc, Layout};
use core::panic::PanicInfo;

use failover_model::ebs::FailoverDiskReplicaPair;
use failover_model::{Call, ControlPlane, Policy, Timestamp};

struct Nothing;

// SAFETY: it never hands out memory, which `GlobalAlloc` allows; this library is linked and never run.
unsafe impl GlobalAlloc for Nothing {
    unsafe fn alloc(&self, _: Layout) -> *mut u8 {
        core::ptr::null_mut()
    }

    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}

#[global_allocator]
static ALLOCATOR: Nothing = Nothing;

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    loop {}
}

/// Whether a pair that does not exist fails over.
#[unsafe(no_mangle)]
pub extern "C" fn fails_over() -> bool {
    let mut plane = ControlPlane::new(Policy::default());
    let (Ok(account), Ok(region), Ok(pair)) = ("1".parse(), "cn-shanghai".parse(), "pair-1".parse()) else {
        return false;
    };
    let call = Call { now: Timestamp::from_millis(0), account, region, token: None };
    plane.failover_disk_replica_pair(&call, &FailoverDiskReplicaPair::new(pair)).result.is_ok()
}
