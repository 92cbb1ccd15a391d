package dev.rebind.experiment.clients;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.rebind.experiment.server.Readiness;
import dev.rebind.experiment.server.Target;
import dev.rebind.experiment.value.Range;
import org.jspecify.annotations.Nullable;

/** The clients that use the server while it is restarted. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Clients(
        @JsonPropertyDescription("Connections held open at the time of a restart. Default: 5.")
        @Range(min = 0, max = 10_000)
        @Nullable
        Integer connections,

        @JsonPropertyDescription(
                "What clients do. Default: close-first with restart.close client, stall with stall, else read or echo as target.server.service.")
        @Nullable
        Behaviour behaviour,

        @JsonPropertyDescription(
                "With stall: wait until the clients' windows are full and the server has unsent data. Default: false.")
        @Nullable
        Boolean untilFull,

        @JsonPropertyDescription("Whether clients reconnect. Default: true.") @Nullable
        Boolean reconnect,

        @JsonPropertyDescription(
                "What clients speak: rebind (Rebind's words, to Rebind's own server), tcp (connect, send and expect bytes, hold), http or https (requests by a schedule that does not wait for answers). Default: that of the part (http, tls, tcp) that is written; else, for a command, http where its readiness has http, and tcp where it has not; else, for a workload without Rebind's agent, http or https where a probe on the server's port, the port's name or appProtocol of a Service's port says so, and tcp where nothing does; else rebind. To such a workload, behaviour and untilFull mean rebind.")
        @Nullable
        Protocol protocol,

        @JsonPropertyDescription("With protocol http or https: the requests.") @Nullable
        Http http,

        @JsonPropertyDescription("With protocol https: how the server's certificate is checked.") @Nullable
        Tls tls,

        @JsonPropertyDescription("With protocol tcp: what is sent and expected on each connection.") @Nullable
        Tcp tcp,

        @JsonPropertyDescription(
                "Cluster only: through what clients reach the server. Default: the pod; the node's port where one is mapped to the server's; a Service where each new pod has another address.")
        @Nullable
        Via via) {

    /** Default number of connections. */
    public static final int CONNECTIONS = 5;

    /** The protocol to use with a target: {@link #spoken()}, or the usual one of the target. */
    public Protocol spokenTo(@Nullable Target target) {
        Protocol written = spoken();
        if (written != null) {
            return written;
        }
        if (target == null || target.command() == null) {
            return Protocol.rebind;
        }
        Readiness readiness = target.command().readiness();
        return readiness != null && readiness.http() != null ? Protocol.http : Protocol.tcp;
    }

    /** Whether the experiment leaves the choice of the protocol to the target, because no field implies one. */
    public boolean leavesProtocolToTarget() {
        return spoken() == null && behaviour == null && untilFull == null;
    }

    /** Returns these clients with the target's protocol if the experiment leaves the choice to it; otherwise these clients unchanged. */
    public Clients speaking(TargetProtocol target) {
        return leavesProtocolToTarget()
                ? new Clients(
                        connections, null, null, reconnect, target.protocol(), target.http(), target.tls(), null, via)
                : this;
    }

    /** The protocol that the experiment names, or that its other fields imply; null where there is neither. */
    public @Nullable Protocol spoken() {
        if (protocol != null) {
            return protocol;
        }
        if (via != null && via.url() != null && tls == null) {
            return via.url().startsWith("https:") ? Protocol.https : Protocol.http;
        }
        if (tls != null) {
            return Protocol.https;
        }
        if (http != null) {
            return Protocol.http;
        }
        return tcp == null ? null : Protocol.tcp;
    }
}
