package dev.rebind.experiment.server;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.rebind.experiment.value.Range;
import org.jspecify.annotations.Nullable;

/** Rebind's own server. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record BuiltinServer(
        @JsonPropertyDescription(
                "Local address to bind, an IPv4 or IPv6 literal. Default: 127.0.0.1; in Kubernetes the one that the target's own server binds.")
        @Nullable
        String address,

        @JsonPropertyDescription(
                "Port to bind; 0: a free one outside ip_local_port_range. Default: 0; in Kubernetes the port named server of the target's pod.")
        @Range(min = 0, max = 65_535)
        @Nullable
        Integer port,

        @JsonPropertyDescription(
                "stream (after a greeting the server writes without end) or echo (one answer to each greeting). Default: stream where clients.behaviour is read or clients.untilFull is set, else echo.")
        @Nullable
        Service service,

        @JsonPropertyDescription(
                "Whether the server reads what clients send; unread data turns a close into a reset. Default: true.")
        @Nullable
        Boolean reading,

        @JsonPropertyDescription(
                "Who serves a connection: the server itself (own), or a process for each (process). Default: own.")
        @Nullable
        Handler handler,

        @JsonPropertyDescription("Vert.x transport. Default: nio.") @Nullable
        Transport transport,

        @JsonPropertyDescription("SO_REUSEPORT of every generation; needs transport epoll or io_uring. Default: false.")
        @Nullable
        Boolean reusePort,

        @JsonPropertyDescription("Length of the listener's queue. Default: the server's own.")
        @Range(min = 1, max = 65_535)
        @Nullable
        Integer backlog) {}
