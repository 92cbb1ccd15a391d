package dev.rebind.agent.http;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jspecify.annotations.Nullable;

/**
 * Whoever has the token of a file may do everything: for tests, and outside of Kubernetes. The file is read at each
 * request, so that the token can be replaced while the agent runs.
 */
public final class SharedToken implements Gate {
    private static final String USER = "the holder of the shared token";

    private final Path file;

    public SharedToken(Path file) {
        this.file = file;
    }

    /** @return why the file is of no use; null where it is */
    public @Nullable String fault() {
        try {
            return read().isEmpty() ? file + " is empty" : null;
        } catch (IOException e) {
            return file + " cannot be read: " + e.getMessage();
        }
    }

    @Override
    public Decision check(@Nullable String bearer) {
        if (bearer == null) {
            return new Decision.Unauthenticated("a bearer token is needed");
        }
        String token;
        try {
            token = read();
        } catch (IOException e) {
            return new Decision.Undecided("the agent's token file cannot be read");
        }
        if (token.isEmpty()) {
            return new Decision.Undecided("the agent's token file is empty");
        }
        // Of hashes, so that not even the length takes part in how long it takes.
        return MessageDigest.isEqual(hash(token), hash(bearer))
                ? new Decision.Allowed(USER)
                : new Decision.Unauthenticated("the token is another one");
    }

    private String read() throws IOException {
        return Files.readString(file).strip();
    }

    private static byte[] hash(String token) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
