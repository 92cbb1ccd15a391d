package dev.rebind.record.bind;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.rebind.experiment.cells.Relation;
import dev.rebind.experiment.cells.Residue;
import dev.rebind.experiment.cells.Stack;
import org.jspecify.annotations.Nullable;

/** What was arranged with a pair of bare sockets. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record CellSetup(
        @JsonPropertyDescription("Local address of the old socket.")
        String oldAddress,

        @JsonPropertyDescription("What the old socket was to leave: a state, BOUND (not listening) or none.")
        Residue residue,

        @JsonPropertyDescription("How the new address lies to the old one; absent outside the truth table.") @Nullable
        Relation relation,

        @JsonPropertyDescription("Address families of the two; absent outside the truth table.") @Nullable
        Stack family,

        @JsonPropertyDescription("SO_REUSEPORT of both sockets; absent where neither has it.") @Nullable
        Reuse reusePort) {
    /** SO_REUSEPORT of both sockets, also where neither has it. */
    public Reuse ports() {
        return reusePort == null ? new Reuse(false, false) : reusePort;
    }
}
