package dev.rebind.record;

import dev.rebind.record.schema.Constraint;
import dev.rebind.record.schema.NameOrder;
import dev.rebind.sockets.TcpState;
import java.util.Map;

/**
 * @param atMs after the old generation was told to stop; negative before
 * @param side server: sockets on the port; client: sockets whose far end is the port
 */
public record Sample(
        double atMs,

        @Constraint(oneOf = {"server", "client"}) String side,

        @Constraint(names = TcpState.class, min = 1) Map<String, Integer> states) {
    public Sample {
        states = NameOrder.sorted(states);
    }
}
