package dev.rebind.agent.command;

import dev.rebind.agent.command.CommandSettings.Readiness;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** Checks whether a server that listens is ready. */
final class Readinesses {
    private static final int PATIENCE_MILLIS = 2_000;
    private static final int BAD_REQUEST = 400;

    private Readinesses() {}

    /** @param hasWritten whether the server has written the awaited text */
    static boolean holds(Readiness readiness, BooleanSupplier hasWritten) {
        return switch (readiness) {
            case Readiness.Listening _ -> true;
            case Readiness.Log _ -> hasWritten.getAsBoolean();
            case Readiness.Http(URI uri) -> answers(uri);
        };
    }

    /** Returns the text that the server must write; empty where there is none. */
    static Optional<String> text(Readiness readiness) {
        return readiness instanceof Readiness.Log(String text) ? Optional.of(text) : Optional.empty();
    }

    private static boolean answers(URI uri) {
        try {
            var connection = (HttpURLConnection) uri.toURL().openConnection();
            try {
                connection.setConnectTimeout(PATIENCE_MILLIS);
                connection.setReadTimeout(PATIENCE_MILLIS);
                connection.setInstanceFollowRedirects(false);
                int status = connection.getResponseCode();
                return status >= HttpURLConnection.HTTP_OK && status < BAD_REQUEST;
            } finally {
                connection.disconnect();
            }
        } catch (IOException e) {
            return false;
        }
    }

    /** Returns what the server has not done yet, as a clause. */
    static String missing(Readiness readiness) {
        return switch (readiness) {
            case Readiness.Listening _ -> "it stopped listening again";
            case Readiness.Log(String text) -> "it has not written \"" + text + "\"";
            case Readiness.Http(URI uri) -> "a GET of " + uri + " is not answered with a status of 200 to 399";
        };
    }
}
