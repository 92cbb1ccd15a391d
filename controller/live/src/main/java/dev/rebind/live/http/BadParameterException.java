package dev.rebind.live.http;

/** The message goes to the caller, with status 400. */
final class BadParameterException extends Exception {
    private static final long serialVersionUID = 1;

    BadParameterException(String message) {
        super(message);
    }
}
