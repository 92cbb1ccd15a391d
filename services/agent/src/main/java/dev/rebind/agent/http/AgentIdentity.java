package dev.rebind.agent.http;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The identity of an agent.
 *
 * @param instance random for each start of the process
 */
public record AgentIdentity(
        String instance,
        String version,
        @Nullable String node,
        @Nullable String pod) {
    /** Returns the identity of this process. */
    public static AgentIdentity of(@Nullable String node, @Nullable String pod) {
        String version = AgentIdentity.class.getPackage().getImplementationVersion();
        return new AgentIdentity(UUID.randomUUID().toString(), version == null ? "unreleased" : version, node, pod);
    }

    /** Returns the inode of this process's network namespace, see namespaces(7); null where it cannot be read. */
    static @Nullable Long networkNamespace() {
        try {
            // The link looks like net:[4026531840].
            String link = Files.readSymbolicLink(Path.of("/proc/self/ns/net")).toString();
            return Long.valueOf(link.substring(link.indexOf('[') + 1, link.lastIndexOf(']')));
        } catch (IOException | RuntimeException e) {
            return null;
        }
    }
}
