//! A service of the reader's own, made safe to repeat: `cargo run --example idempotent_service`.
//!
//! The token cache knows nothing of clouds. Here it stands in front of a function that books seats, and the rest of this
//! crate is not used. Time is an argument, so that the example passes a day without waiting for one.

use std::num::NonZeroUsize;

use failover_model::Timestamp;
use failover_model::token::{
    Admission, ClientToken, Overflow, TokenCache, TokenCacheConfig, TokenKey, TokenRefusal,
};

/// What is asked. It is compared whole, so it holds what the caller wants and nothing of the single call: no
/// signature, no time, no connection.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Booking {
    show: &'static str,
    seats: u32,
}

/// What was decided. A number that differs from reply to reply, such as an id of the request, does not belong here.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Booked {
    first_seat: u32,
}

#[derive(Debug, PartialEq, Eq)]
enum Failure {
    SoldOut,
    BadToken,
    Token(TokenRefusal),
}

/// The service as it was: every call books.
struct Theatre {
    seats_left: u32,
}

impl Theatre {
    fn book(&mut self, booking: &Booking) -> Result<Booked, Failure> {
        let seats_left = self.seats_left.checked_sub(booking.seats).ok_or(Failure::SoldOut)?;
        let first_seat = 100 - self.seats_left + 1;
        self.seats_left = seats_left;
        Ok(Booked { first_seat })
    }
}

type Tokens = TokenCache<&'static str, &'static str, Booking, Booked>;

/// The service as it is now. The body is all that there is to it: ask, and settle what was granted.
fn book_once(
    theatre: &mut Theatre,
    tokens: &mut Tokens,
    now: Timestamp,
    (customer, token): (&'static str, &str),
    booking: &Booking,
) -> Result<Booked, Failure> {
    let token = ClientToken::parse(token).map_err(|_| Failure::BadToken)?;
    let key = token.map(|token| TokenKey { tenant: customer, scope: "book", token });
    match tokens.begin(now, key.as_ref(), booking) {
        Admission::Bypass => theatre.book(booking),
        Admission::Replay(booked) => Ok(booked.clone()),
        Admission::Refused(refusal) => Err(Failure::Token(refusal)),
        Admission::Execute(permit) => {
            let result = theatre.book(booking);
            // A booking is remembered; a refusal had no effect, so the same token may try again.
            let settled = match &result {
                Ok(booked) => tokens.complete(now, permit, booked.clone()).map(drop),
                Err(_) => tokens.release(now, permit),
            };
            settled.expect("the permit was granted just now");
            result
        }
    }
}

pub fn main() {
    let mut theatre = Theatre { seats_left: 16 };
    let mut tokens = Tokens::new(TokenCacheConfig {
        overflow: Overflow::Refuse,
        ..TokenCacheConfig::bounded(NonZeroUsize::new(1_000).unwrap())
    });
    let evening = Booking { show: "Hamlet, Tuesday", seats: 4 };
    let matinee = Booking { show: "Hamlet, Sunday", seats: 4 };
    let mut told = Vec::new();
    let mut call = |what, hour: u64, caller, booking: &Booking| {
        let now = Timestamp::from_millis(hour * 3_600_000);
        let result = book_once(&mut theatre, &mut tokens, now, caller, booking);
        let line = format!("{hour:>2} h  {what:<33} {result:?}, {} seats left", theatre.seats_left);
        println!("{line}");
        told.push(line);
    };
    let seats = |seats| Booking { seats, ..evening.clone() };
    call("a booking", 0, ("ann", "t-1"), &evening);
    call("its reply was lost: once more", 0, ("ann", "t-1"), &evening);
    call("the same token for another show", 0, ("ann", "t-1"), &matinee);
    call("another customer's equal token", 1, ("bob", "t-1"), &evening);
    call("more seats than there are", 2, ("ann", "t-2"), &seats(40));
    call("fewer, under the token refused", 2, ("ann", "t-2"), &seats(2));
    call("one seat, without a token", 2, ("bob", ""), &seats(1));
    call("and again: another seat", 2, ("bob", ""), &seats(1));
    call("the first, forgotten after a day", 24, ("ann", "t-1"), &evening);

    assert_eq!(
        told,
        [
            " 0 h  a booking                         Ok(Booked { first_seat: 85 }), 12 seats left",
            " 0 h  its reply was lost: once more     Ok(Booked { first_seat: 85 }), 12 seats left",
            " 0 h  the same token for another show   Err(Token(Mismatch)), 12 seats left",
            " 1 h  another customer's equal token    Ok(Booked { first_seat: 89 }), 8 seats left",
            " 2 h  more seats than there are         Err(SoldOut), 8 seats left",
            " 2 h  fewer, under the token refused    Ok(Booked { first_seat: 93 }), 6 seats left",
            " 2 h  one seat, without a token         Ok(Booked { first_seat: 95 }), 5 seats left",
            " 2 h  and again: another seat           Ok(Booked { first_seat: 96 }), 4 seats left",
            "24 h  the first, forgotten after a day  Ok(Booked { first_seat: 97 }), 0 seats left",
        ]
    );
}
