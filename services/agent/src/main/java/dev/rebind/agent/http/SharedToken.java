package dev.rebind.agent.http;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Lets a caller do everything if it has the token from a file. It is meant for tests and for use outside of Kubernetes. The file is read at
 * each request, so the token can be replaced while the agent runs. A file that every user can read is refused, and so is a token that can
 * be guessed.
 */
public final class SharedToken implements Authorizer {
    /** The minimum length of a token: 128 bits, where the token is random. */
    private static final int LEAST_BYTES = 16;

    private static final String USER = "the holder of the shared token";

    private final Path file;

    public SharedToken(Path file) {
        this.file = file;
    }

    /** @return why the file cannot be used; null where it can */
    public @Nullable String fault() {
        try {
            return fault(read());
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
        try {
            if (fault(token) != null) {
                return new Decision.Undecided("the agent's token file is not as it must be: see rebind agent --help");
            }
        } catch (IOException e) {
            return new Decision.Undecided("the agent's token file cannot be read");
        }
        // Hashes are compared, so that the time does not depend on the length of the token either.
        return MessageDigest.isEqual(hash(token), hash(bearer))
                ? new Decision.Allowed(USER)
                : new Decision.Unauthenticated("the token is another one");
    }

    private @Nullable String fault(String token) throws IOException {
        if (isForOthers()) {
            return file + " can be read or written by every user of this machine; chmod o= " + file;
        }
        int bytes = token.getBytes(StandardCharsets.UTF_8).length;
        return bytes < LEAST_BYTES
                ? file + " has a token of " + bytes + " bytes; write one of " + LEAST_BYTES
                        + " or more, such as openssl rand -hex 32 makes"
                : null;
    }

    private boolean isForOthers() throws IOException {
        try {
            Path real = file.toRealPath();
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(real);
            boolean open = permissions.contains(PosixFilePermission.OTHERS_READ)
                    || permissions.contains(PosixFilePermission.OTHERS_WRITE);
            // Other users cannot reach a file in a folder that is closed to them, such as one made by mktemp -d.
            for (Path folder = real.getParent(); open && folder != null; folder = folder.getParent()) {
                open = Files.getPosixFilePermissions(folder).contains(PosixFilePermission.OTHERS_EXECUTE);
            }
            return open;
        } catch (UnsupportedOperationException _) {
            // The file system has no such permissions, so nothing is known about other users.
            return false;
        }
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
