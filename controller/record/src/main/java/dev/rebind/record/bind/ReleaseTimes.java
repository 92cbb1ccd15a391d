package dev.rebind.record.bind;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.util.List;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** When the port can be bound again, in milliseconds after the failed bind. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ReleaseTimes(
        @Nullable Double earliestMs,
        @Nullable Double latestMs,

        @JsonPropertyDescription("Absent until the kernel's timer grid is known.") @Nullable
        Double predictedMs,

        @JsonPropertyDescription(
                "When the port was seen to be free: the last of the sockets in the way was gone, or a bind passed;"
                        + " absent when nobody waited for it.")
        @Nullable
        Double actualMs,

        @JsonPropertyDescription(
                "Until when the port is known to have been taken: the last of the sockets in the way was still"
                        + " there, or the last bind that failed was begun. The port was released between the two;"
                        + " absent when neither was seen.")
        @Nullable
        Double lastFailedMs,

        @JsonPropertyDescription("Why no time can be given, when none can.") @Nullable
        String unknown) {

    /** One tick of a kernel with HZ=100, the coarsest usual one, plus the rounding of two times to milliseconds. */
    private static final double TIMER_MS = 12;

    /**
     * How many milliseconds the port was free before the timers of the leftover sockets ended. A positive result means that something else
     * ended these sockets. Empty where the port was not free early, where that is not known, and where a socket has no timer. The method
     * uses the nominal end of each timer, which the kernel tells, and no prediction.
     *
     * @param blocking the leftover sockets
     */
    public OptionalDouble endedEarlyMs(@Nullable List<Blocking> blocking) {
        if (actualMs == null || blocking == null) {
            return OptionalDouble.empty();
        }
        double last = 0;
        for (Blocking socket : blocking) {
            if (socket.expiresMs() == null) {
                return OptionalDouble.empty();
            }
            last = Math.max(last, socket.expiresMs());
        }
        double early = last - actualMs;
        return early > TIMER_MS ? OptionalDouble.of(early) : OptionalDouble.empty();
    }
}
