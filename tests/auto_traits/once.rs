//! The cell: its guards, its futures, its errors.

use core::future::Ready;

use bellwether as b;

use crate::kinds::{By, Keeps};

type Init<T, H, F, R> = b::GetOrInit<'static, T, H, F, Ready<R>>;
type TryInit<T, H, F, R> = b::GetOrTryInit<'static, T, H, F, Ready<R>>;

crate::answers::table! {
    //   all   !Sync !Send neither !Unpin torn
    OnceCell {
        "SYPUR S-PU- --PUR --PUR SY-UR SYP--" b::OnceCell<X>;
        "SYPUR S-PU- -YPUR --PUR SY-UR SYP-R" b::OnceCell<u8, By<X>>;
        "SYPUR" b::OnceCell<u8, Keeps<X>>;
    }
    InitGuard {
        "SYPUR --P-- --PUR --PUR SYPUR SYP--" b::InitGuard<'static, X>;
        "SYPUR --P-- SYPUR --PUR SYPUR SYPUR" b::InitGuard<'static, u8, By<X>>;
        "SYPUR S-PU- -YPUR --PUR SY-UR SYP-R" b::InitGuard<'static, u8, Keeps<X>>;
    }
    Lead {
        "SYPUR --P-- --PUR --PUR SYPUR SYP--" b::Lead<'static, X>;
        "SYPUR --P-- SYPUR --PUR SYPUR SYPUR" b::Lead<'static, u8, By<X>>;
        "SYPUR S-PU- -YPUR --PUR SY-UR SYP-R" b::Lead<'static, u8, Keeps<X>>;
    }
    TryLead {
        "SYPUR --P-- --PUR --PUR SYPUR SYP--" b::TryLead<'static, X>;
        "SYPUR --P-- SYPUR --PUR SYPUR SYPUR" b::TryLead<'static, u8, By<X>>;
        "SYPUR S-PU- -YPUR --PUR SY-UR SYP-R" b::TryLead<'static, u8, Keeps<X>>;
    }
    Wait {
        "SY--- ----- ----- ----- SY--- SY---" b::Wait<'static, X>;
        "SY--- ----- SY--- ----- SY--- SY---" b::Wait<'static, u8, By<X>>;
        "SY--- S---- -Y--- ----- SY--- SY---" b::Wait<'static, u8, Keeps<X>>;
    }
    LeadFuture {
        "SY--- ----- ----- ----- SY--- SY---" b::LeadFuture<'static, X>;
        "SY--- ----- SY--- ----- SY--- SY---" b::LeadFuture<'static, u8, By<X>>;
        "SY--- S---- -Y--- ----- SY--- SY---" b::LeadFuture<'static, u8, Keeps<X>>;
    }
    GetOrInit {
        "SY--- ----- ----- ----- SY--- SY---" Init<X, (), fn() -> Ready<X>, X>;
        "SY--- ----- SY--- ----- SY--- SY---" Init<u8, By<X>, fn(), u8>;
        "SY--- S---- -Y--- ----- SY--- SY---" Init<u8, Keeps<X>, fn(), u8>;
        "SY--- S---- -Y--- ----- SY--- SY---" Init<u8, (), X, u8>;
        "SY--- S---- -Y--- ----- SY--- SY---" b::GetOrInit<'static, u8, (), fn() -> X, X>;
    }
    GetOrTryInit {
        "SY--- ----- ----- ----- SY--- SY---" TryInit<X, (), fn() -> Ready<X>, Result<X, u8>>;
        "SY--- ----- SY--- ----- SY--- SY---" TryInit<u8, By<X>, fn(), Result<u8, u8>>;
        "SY--- S---- -Y--- ----- SY--- SY---" TryInit<u8, Keeps<X>, fn(), Result<u8, u8>>;
        "SY--- S---- -Y--- ----- SY--- SY---" TryInit<u8, (), X, Result<u8, u8>>;
        "SY--- S---- -Y--- ----- SY--- SY---" TryInit<u8, (), fn(), Result<u8, X>>;
        "SY--- S---- -Y--- ----- SY--- SY---" b::GetOrTryInit<'static, u8, (), fn() -> X, X>;
    }
    SetError {
        "SYPUR S-PU- -YPUR --PUR SY-UR SYP-R" b::SetError<X>;
    }
    Status {
        "SYPUR" b::Status;
    }
}
