package dev.rebind.agent;

import dev.rebind.diagnosis.Cause;
import dev.rebind.sockets.ForeignText;
import dev.rebind.sockets.Owner;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.release.Release;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Why a bind failed: the {@link dev.rebind.diagnosis.Diagnosis} of the port, in the form that records and agents elsewhere take.
 *
 * @param cause the cause of the socket that holds the port longest
 * @param blocking every socket that stood in the way, the decisive ones first
 * @param release when the port is free, by all of them together
 * @param confident false where the evidence leaves another reading; {@code doubts} says which
 * @param doubts what is not known, a sentence each
 * @param prevention what would have let it bind, in plain sentences; null where that is not known
 * @param told the same in words
 */
public record Explanation(
        Cause cause,
        List<Blocker> blocking,
        Release release,
        boolean confident,
        List<String> doubts,
        @Nullable String prevention,
        Told told) {
    public Explanation {
        blocking = List.copyOf(blocking);
        doubts = List.copyOf(doubts);
    }

    /** Nothing is known but what is said. */
    public static Explanation unknown(Release release, String doubt) {
        return new Explanation(Cause.unknown, List.of(), release, false, List.of(doubt), null, Told.NOTHING);
    }

    /** @param all every process that has it, the lowest pid first; empty where there is none, or it cannot be seen */
    public record Blocker(
            TcpSocket socket,
            Cause cause,
            List<HolderProcess> all,
            @Nullable Integer generation,
            Release release) {
        public Blocker {
            all = List.copyOf(all);
        }

        /** The first of its processes; null where none can be seen. */
        public @Nullable Owner owner() {
            return all.isEmpty()
                    ? null
                    : new Owner(all.getFirst().pid(), all.getFirst().name());
        }
    }

    /**
     * A process that has a socket. What others have chosen of it is as {@link ForeignText} has it.
     *
     * @param name as the kernel has it, at most 15 bytes
     * @param command its arguments with blanks between them, at most 200 characters; null where they cannot be read
     * @param user the user's name, or the number where it has none; null where it cannot be read
     * @param since when it was started; null where it cannot be read
     */
    public record HolderProcess(
            long pid,
            String name,
            @Nullable String command,
            @Nullable String user,
            @Nullable Instant since) {
        private static final int LONGEST_COMMAND = 200;

        public HolderProcess {
            name = ForeignText.name(name);
            command = command == null ? null : ForeignText.cut(command, LONGEST_COMMAND);
            user = user == null ? null : ForeignText.name(user);
        }
    }

    /**
     * @param inTheWay what stands in the way, a clause for each kind of sockets, the decisive one first; else why the kernel
     *     refuses the bind whatever stands on the port, a sentence
     * @param holders who has the decisive sockets and when they end, as far as no time is told for that, a sentence each
     * @param remedies what would let the server bind
     */
    public record Told(List<String> inTheWay, List<String> holders, List<Remedy> remedies) {
        public static final Told NOTHING = new Told(List.of(), List.of(), List.of());

        public Told {
            inTheWay = List.copyOf(inTheWay);
            holders = List.copyOf(holders);
            remedies = List.copyOf(remedies);
        }
    }

    /**
     * @param kind its name, as {@code rebind why --json} has it
     * @param now whether it helps at once; else it keeps the failure from coming back
     * @param text in a sentence or two
     */
    public record Remedy(String kind, boolean now, String text) {}
}
