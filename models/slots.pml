/*
 * Slots: two services reserve what one server announced as free. The server may announce fewer than are reserved, since
 * players come whom no service sent (over Steam, or in its own process).
 *
 * What is left out, and why that loses nothing: which player has which reservation, and how it ends (he came, or his
 * token is too old); other servers, since a reservation takes from one.
 */

#ifndef RESERVED_IN_ONE_STEP
/* Whether a slot is free is asked in the step that takes it. */
#define RESERVED_IN_ONE_STEP 1
#endif
#ifndef FLOOR_AT_ZERO
/* A server may announce fewer free slots than are reserved there: then none is free, and not less than none. */
#define FLOOR_AT_ZERO 1
#endif

/* What the server announced as free, and how many of that are reserved. */
#define RESERVED_MAX 3
short announced;
short reserved;
bit promisedTwice;

#define offered (announced - taken)
#define taken ((FLOOR_AT_ZERO && reserved > announced) * announced + !(FLOOR_AT_ZERO && reserved > announced) * reserved)
#define isNegative (offered < 0)

inline take() {
    promisedTwice = promisedTwice || offered <= 0;
    reserved++
}

active [2] proctype Minting() {
    do
    :: atomic {
        reserved < RESERVED_MAX && offered > 0 ->
#if RESERVED_IN_ONE_STEP
        take()
    }
#else
        skip
    };
        atomic { take() }
#endif
    :: atomic { reserved > 0 -> reserved-- } /* the player has come, or his token is too old */
    :: announced = 0 /* also while slots are reserved: players came that no service sent */
    :: announced = 1
    :: announced = 2
    od
}

ltl slotsNotNegative { [] !isNegative }
ltl slotPromisedOnce { [] !promisedTwice }

/* All at once, but for one that a mutant is to break. */
#ifdef BUT_slotsNotNegative
#define slotsNotNegativeFails 0
#else
#define slotsNotNegativeFails isNegative
#endif
#ifdef BUT_slotPromisedOnce
#define slotPromisedOnceFails 0
#else
#define slotPromisedOnceFails promisedTwice
#endif
#define anyFails (slotsNotNegativeFails || slotPromisedOnceFails)
ltl everyClaim { [] !anyFails }
