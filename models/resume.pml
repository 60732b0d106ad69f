/*
 * A lost connection goes on: one server, its slots, and what the token services say of who comes back.
 *
 * A player has a phone and a laptop. The phone comes with token 0; it loses its connection and comes back with token 1,
 * which resumes token 0. Token 2 is the laptop's. Another player comes with token 3; he is hostile and has token 4,
 * which is his own, but names token 0 as the one that it resumes. The server has two slots, asks the service before it
 * seats anyone, and the answer may come at any later time.
 *
 * What is left out, and why that loses nothing:
 * - The handshake: a token is presented once (what a repeated one does is in admission.pml).
 * - Refusals by the service: nobody is seated then, as with an answer that never comes.
 * - The store: what it needs to know is whether the player is present at this start, and so under which token.
 * - Who the player is elsewhere: a kick for any connection that had the presence may arrive at any later time.
 */

/* The rules. Each can be taken out, and then one claim fails: see `mutants` in the script `run`. */
#ifndef RESUME_ASKS_FOR_PLAYER
/* Only the player whose connection it was resumes it. */
#define RESUME_ASKS_FOR_PLAYER 1
#endif
#ifndef RESUME_LOOKS_WHEN_SEATED
/* The slot is looked for when the answer has come, and not kept from when the question was asked. */
#define RESUME_LOOKS_WHEN_SEATED 1
#endif
#ifndef RESUME_DISPLACES_NOBODY
/* When the player has meanwhile another connection here, a resume of the former one is denied. */
#define RESUME_DISPLACES_NOBODY 1
#endif
#ifndef RESUME_HAS_ITS_OWN_NAME
/* A connection that goes on has the new token's connectionId: a command for the former one does not mean it. */
#define RESUME_HAS_ITS_OWN_NAME 1
#endif
#ifndef NO_KICK_FOR_OWN_START
/* An admission kicks only who is present at another start: at its own one the server sees to that. */
#define NO_KICK_FOR_OWN_START 1
#endif

#ifndef KICK_NAMES
/* A command ends the connection that it names, and no other of that player. */
#define KICK_NAMES 1
#endif

#define TOKENS 5
#define NOBODY 5
#define PLAYER(t) ((t) >= 3)
#define isResume(t) ((t) == 1 || (t) == 4)
#define RESUMED 0 /* the token that they resume */

#define UNSEEN 0
#define ASKING 1
#define ANSWERED 2 /* admitted by the service; the answer is on its way */
#define DONE 3
byte token[TOKENS];

/* The slots: whose connection, and by which tag a resume finds it; that is its connectionId too. */
#define FREE 0
#define CONNECTED 1
#define SUSPENDED 2
byte slot[2];
bit player[2];
byte tag[2] = NOBODY;
byte name[2] = NOBODY;
#if !RESUME_LOOKS_WHEN_SEATED
/* The slot that was found when the question was asked. */
#define NO_SLOT 2
byte slotSeen[TOKENS] = NO_SLOT;
#endif

/* The store: who is present here. */
byte presence[2] = NOBODY;
/* What was queued for this server: it may arrive at any time after that, and again. */
bit kick[TOKENS];
bit kickedHere[TOKENS];
/* The server itself ended the connection of token 0: it is not resumed, for a while. */
bit endedHere;

/* What the claims look at. */
bit wentToAnother;
bit wasDisplaced;
bit kickedNewer;
bit kickedItself;

#define isFormer(s, t) (slot[s] != FREE && tag[s] == RESUMED && (player[s] == PLAYER(t) || !RESUME_ASKS_FOR_PLAYER))
#define isHere(s, t) (slot[s] != FREE && player[s] == PLAYER(t))

inline ask(t) {
    token[t] == UNSEEN ->
#if !RESUME_LOOKS_WHEN_SEATED
    if
    :: isResume(t) && isFormer(0, t) -> slotSeen[t] = 0
    :: isResume(t) && isFormer(1, t) -> slotSeen[t] = 1
    :: else
    fi;
#endif
    token[t] = ASKING
}

inline admit(t) {
    token[t] == ASKING ->
#if !NO_KICK_FOR_OWN_START
    if
    :: presence[PLAYER(t)] != NOBODY -> kick[presence[PLAYER(t)]] = 1; kickedHere[presence[PLAYER(t)]] = 1
    :: else
    fi;
#endif
    presence[PLAYER(t)] = t;
    token[t] = ANSWERED
}

inline seat(s, t) {
    slot[s] = CONNECTED;
    player[s] = PLAYER(t);
    tag[s] = t;
    name[s] = t
}

inline resume(s, t) {
    wentToAnother = wentToAnother || player[s] != PLAYER(t);
    wasDisplaced = wasDisplaced || (player[s] == PLAYER(t) && tag[s] != RESUMED);
    slot[s] = CONNECTED;
    tag[s] = t
#if RESUME_HAS_ITS_OWN_NAME
    ;
    name[s] = t
#endif
}

inline answer(t) {
    token[t] == ANSWERED ->
    token[t] = DONE;
    if
#if RESUME_LOOKS_WHEN_SEATED
    :: isResume(t) && isFormer(0, t) -> resume(0, t)
    :: isResume(t) && isFormer(1, t) -> resume(1, t)
#else
    :: slotSeen[t] != NO_SLOT -> resume(slotSeen[t], t)
#endif
    :: else ->
        if
        :: isResume(t) && RESUME_DISPLACES_NOBODY && (isHere(0, t) || isHere(1, t)) /* denied: replaced */
        :: isResume(t) && PLAYER(t) == PLAYER(RESUMED) && endedHere /* denied, with the reason */
        :: else ->
            wasDisplaced = wasDisplaced || (isResume(t) && (isHere(0, t) || isHere(1, t)));
            if
            :: isHere(0, t) -> seat(0, t)
            :: isHere(1, t) -> seat(1, t)
            :: else ->
                if
                :: slot[0] == FREE -> seat(0, t)
                :: slot[0] != FREE && slot[1] == FREE -> seat(1, t)
                :: else /* denied: full */
                fi
            fi
        fi
    fi
}

inline free(s) {
    slot[s] = FREE;
    player[s] = 0;
    tag[s] = NOBODY;
    name[s] = NOBODY
}

inline lose(s) {
    slot[s] == CONNECTED -> slot[s] = SUSPENDED
}

/* The time for which it is kept is over, or the player left properly. */
inline end(s) {
    slot[s] != FREE ->
    if
    :: presence[player[s]] == name[s] -> presence[player[s]] = NOBODY
    :: else
    fi;
    free(s)
}

/* The player was admitted at another server, or banned: who is present here is kicked. */
inline moveAway(p) {
    presence[p] != NOBODY -> kick[presence[p]] = 1; presence[p] = NOBODY
}

inline kicked(s, t) {
    kickedNewer = kickedNewer || tag[s] != t;
    kickedItself = kickedItself || kickedHere[t];
    endedHere = endedHere || tag[s] == RESUMED;
    free(s)
}

inline obey(t) {
    kick[t] ->
    if
    :: slot[0] != FREE && name[0] == t -> kicked(0, t)
    :: slot[1] != FREE && name[1] == t -> kicked(1, t)
#if !KICK_NAMES
    :: isHere(0, t) && name[0] != t -> kicked(0, t)
    :: isHere(1, t) && name[1] != t -> kicked(1, t)
#endif
    :: else
    fi
}

active proctype Fleet() {
    byte t;
    bit s;
    do
    :: atomic {
        if
        :: t = 0
        :: t = 1
        :: t = 2
        :: t = 3
        :: t = 4
        fi;
        if
        :: ask(t)
        :: admit(t)
        :: answer(t)
        :: obey(t)
        :: else
        fi;
        t = 0
    }
    :: atomic {
        if
        :: s = 0
        :: s = 1
        fi;
        if
        :: lose(s)
        :: end(s)
        :: moveAway(s)
        :: else
        fi;
        s = 0
    }
    od
}

ltl resumedSlotIsHisOwn { [] !wentToAnother }
ltl resumeDisplacesNobody { [] !wasDisplaced }
ltl kickSparesNewer { [] !kickedNewer }
ltl resumeIsNotKickedByItself { [] !kickedItself }

/* All at once, but for one that a mutant is to break. */
#ifdef BUT_resumedSlotIsHisOwn
#define resumedSlotIsHisOwnFails 0
#else
#define resumedSlotIsHisOwnFails wentToAnother
#endif
#ifdef BUT_resumeDisplacesNobody
#define resumeDisplacesNobodyFails 0
#else
#define resumeDisplacesNobodyFails wasDisplaced
#endif
#ifdef BUT_kickSparesNewer
#define kickSparesNewerFails 0
#else
#define kickSparesNewerFails kickedNewer
#endif
#ifdef BUT_resumeIsNotKickedByItself
#define resumeIsNotKickedByItselfFails 0
#else
#define resumeIsNotKickedByItselfFails kickedItself
#endif
#define anyFails (resumedSlotIsHisOwnFails || resumeDisplacesNobodyFails || kickSparesNewerFails || resumeIsNotKickedByItselfFails)
ltl everyClaim { [] !anyFails }
