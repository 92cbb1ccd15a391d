package dev.rebind.record.bind;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.util.List;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** Milliseconds after the failed bind. */
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

    /** A tick of the coarsest usual kernel (HZ=100), and the rounding of two times to milliseconds. */
    private static final double TIMER_MS = 12;

    /**
     * How long before the timers of what was left on it the port was free, in milliseconds: something else ended what
     * was left. Empty where that was not so, is not known, or where not all of it had a timer. Timers are taken at
     * their nominal end, which the kernel tells; nothing that was predicted has a part in it.
     *
     * @param blocking what was left
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
