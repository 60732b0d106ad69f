package dev.hawser.testkit.vectors;

/// A case of the vectors is not as it should be. The message is one line for people.
final class Mismatch extends Exception {
    private static final long serialVersionUID = 1;

    Mismatch(String message) {
        // A verdict on a file, not a fault in this program: nobody needs to know where it was made.
        super(message, null, false, false);
    }
}
