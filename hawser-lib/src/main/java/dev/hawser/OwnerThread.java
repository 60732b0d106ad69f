package dev.hawser;

import org.jspecify.annotations.Nullable;

/// The one thread that a client or server belongs to: it finds out about misuse, it does not make
/// it safe.
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
            throw new IllegalStateException(
                    "this "
                            + owned
                            + " belongs to the thread '"
                            + owner.getName()
                            + "', which updates it, but was called by '"
                            + Thread.currentThread().getName()
                            + "': hand the work over to that thread");
        }
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
}
