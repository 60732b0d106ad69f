/*
 * What heals: a server that was cut off or silent and comes back, one that is killed and starts anew, a store that
 * loses the last write that it acknowledged, and servers that admit while nobody answers.
 *
 * One player, two servers. Connection 0 is at the first start of server 0, connection 2 at its second start, connection
 * 1 at server 1. Connections 0 and 2 have one token; with STOLEN connection 1 has it too, else one of its own.
 * Announcements list the connections of a server. With UNREACHABLE a server seats whom it could not ask about; else it
 * refuses. With FAILOVER the store loses its last write, once.
 *
 * What is left out, and why that loses nothing:
 * - Being cut off is that nothing is executed, and silence is that the store forgets a presence at any time but right
 *   after an announcement: more than what happens after real time-outs.
 * - Messages that are lost, late and repeated, as in admission.pml. Of two announcements of one start the older one
 *   changes nothing once the newer one was executed (leaving.pml), so one is on its way at a time.
 * - The steps of a service between bans, presence and commands, and two connections of one player at one start: they
 *   are in admission.pml.
 */
#ifndef STOLEN
#define STOLEN 0
#endif
#ifndef UNREACHABLE
#define UNREACHABLE 0
#endif
#ifndef RESTART
#define RESTART 0
#endif
#ifndef BAN
#define BAN 0
#endif
#ifndef FAILOVER
#define FAILOVER 0
#endif

/* The rules. Each can be taken out, and then one claim fails: see `mutants` in the script `run`. */
#ifndef ALL_ARE_LISTED
/* Every announcement lists the connections that the server has, and that it asks for; not only one after a cut. */
#define ALL_ARE_LISTED 1
#endif
#ifndef LIST_ASKS_FOR_BAN
/* Who is listed is looked up among the bans. */
#define LIST_ASKS_FOR_BAN 1
#endif
#ifndef STARTS_HAVE_AN_ORDER
/* A former start of a server gets nothing, once the next one is known. */
#define STARTS_HAVE_AN_ORDER 1
#endif
#ifndef MARK_OUTLIVES_TOKEN
/* A mark is kept until its token has expired. */
#define MARK_OUTLIVES_TOKEN 1
#endif
#ifndef EXPIRY_IS_ASKED
/* A token that has expired, by the store's time, is not admitted. */
#define EXPIRY_IS_ASKED 1
#endif

#define NOBODY 3
#define REFUSED 4
#define TOKEN(c) ((c) == 1 && !STOLEN)

#define IDLE 0
#define ASKING 1
#define SEATED 2
#define LEAVING 3
#define OVER 4
byte conn[3];
bit restarted;

/* An announcement: on its way, with or without this start's connection; or its answer. */
#define NONE 0
#define EMPTY 1
#define LISTED 2
#define GO_ON 3
#define END 4
#define ASKED 5 /* on its way, with the question for it: looked up among the bans, and for nothing else */
byte heartbeat[3];

/* The store. */
byte mark[2] = NOBODY;
byte presence = NOBODY;
bit kick[3];
bit banned;
bit secondStartKnown;
bit expired;
#if FAILOVER
/* As it was before the last write. */
byte formerMark[2] = NOBODY;
byte formerPresence = NOBODY;
bit failedOver;
#endif

/* What the claims look at. */
byte admissions[2];
bit told[3];
bit tooLate;
bit deadStartTook;
byte beatOfTwo[3];
byte beatOfBan[3];

#define isAtFirst (conn[0] == SEATED || conn[2] == SEATED)
#define isTwice (isAtFirst && conn[1] == SEATED)
#define isListed(c) (conn[c] == SEATED || conn[c] == ASKING)
#define isAlive(c) ((c) == 1 || (c == 0 && !restarted) || (c == 2 && restarted))
#define isDead(c) ((c) == 0 && secondStartKnown)

inline write() {
#if FAILOVER
    formerMark[0] = mark[0];
    formerMark[1] = mark[1];
    formerPresence = presence
#else
    skip
#endif
}

inline seat(c) {
    conn[c] = SEATED;
    beatOfTwo[0] = 0;
    beatOfTwo[1] = 0;
    beatOfTwo[2] = 0;
    beatOfBan[c] = 0
}

inline come(c) {
    conn[c] == IDLE && isAlive(c) -> conn[c] = ASKING
}

inline leave(c) {
    (conn[c] == ASKING || conn[c] == SEATED) && isAlive(c) -> conn[c] = LEAVING
}

inline release(c) {
    conn[c] == LEAVING && isAlive(c) ->
    if
    :: presence == c -> write(); presence = NOBODY
    :: else
    fi;
    if
    :: true /* the answer is lost */
    :: conn[c] = OVER
    fi
}

/* Any question that was ever asked, also one of a start that was killed. */
inline admit(c) {
    conn[c] != IDLE ->
    verdict = 0;
    if
    :: isDead(c) && STARTS_HAVE_AN_ORDER
    :: !(isDead(c) && STARTS_HAVE_AN_ORDER) && mark[TOKEN(c)] == c -> verdict = 1
    :: !(isDead(c) && STARTS_HAVE_AN_ORDER) && mark[TOKEN(c)] != c ->
        if
        :: mark[TOKEN(c)] != NOBODY || (expired && EXPIRY_IS_ASKED)
        :: else ->
            write();
            if
            :: banned -> mark[TOKEN(c)] = REFUSED
            :: else ->
                if
                :: presence != NOBODY && presence != c -> kick[presence] = 1
                :: else
                fi;
                mark[TOKEN(c)] = c;
                presence = c;
                /* With its mark lost, a late copy of a question moves the presence once more: a heartbeat from there. */
                beatOfTwo[0] = 0;
                beatOfTwo[1] = 0;
                beatOfTwo[2] = 0;
                verdict = 1;
                deadStartTook = deadStartTook || isDead(c);
                tooLate = tooLate || expired
            fi
        fi
    fi;
    if
    :: verdict && !told[c] -> told[c] = 1; admissions[TOKEN(c)]++
    :: else
    fi;
    if
    :: true /* the answer is lost */
    :: conn[c] == ASKING && isAlive(c) ->
        if
        :: verdict -> seat(c)
        :: else -> conn[c] = OVER
        fi
    fi;
    verdict = 0
}

inline announce(c) {
    /* One that lists nobody matters only as the first of a start. */
    heartbeat[c] == NONE && isAlive(c) && (isListed(c) || (c == 2 && !secondStartKnown)) ->
    if
    :: ALL_ARE_LISTED && conn[c] == SEATED -> heartbeat[c] = LISTED
    :: ALL_ARE_LISTED && conn[c] == ASKING -> heartbeat[c] = ASKED
    :: else -> heartbeat[c] = EMPTY
    fi;
    if
    :: isTwice && beatOfTwo[c] == 0 -> beatOfTwo[c] = 1
    :: else
    fi;
    if
    :: banned && beatOfBan[c] == 0 -> beatOfBan[c] = 1
    :: else
    fi
}

inline execute(c) {
    (heartbeat[c] == EMPTY || heartbeat[c] == LISTED || heartbeat[c] == ASKED) && !(isDead(c) && STARTS_HAVE_AN_ORDER) ->
    if
    :: c == 2 && !secondStartKnown ->
        secondStartKnown = 1;
        if
        :: presence == 0 -> write(); presence = NOBODY
        :: else
        fi
    :: else
    fi;
    if
    :: heartbeat[c] != EMPTY && banned && LIST_ASKS_FOR_BAN -> heartbeat[c] = END
    :: heartbeat[c] == LISTED && !(banned && LIST_ASKS_FOR_BAN) ->
        heartbeat[c] = GO_ON;
        if
        :: presence == NOBODY ->
            if
            :: mark[TOKEN(c)] == c || mark[TOKEN(c)] == NOBODY ->
                write();
                mark[TOKEN(c)] = c;
                presence = c;
                deadStartTook = deadStartTook || isDead(c)
            :: else -> heartbeat[c] = END
            fi
        :: presence != NOBODY && presence != c -> heartbeat[c] = END
        :: else
        fi
    :: else -> heartbeat[c] = GO_ON
    fi;
    if
    :: kick[c] -> heartbeat[c] = END
    :: else
    fi
}

inline obey(c) {
    (heartbeat[c] == GO_ON || heartbeat[c] == END) && isAlive(c) ->
    if
    :: true ->
        if
        :: heartbeat[c] == END ->
            kick[c] = 0;
            if
            :: conn[c] == SEATED || conn[c] == ASKING -> conn[c] = LEAVING
            :: else
            fi
        :: else
        fi;
        beatOfTwo[c] = (beatOfTwo[c] > 0 -> 2 : 0);
        beatOfBan[c] = (beatOfBan[c] > 0 -> 2 : 0)
    :: true -> /* the answer is lost */
        beatOfTwo[c] = (beatOfTwo[c] == 2 -> 2 : 0);
        beatOfBan[c] = (beatOfBan[c] == 2 -> 2 : 0)
    fi;
    heartbeat[c] = NONE
}

/* A presence ends after several heartbeats without word, so not right after one that a claim counts. */
inline silence(c) {
    presence == c && beatOfTwo[c] == 0 -> write(); presence = NOBODY
}

inline tidy() {
    if
    :: !isTwice -> beatOfTwo[0] = 0; beatOfTwo[1] = 0; beatOfTwo[2] = 0
    :: else
    fi
}

active proctype Fleet() {
    byte c;
    bit verdict;
    do
    :: atomic {
        if
        :: c = 0
        :: c = 1
        :: c = 2
        fi;
        if
        :: come(c)
        :: leave(c)
        :: release(c)
        :: admit(c)
        :: announce(c)
        :: execute(c)
        :: obey(c)
        :: silence(c)
#if UNREACHABLE
        :: conn[c] == ASKING && isAlive(c) -> seat(c)
#endif
        :: else
        fi;
        c = 0;
        tidy()
    }
#if RESTART
    :: atomic {
        !restarted ->
        restarted = 1;
        conn[0] = (conn[0] == IDLE -> IDLE : OVER);
        beatOfBan[0] = 0;
        tidy()
    }
#endif
#if BAN
    :: atomic {
        !banned ->
        banned = 1;
        if
        :: presence != NOBODY -> kick[presence] = 1
        :: else
        fi
    }
#endif
#if STOLEN
    :: atomic { !expired -> expired = 1 }
    :: atomic { (expired || !MARK_OUTLIVES_TOKEN) && mark[0] != NOBODY -> mark[0] = NOBODY }
#endif
#if FAILOVER
    :: atomic {
        !failedOver ->
        failedOver = 1;
        /* The heartbeat that heals is one after it. */
        beatOfTwo[0] = 0;
        beatOfTwo[1] = 0;
        beatOfTwo[2] = 0;
        if
        :: mark[0] = formerMark[0];
            mark[1] = formerMark[1];
            presence = formerPresence
        :: kick[0] = 0
        :: kick[1] = 0
        :: kick[2] = 0
        fi
    }
#endif
    od
}

#define stillTwice (isTwice && beatOfTwo[1] == 2 && (beatOfTwo[0] == 2 || beatOfTwo[2] == 2))
#define banIgnored \
    ((conn[0] == SEATED && beatOfBan[0] == 2) || (conn[1] == SEATED && beatOfBan[1] == 2) || \
    (conn[2] == SEATED && beatOfBan[2] == 2))
#define usedTooOften (admissions[0] > 1 + FAILOVER)

ltl tokenOnce { [] !usedTooOften }
ltl notAfterExpiry { [] !tooLate }
ltl presentOnce { [] !stillTwice }
ltl banActs { [] !banIgnored }
ltl deadStartTakesNothing { [] !deadStartTook }

/* All at once, but for one that a mutant is to break. */
#ifdef BUT_tokenOnce
#define tokenOnceFails 0
#else
#define tokenOnceFails usedTooOften
#endif
#ifdef BUT_notAfterExpiry
#define notAfterExpiryFails 0
#else
#define notAfterExpiryFails tooLate
#endif
#ifdef BUT_presentOnce
#define presentOnceFails 0
#else
#define presentOnceFails stillTwice
#endif
#ifdef BUT_banActs
#define banActsFails 0
#else
#define banActsFails banIgnored
#endif
#ifdef BUT_deadStartTakesNothing
#define deadStartTakesNothingFails 0
#else
#define deadStartTakesNothingFails deadStartTook
#endif
#define anyFails (tokenOnceFails || notAfterExpiryFails || presentOnceFails || banActsFails || deadStartTakesNothingFails)
ltl everyClaim { [] !anyFails }
