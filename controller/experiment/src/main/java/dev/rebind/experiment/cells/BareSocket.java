package dev.rebind.experiment.cells;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import org.jspecify.annotations.Nullable;

/** A socket that Rebind opens itself, without a server. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record BareSocket(
        @JsonPropertyDescription("Local address: an IPv4 or IPv6 literal.")
        String address,

        @JsonPropertyDescription(
                "What the old socket leaves (BOUND: bound and not listening); not for the new one. Default: LISTEN.")
        @Nullable
        Residue state,

        @JsonPropertyDescription(
                "IPV6_V6ONLY of a socket on ::; without it the socket takes IPv4 too (dual stack). Default: false.")
        @Nullable
        Boolean v6Only,

        @JsonPropertyDescription("SO_REUSEADDR. Default: false.") @Nullable
        Boolean reuseAddress,

        @JsonPropertyDescription("SO_REUSEPORT. Default: false.") @Nullable
        Boolean reusePort) {}
