package dev.rebind.server.protocol;

import dev.rebind.child.protocol.StopWay;

/** An order to the server, one line of its standard input. */
public sealed interface ServerOrder {
    /** {@code stop close}, {@code stop reset}, {@code stop keep}. A later stop may sharpen an earlier one. */
    record Stop(StopWay way) implements ServerOrder {
        public Stop {
            if (!way.isOrder()) {
                throw new IllegalArgumentException(way + " is no order");
            }
        }
    }

    /** {@code report}: asks for a {@link ServerEvent.Report}. */
    record Report() implements ServerOrder {}

    /** A line that is no order; answered with a {@link ServerEvent.Misunderstood}. */
    record Unknown(String line) implements ServerOrder {}

    static ServerOrder parse(String line) {
        if (line.equals("report")) {
            return new Report();
        }
        for (StopWay way : StopWay.values()) {
            if (way.isOrder() && line.equals("stop " + way)) {
                return new Stop(way);
            }
        }
        return new Unknown(line);
    }

    /** The line, without its end. */
    default String line() {
        return switch (this) {
            case Stop stop -> "stop " + stop.way();
            case Report _ -> "report";
            case Unknown unknown -> unknown.line();
        };
    }
}
