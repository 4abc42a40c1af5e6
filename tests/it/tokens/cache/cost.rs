use super::*;
use core::cell::Cell;
use core::hash::{Hash, Hasher};

thread_local! {
    static HASHED: Cell<u32> = const { Cell::new(0) };
    static CLONED: Cell<u32> = const { Cell::new(0) };
}

/// A tenant, scope or request that counts what is done to it.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Counting(u8);

impl Hash for Counting {
    fn hash<H: Hasher>(&self, state: &mut H) {
        HASHED.set(HASHED.get() + 1);
        self.0.hash(state);
    }
}

impl Clone for Counting {
    fn clone(&self) -> Self {
        CLONED.set(CLONED.get() + 1);
        Self(self.0)
    }
}

#[track_caller]
fn costs(hashed: u32, cloned: u32) {
    assert_eq!((HASHED.take(), CLONED.take()), (hashed, cloned));
}

#[test]
fn a_call_that_changes_nothing_hashes_its_key_once_and_clones_nothing() {
    let mut cache: TokenCache<Counting, Counting, Counting, u8> =
        TokenCache::new(config(None, 2, Overflow::Refuse));
    let key = |tenant, text| TokenKey { tenant: Counting(tenant), scope: Counting(2), token: token(text) };
    let (one, other) = (key(1, "1"), key(1, "2"));
    // A table of one entry does not hash, so there is more than one tenant.
    for tenant in 0..3 {
        let _open = cache.begin(at(0), Some(&key(tenant, "0")), &Counting(3));
    }
    HASHED.set(0);
    CLONED.set(0);

    let Admission::Execute(permit) = cache.begin(at(0), Some(&one), &Counting(3)) else { unreachable!() };
    // The tenant and the scope of the key, and the tenant once more for its capacity; key and request are kept.
    costs(3, 3);
    assert_eq!(cache.begin(at(0), Some(&one), &Counting(3)), refused(TokenRefusal::Processing));
    costs(2, 0);
    assert_eq!(cache.begin(at(0), Some(&one), &Counting(4)), refused(TokenRefusal::Mismatch));
    costs(2, 0);
    cache.complete(at(0), permit, 7).unwrap();
    costs(0, 0);
    assert_eq!(cache.begin(at(0), Some(&one), &Counting(3)), Admission::Replay(&7));
    costs(2, 0);
    assert_eq!(cache.begin(at(0), Some(&other), &Counting(3)), refused(TokenRefusal::Full));
    costs(3, 0);
}
