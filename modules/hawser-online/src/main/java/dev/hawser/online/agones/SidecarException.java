package dev.hawser.online.agones;

/// The sidecar did not do what it was asked for.
final class SidecarException extends Exception {
    private static final long serialVersionUID = 1;

    private final int status;

    /// @param status of its answer; 0 where there was none, so that it may have done it
    /// @param detail what happened, the end of a sentence
    SidecarException(int status, String detail) {
        super(detail);
        this.status = status;
    }

    String detail() {
        return String.valueOf(getMessage());
    }

    /// {@return whether it says that the request itself is wrong, so that asking again is useless}
    boolean isRefusal() {
        return status == 400;
    }
}
