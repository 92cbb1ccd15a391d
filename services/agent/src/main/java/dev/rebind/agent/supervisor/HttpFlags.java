package dev.rebind.agent.supervisor;

import dev.rebind.agent.audit.PodAudits;
import dev.rebind.agent.http.Authorizer;
import dev.rebind.agent.http.SharedToken;
import dev.rebind.agent.http.TokenReviewAuthorizer;
import dev.rebind.child.PortText;
import java.net.InetAddress;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags of the agent's HTTP API. */
final class HttpFlags {
    @Option(
            names = "--http-address",
            paramLabel = "ADDRESS",
            description =
                    "Address to serve the agent's HTTP API on, with --allowed-user or --token-file. Without it there"
                            + " is none.")
    @Nullable
    String address;

    @Option(
            names = "--http-port",
            paramLabel = "PORT",
            defaultValue = "7070",
            converter = PortText.OrZero.class,
            description = "Port of the HTTP API; 0: a free one, which the event \"serving\" names. Default:"
                    + " ${DEFAULT-VALUE}.")
    int port;

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description =
                    "Who has the token in this file may drive the agent. It is read at each request, has 16 bytes or"
                            + " more, and must not be readable by every user. Needed with --http-address unless"
                            + " --allowed-user is given.")
    @Nullable
    Path tokenFile;

    @Option(
            names = "--allowed-user",
            paramLabel = "USER",
            description =
                    "User that may give the agent orders in Kubernetes, such as system:serviceaccount:NAMESPACE:NAME,"
                            + " with a token for the audience rebind.dev/agent; the API server checks the token"
                            + " (TokenReview). Needed with --http-address unless --token-file is given.")
    @Nullable
    String allowedUser;

    @Option(
            names = "--node",
            paramLabel = "NAME",
            description = "Name of the node, reported over HTTP. Without it none is reported.")
    @Nullable
    String node;

    @Option(
            names = "--pod",
            paramLabel = "NAME",
            description = "Name of the pod, reported over HTTP. Without it none is reported.")
    @Nullable
    String pod;

    @Option(
            names = "--audit",
            paramLabel = "BOOLEAN",
            arity = "0..1",
            fallbackValue = "true",
            defaultValue = "false",
            description = "Tell over HTTP which servers in pods of this node would not come back at once if they were"
                    + " restarted now: for agents that see the node's processes. Default: ${DEFAULT-VALUE}.")
    boolean audit;

    boolean wanted() {
        return address != null;
    }

    InetAddress literal() {
        return InetAddress.ofLiteral(String.valueOf(address));
    }

    /** Returns what is wrong with the flags; null where nothing is. */
    @Nullable
    String fault() {
        if (address == null) {
            return tokenFile == null && allowedUser == null && !audit
                    ? null
                    : "--token-file, --allowed-user and --audit are for --http-address";
        }
        try {
            var _ = literal();
        } catch (IllegalArgumentException e) {
            return "--http-address: " + address + " is no IPv4 or IPv6 address";
        }
        if ((tokenFile == null) == (allowedUser == null)) {
            return "--http-address needs one of --allowed-user and --token-file: the agent does what it is told, so not"
                    + " everybody may tell it";
        }
        String fault = tokenFile == null ? null : new SharedToken(tokenFile).fault();
        return fault == null ? null : "--token-file: " + fault;
    }

    @Nullable
    PodAudits audits() {
        return audit ? PodAudits.ofNode(Path.of("/proc")) : null;
    }

    Authorizer authorizer() {
        if (tokenFile != null) {
            return new SharedToken(tokenFile);
        }
        if (allowedUser != null) {
            return TokenReviewAuthorizer.of(allowedUser);
        }
        throw new IllegalStateException("no authorizer is configured");
    }
}
