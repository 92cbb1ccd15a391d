package dev.rebind.experiment.cells;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The choice of cells for the truth table: every combination of these lists, each with all four pairs of SO_REUSEADDR. An absent list means
 * all values of its kind.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record TruthTable(
        @JsonPropertyDescription("What the old socket leaves. Default: all but BOUND.") @Nullable
        List<Residue> residues,

        @JsonPropertyDescription("Relation of the new socket's address to the old one's. Default: all.") @Nullable
        List<Relation> addresses,

        @JsonPropertyDescription("IPv4, IPv6, or one of each (dual stack). Default: all.") @Nullable
        List<Stack> families,

        @JsonPropertyDescription(
                "true: old x new SO_REUSEPORT too, which is four times the cells; the sockets are of one user. Default: false (no socket has it).")
        @Nullable
        Boolean reusePort) {}
