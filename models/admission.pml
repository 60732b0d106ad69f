/*
 * How a player comes in: marks of tokens, presence, kicks, releases, bans.
 *
 * One player goes with his phone to server 0, and with his laptop to server 1. A second token comes to server 0: with
 * STOLEN it is a copy of the laptop's, in the hands of a thief; else it is one of his own. So two servers are asked for
 * one token, one server is asked twice for one player, and the player moves between servers, all in any order. Two token services answer the servers. They keep nothing, so each is a program counter,
 * what it read, and nothing else; it may die at each of its steps. The store executes atomic steps and loses nothing
 * here (reunion.pml has a store that does). Bans and presence have other keys than the commands for a server: what
 * touches both is more than one step, and the other service may come between.
 *
 * What is left out, and why that loses nothing:
 * - Questions, announcements and releases on their way. Whatever was sent once may be executed at any later time,
 *   and again, for ever; that is more than any network does, and needs no state.
 * - Answers that are late. A late answer is what a repeated question finds, since the store keeps the answer.
 * - Times. A heartbeat is over when it is over: after the server's announcement was executed and its answer came.
 *   Nothing expires here; what expires only refuses more.
 * - More players. Every key that an admission touches belongs to one player; what players share, slots, is in
 *   leaving.pml and resume.pml.
 * - connectionIds are numbers that name the server and the token: a server has one for a token (a rule, see
 *   GIVEN_UP_STAYS_SO), and random ones do not collide.
 */

#ifndef STOLEN
#define STOLEN 0
#endif
#ifndef BAN
/* Whether an operator bans the player: then he is the second who changes the store, in place of the second service. */
#define BAN 0
#endif

/* The rules. Each can be taken out, and then one claim fails: see `mutants` in the script `run`. */
#ifndef MARK_IS_ASKED
/* A token is marked only if nobody marked it before. */
#define MARK_IS_ASKED 1
#endif
#ifndef ANSWER_IS_KEPT
/* Who asks again is told what it was told, and not that the token is used. */
#define ANSWER_IS_KEPT 1
#endif
#ifndef CLAIM_COMPARES
/* A presence is claimed only from whom it was read of, since that one has been kicked, and nobody else. */
#define CLAIM_COMPARES 1
#endif
#ifndef KICK_BEFORE_CLAIM
/* The kick is queued before the presence changes: a service that dies between has only kicked too early. */
#define KICK_BEFORE_CLAIM 1
#endif
#ifndef KICK_UNTIL_ACKNOWLEDGED
/* A command stays in the queue until the server has acknowledged it. */
#define KICK_UNTIL_ACKNOWLEDGED 1
#endif
#ifndef KICK_ENDS_QUESTIONS
/* A kick ends also the question for the connection that it names: its answer is late, and seats nobody. */
#define KICK_ENDS_QUESTIONS 1
#endif
#ifndef KICK_ENDS_OLDER
/* It ends what is older of that player at that server too: the presence went from there to the one that it names. */
#define KICK_ENDS_OLDER 1
#endif
#ifndef KICK_SPARES_NEWER
/* And it ends nothing that is newer than what it names. */
#define KICK_SPARES_NEWER 1
#endif
#ifndef GIVEN_UP_STAYS_SO
/* A server that gave up on a token, or released it, never seats it, whatever a repeated question is told. */
#define GIVEN_UP_STAYS_SO 1
#endif
#ifndef NEWER_QUESTION_WINS
/* Of two questions of one start for one player, the newer one gets the presence, in whatever order they arrive. */
#define NEWER_QUESTION_WINS 1
#endif
#ifndef RELEASE_NAMES
/* A release frees the presence of the connection that it names, and no other. */
#define RELEASE_NAMES 1
#endif
#ifndef RELEASE_HANDS_BACK
/* A release says which connection of that player the server still has: that one gets the presence back. */
#define RELEASE_HANDS_BACK 1
#endif
#ifndef BAN_IN_THE_STEP
/* The step that marks and claims asks for bans too. */
#define BAN_IN_THE_STEP 1
#endif
#ifndef BAN_KICKS
/* A ban kicks who is present. */
#define BAN_KICKS 1
#endif

/*
 * Connections: 0 is the phone's at server 0, 1 the second one there, 2 the laptop's at server 1. Nothing ever happens
 * to 3, which stands beside 2.
 */
#define CONNECTIONS 4
#define NOBODY 4
#define REFUSED 5
#define SERVER(c) ((c) >> 1)
#if STOLEN
#define TOKEN(c) ((c) != 0)
#else
#define TOKEN(c) (c)
#endif
#define BESIDE(c) ((c) ^ 1)

/* What a server makes of a connection. */
#define IDLE 0
#define ASKING 1
#define SEATED 2
#define LEAVING 3 /* the release is repeated */
#define OVER 4

byte conn[CONNECTIONS];
/* Which of its two connections server 0 asked for last. */
bit newest;

/* The store. */
byte mark[3] = NOBODY;
byte presence = NOBODY;
bit banned;
bit kick[CONNECTIONS];

/* The answer to the latest announcement is on its way, with these commands, a bit for each connection. */
bit isAnswered[2];
byte commands[2];

/* What the claims look at. */
#define NOTHING 0
#define ADMITTED 1
#define DENIED 2
byte told[CONNECTIONS];
bit toldOtherwise;
bit freedNewer;
bit kickedNewer;
bit banStands;
byte beatOfTwo[2];
byte beatOfBan[2];

#define isAt(s) (conn[2 * (s)] == SEATED || conn[2 * (s) + 1] == SEATED)
#define isTwice (!BAN && isAt(0) && isAt(1))

inline watch() {
    if
    :: !isTwice -> beatOfTwo[0] = 0; beatOfTwo[1] = 0
    :: else
    fi
}

inline note(c, verdict) {
    toldOtherwise = toldOtherwise || (told[c] != NOTHING && told[c] != verdict);
    told[c] = verdict
}

inline deny(c) {
    note(c, DENIED);
    if
    :: true /* the answer is lost */
    :: conn[c] == ASKING -> conn[c] = OVER
    fi
}

inline admit(c) {
    note(c, ADMITTED);
    if
    :: true /* the answer is lost */
    :: conn[c] == ASKING || (!GIVEN_UP_STAYS_SO && conn[c] >= LEAVING) ->
        conn[c] = SEATED;
        beatOfTwo[0] = 0;
        beatOfTwo[1] = 0;
        if
        :: conn[BESIDE(c)] == SEATED -> conn[BESIDE(c)] = LEAVING
        :: else
        fi
    fi
}

#define isMarkOf(c) (mark[TOKEN(c)] == (c) && ANSWER_IS_KEPT)
#define isUsed(c) (MARK_IS_ASKED && mark[TOKEN(c)] != NOBODY)
#define isOvertaken(c) (NEWER_QUESTION_WINS && presence == BESIDE(c) && newest != (c))
#define isElsewhere(seen, c) (seen != NOBODY && SERVER(seen) != SERVER(c))

/*
 * Any question that was ever asked, so also one that is late, and one that is repeated; but for those whose answer is
 * kept and which nobody waits for, since nothing happens then.
 */
#define isQuestion(c) (conn[c] == ASKING || (conn[c] != IDLE && !(isSettled && mark[TOKEN(c)] != NOBODY)))
#define isSettled (GIVEN_UP_STAYS_SO && ANSWER_IS_KEPT && MARK_IS_ASKED)

/* How many services are busy: the second begins only beside the first, since they are alike. */
byte busy;

proctype Service(bit id) {
    byte c = NOBODY;
    byte seen = NOBODY;

idle:
    atomic {
        busy >= id;
        busy++;
        if
        :: isQuestion(0) -> c = 0
        :: isQuestion(1) -> c = 1
        :: isQuestion(2) -> c = 2
        fi;
        if
        :: isMarkOf(c) -> admit(c); goto done
        :: else
        fi;
        seen = presence;
        if
        :: isUsed(c) || banned || isOvertaken(c) || !isElsewhere(seen, c) -> goto claim
        :: else
        fi
    };
#if KICK_BEFORE_CLAIM
    atomic {
        if
        :: kick[seen] = 1
        :: goto done /* dies */
        fi
    };
#endif
claim:
    atomic {
        if
        :: goto done /* dies */
        :: true
        fi;
        if
        :: isMarkOf(c) -> admit(c); goto done
        :: else
        fi;
        if
        :: isUsed(c) -> deny(c); goto done
        :: else
        fi;
        if
        :: (banned && BAN_IN_THE_STEP) || isOvertaken(c) -> mark[TOKEN(c)] = REFUSED; deny(c); goto done
        :: else
        fi;
        if
        :: CLAIM_COMPARES && presence != seen -> goto done /* and begins anew, as with a repeated question */
        :: else
        fi;
        mark[TOKEN(c)] = c;
        presence = c;
#if !KICK_BEFORE_CLAIM
        if
        :: isElsewhere(seen, c)
        :: else -> admit(c); goto done
        fi
    };
    atomic {
        if
        :: kick[seen] = 1
        :: goto done /* dies */
        fi;
#endif
        admit(c)
    };
done:
    atomic { c = NOBODY; seen = NOBODY; busy--; watch(); goto idle }
}

/* The player comes and goes, at each server with each token. */
inline come(c) {
    conn[c] == IDLE ->
    if
    :: SERVER(c) == 0 -> newest = c
    :: else
    fi;
    if
    :: conn[BESIDE(c)] == ASKING && NEWER_QUESTION_WINS -> conn[BESIDE(c)] = LEAVING
    :: else
    fi;
    conn[c] = ASKING
}

inline release(c) {
    conn[c] == LEAVING ->
    if
    :: presence == c ->
        if
        :: conn[BESIDE(c)] == SEATED && RELEASE_HANDS_BACK -> presence = BESIDE(c)
        :: else -> presence = NOBODY
        fi
#if !RELEASE_NAMES
    :: presence != c && presence != NOBODY -> presence = NOBODY; freedNewer = 1
#endif
    :: else
    fi;
    if
    :: true /* the answer is lost, and it is repeated */
    :: conn[c] = OVER
    fi
}

/* Leaves, or the server gives up on the answer: refused, with retry-after. */
inline leave(c) {
    conn[c] == ASKING || conn[c] == SEATED -> conn[c] = LEAVING; watch()
}

proctype Servers() {
    byte c;
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
        :: else
        fi;
        c = 0
    }
    od
}

inline obey(c) {
    if
    :: (commands[SERVER(c)] >> (c & 1)) & 1 ->
        if
        :: conn[c] == SEATED || (conn[c] == ASKING && KICK_ENDS_QUESTIONS) -> conn[c] = LEAVING
        :: else
        fi;
        if
        :: conn[BESIDE(c)] == SEATED && newest == c && KICK_ENDS_OLDER -> conn[BESIDE(c)] = LEAVING
#if !KICK_SPARES_NEWER
        :: conn[BESIDE(c)] == SEATED && newest != c -> conn[BESIDE(c)] = LEAVING; kickedNewer = 1
#endif
        :: else
        fi;
        if
        :: kick[c] = 0 /* acknowledged by the next announcement */
        :: true /* which comes after the same command was fetched again */
        fi
    :: else
    fi
}

#define isKicked(s) (kick[2 * s] || kick[2 * s + 1])

proctype Heartbeats(byte s) {
    do
    :: atomic {
        /* An answer that says nothing, and that no claim waits for, is left out. */
        !isAnswered[s] && (isKicked(s) || (isTwice && beatOfTwo[s] == 0) || (banStands && beatOfBan[s] == 0)) ->
        commands[s] = kick[2 * s] + 2 * kick[2 * s + 1];
#if !KICK_UNTIL_ACKNOWLEDGED
        kick[2 * s] = 0;
        kick[2 * s + 1] = 0;
#endif
        isAnswered[s] = 1;
        if
        :: isTwice && beatOfTwo[s] == 0 -> beatOfTwo[s] = 1
        :: else
        fi;
        if
        :: banStands && beatOfBan[s] == 0 -> beatOfBan[s] = 1
        :: else
        fi
    }
    :: atomic {
        isAnswered[s] ->
        if
        :: obey(2 * s);
            obey(2 * s + 1);
            if
            :: beatOfTwo[s] == 1 -> beatOfTwo[s] = 2
            :: else
            fi;
            if
            :: beatOfBan[s] == 1 -> beatOfBan[s] = 2
            :: else
            fi;
            watch()
        :: true -> /* the answer is lost */
            if
            :: beatOfTwo[s] == 1 -> beatOfTwo[s] = 0
            :: else
            fi;
            if
            :: beatOfBan[s] == 1 -> beatOfBan[s] = 0
            :: else
            fi
        fi;
        commands[s] = 0;
        isAnswered[s] = 0
    }
    od
}

/* Bans the player. It is done when the operator is told so; a service that dies between is asked again. */
proctype Operator() {
    byte seen = NOBODY;
    atomic { banned = 1; seen = presence };
    atomic {
        if
        :: seen != NOBODY && BAN_KICKS -> kick[seen] = 1
        :: else
        fi;
        seen = NOBODY;
        banStands = 1
    }
}

init {
    atomic {
        run Servers();
        run Heartbeats(0);
        run Heartbeats(1);
        run Service(0);
#if BAN
        run Operator()
#else
        run Service(1)
#endif
    }
}

#define usedTwice (STOLEN && told[1] == ADMITTED && told[2] == ADMITTED)
#define stillTwice (isTwice && beatOfTwo[0] == 2 && beatOfTwo[1] == 2)
#define banIgnored (banStands && ((isAt(0) && beatOfBan[0] == 2) || (isAt(1) && beatOfBan[1] == 2)))

ltl tokenOnce { [] !usedTwice }
ltl sameAnswer { [] !toldOtherwise }
ltl presentOnce { [] !stillTwice }
ltl banActs { [] !banIgnored }
ltl releaseFreesItsOwn { [] !freedNewer }
ltl kickSparesNewer { [] !kickedNewer }

/* All at once, but for one that a mutant is to break. */
#ifdef BUT_tokenOnce
#define tokenOnceFails 0
#else
#define tokenOnceFails usedTwice
#endif
#ifdef BUT_sameAnswer
#define sameAnswerFails 0
#else
#define sameAnswerFails toldOtherwise
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
#ifdef BUT_releaseFreesItsOwn
#define releaseFreesItsOwnFails 0
#else
#define releaseFreesItsOwnFails freedNewer
#endif
#ifdef BUT_kickSparesNewer
#define kickSparesNewerFails 0
#else
#define kickSparesNewerFails kickedNewer
#endif
#define anyFails (tokenOnceFails || sameAnswerFails || presentOnceFails || banActsFails || releaseFreesItsOwnFails || kickSparesNewerFails)
ltl everyClaim { [] !anyFails }
