package dev.rebind.record;

import dev.rebind.record.schema.Constraint;
import dev.rebind.record.schema.NameOrder;
import dev.rebind.sockets.TcpState;
import java.util.Map;

/**
 * The sockets on one side at one moment, counted by state.
 *
 * @param atMs time after the order to stop the old generation; negative before it
 * @param side server: sockets on the port; client: sockets whose remote end is the port
 */
public record Sample(
        double atMs,

        @Constraint(oneOf = {"server", "client"}) String side,

        @Constraint(names = TcpState.class, min = 1) Map<String, Integer> states) {
    public Sample {
        states = NameOrder.sorted(states);
    }
}
