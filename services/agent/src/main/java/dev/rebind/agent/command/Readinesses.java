package dev.rebind.agent.command;

import dev.rebind.agent.command.ServerCommand.Readiness;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.util.function.Supplier;

/** Whether a server that listens can be used already. */
final class Readinesses {
    private static final int PATIENCE_MILLIS = 2_000;
    private static final int BAD_REQUEST = 400;

    private Readinesses() {}

    /** @param output what it has written */
    static boolean holds(Readiness readiness, Supplier<String> output) {
        return switch (readiness) {
            case Readiness.Listening _ -> true;
            case Readiness.Log(String text) -> output.get().contains(text);
            case Readiness.Http(URI uri) -> answers(uri);
        };
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

    /** What has not come to be, a clause. */
    static String missing(Readiness readiness) {
        return switch (readiness) {
            case Readiness.Listening _ -> "it stopped listening again";
            case Readiness.Log(String text) -> "it has not written \"" + text + "\"";
            case Readiness.Http(URI uri) -> "a GET of " + uri + " is not answered with a status of 200 to 399";
        };
    }
}
