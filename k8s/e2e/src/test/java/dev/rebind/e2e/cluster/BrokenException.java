package dev.rebind.e2e.cluster;

/** Something did not do what it must for the test to go on. The message is whole. */
public final class BrokenException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public BrokenException(String message) {
        super(message);
    }

    public BrokenException(String message, Throwable cause) {
        super(message, cause);
    }
}
