package dev.rebind.record.bind;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.rebind.record.schema.Constraint;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Another listener on the port of a bound server. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Beside(
        @JsonPropertyDescription("Address and port of the other listener.")
        String local,

        @JsonPropertyDescription("Its processes, where visible.") @Nullable
        List<Long> pids,

        @JsonPropertyDescription("Name of the first of them.") @Nullable
        String process,

        @JsonPropertyDescription(
                "Which clients reach it: its_address, all_ipv4, all_ipv6, a_share, its_device, the_rest.")
        @Constraint(oneOf = {"its_address", "all_ipv4", "all_ipv6", "a_share", "its_device", "the_rest"})
        String gets,

        @Constraint(pattern = ".+") String text) {
    public Beside {
        pids = pids == null ? null : List.copyOf(pids);
    }
}
