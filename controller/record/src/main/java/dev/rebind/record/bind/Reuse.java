package dev.rebind.record.bind;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.rebind.sockets.options.SocketOptions;
import java.util.List;

/** SO_REUSEADDR or SO_REUSEPORT of both generations. */
public record Reuse(boolean old, @JsonProperty("new") boolean fresh) {
    /** All four pairs: off→off, off→on, on→off, on→on. */
    public static final List<Reuse> ALL =
            List.of(new Reuse(false, false), new Reuse(false, true), new Reuse(true, false), new Reuse(true, true));

    /** Returns for example {@code off→on}, with the given arrow. */
    public String text(String arrow) {
        return SocketOptions.onOff(old) + arrow + SocketOptions.onOff(fresh);
    }
}
