package dev.rebind.live.http;

/** Thrown for a request with a bad parameter. The caller gets its message with status 400. */
final class BadParameterException extends Exception {
    private static final long serialVersionUID = 1;

    BadParameterException(String message) {
        super(message);
    }
}
