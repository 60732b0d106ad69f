/*
 * How a server leaves: announcements, starts, drains.
 *
 * One server id. Its process may be killed and start anew, and each start may drain, by its own decision or by a
 * command of the operator. What a start announces may be executed by either token service at any later time, in any
 * order, and again; and the store forgets the server when it is silent, and when it says that it leaves.
 *
 * What is left out, and why that loses nothing:
 * - Other servers: nothing of one server's record is read for another.
 * - Services: an announcement is one step of the store, so whoever executes it is the same.
 * - More announcements of a start than four, and more starts than two: the rules compare two announcements, or a start
 *   with the one before it.
 * - Random parts of startId: two starts have two numbers.
 */

/* The rules. Each can be taken out, and then one claim fails: see `mutants` in the script `run`. */
#ifndef COUNTER_IS_ASKED
/* An announcement that is older than the one that was executed last, by its counter, changes nothing. */
#define COUNTER_IS_ASKED 1
#endif
#ifndef STARTS_HAVE_AN_ORDER
/* A start has a higher number than the one before it: what the former says late is not a new start. */
#define STARTS_HAVE_AN_ORDER 1
#endif
#ifndef COUNTER_OUTLIVES_RECORD
/* Which start announced what last is remembered when the server leaves or falls silent. */
#define COUNTER_OUTLIVES_RECORD 1
#endif
#ifndef COMMAND_STANDS
/* An operator's drain counts until the server says itself that it drains, and not until its next announcement. */
#define COMMAND_STANDS 1
#endif
#define LAST 3
#define SAID(start, counter) said[(start) * 4 + (counter)]

/* The server: its start, what each start announced, and whether it drains. An announcement that was sent is 1 or 2. */
#define UNSENT 0
#define OPEN 1
#define DRAINING 2
byte said[8];
bit start;
byte counter;
bit drains;

/* The store. */
#define NONE 2
byte knownStart = NONE;
byte knownCounter;
bit isKnown;
bit isDraining;
bit isCommanded;

/* What the claim looks at: this start drains, and the store was told so. */
bit drainStands;

#define isOffered (isKnown && !isDraining && !isCommanded)

inline follow(s, c) {
    knownStart = s;
    knownCounter = c;
    isKnown = 1;
    isCommanded = isCommanded && COMMAND_STANDS && SAID(s, c) != DRAINING;
    isDraining = SAID(s, c) == DRAINING;
    drainStands = drainStands || (isDraining && s == start)
}

inline execute(s, c) {
    if
    :: SAID(s, c) == UNSENT
    :: SAID(s, c) != UNSENT && knownStart == s && (c > knownCounter || !COUNTER_IS_ASKED) -> follow(s, c)
    :: SAID(s, c) != UNSENT && knownStart != s &&
        (knownStart == NONE || s > knownStart || !STARTS_HAVE_AN_ORDER) ->
        isCommanded = 0; /* that was for the former start */
        follow(s, c)
    :: else
    fi
}

active proctype Server() {
    do
    :: atomic {
        counter <= LAST ->
        if
        :: drains -> SAID(start, counter) = DRAINING
        :: else -> SAID(start, counter) = OPEN
        fi;
        counter++
    }
    :: atomic { !drains && counter > 0 -> drains = 1 }
    :: atomic {
        start == 0 && counter > 0 -> /* killed, and started anew */
        start = 1;
        counter = 0;
        drains = 0;
        drainStands = 0
    }
    od
}

active proctype Services() {
    bit s;
    byte c;
    do
    :: atomic {
        if
        :: s = 0
        :: s = 1
        fi;
        if
        :: c = 0
        :: c = 1
        :: c = 2
        :: c = 3
        fi;
        execute(s, c);
        s = 0;
        c = 0
    }
    :: atomic {
        isKnown -> /* it left, or was silent */
        isKnown = 0;
        isDraining = 0;
#if !COUNTER_OUTLIVES_RECORD
        knownStart = NONE;
        knownCounter = 0;
#endif
        isCommanded = isCommanded && COUNTER_OUTLIVES_RECORD
    }
    :: atomic {
        isKnown && !isCommanded && !isDraining && knownStart == start -> /* the operator drains it */
        isCommanded = 1;
        drainStands = 1
    }
    :: atomic { isCommanded && !drains && knownStart == start -> drains = 1 } /* the server hears of it */
    od
}

ltl drainStays { [] !(drainStands && isOffered) }

/* All at once, but for one that a mutant is to break. */
#ifdef BUT_drainStays
#define drainStaysFails 0
#else
#define drainStaysFails (drainStands && isOffered)
#endif
#define anyFails (drainStaysFails)
ltl everyClaim { [] !anyFails }
