package dev.hawser.spi;

import org.jspecify.annotations.Nullable;

/// The one thread that a client or server belongs to: it finds out about misuse, it does not make
/// it safe.
///
/// What an owner did is seen by the next one: the field is volatile, and all that a thread does
/// happens before another one sees that it has terminated (JLS 17.4.4, `Thread.isAlive()`).
final class OwnerThread {
    private final String owned;
    private volatile @Nullable Thread owner;

    /// @param owned what belongs to the thread, for the message
    OwnerThread(String owned) {
        this.owned = owned;
    }

    /// Makes the calling thread the owner, if there is none.
    void claim() {
        Thread caller = Thread.currentThread();
        if (owner != caller) {
            synchronized (this) {
                if (owner == null) {
                    owner = caller;
                }
            }
            check();
        }
    }

    /// @throws IllegalStateException when another thread is the owner
    void check() {
        Thread owner = this.owner;
        if (owner != null && owner != Thread.currentThread()) {
            throw notOwner(owner);
        }
    }

    /// Makes the calling thread the owner if the owner has terminated: of several that call at
    /// once, one.
    ///
    /// @throws IllegalStateException when another thread is the owner, and lives
    void inherit() {
        Thread owner = this.owner;
        if (owner != null && !owner.isAlive()) {
            synchronized (this) {
                if (this.owner == owner) {
                    this.owner = Thread.currentThread();
                }
            }
        }
        check();
    }

    /// Leaves it to the next thread that claims it. The owner may, and any thread when the owner
    /// has terminated.
    ///
    /// @throws IllegalStateException when another thread is the owner, and lives
    void handOver() {
        inherit();
        release();
    }

    /// {@return whether the calling thread may go on; also where there is no owner}
    boolean isCaller() {
        Thread owner = this.owner;
        return owner == null || owner == Thread.currentThread();
    }

    /// Leaves it to the next thread that claims it.
    void release() {
        owner = null;
    }

    private IllegalStateException notOwner(Thread owner) {
        return new IllegalStateException(
                "this "
                        + owned
                        + " belongs to the thread '"
                        + owner.getName()
                        + "', which "
                        + (owner.isAlive() ? "updates it" : "has ended")
                        + ", but was called by '"
                        + Thread.currentThread().getName()
                        + (owner.isAlive()
                                ? "': hand the work over to that thread"
                                : "': take it over with handOver(), or end it with close()"));
    }
}
