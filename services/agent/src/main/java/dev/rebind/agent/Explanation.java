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
 * Why a bind failed: the {@link dev.rebind.diagnosis.Diagnosis} of the port, in the form that records and remote agents use.
 *
 * @param cause the cause of the socket that holds the port longest
 * @param blocking every socket that stood in the way, the decisive ones first
 * @param release when the port is free, considering all of these sockets
 * @param confident false where the evidence allows another explanation; {@code doubts} says which
 * @param doubts what is not known, one sentence each
 * @param prevention what would have let the server bind, in plain sentences; null where that is not known
 * @param told the explanation in words
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

    /** Returns an explanation without a known cause. */
    public static Explanation unknown(Release release, String doubt) {
        return new Explanation(Cause.unknown, List.of(), release, false, List.of(doubt), null, Told.NOTHING);
    }

    /** @param all every process that has the socket, the lowest pid first; empty where no process has it or none can be seen */
    public record Blocker(
            TcpSocket socket,
            Cause cause,
            List<HolderProcess> all,
            @Nullable Integer generation,
            Release release) {
        public Blocker {
            all = List.copyOf(all);
        }

        /** Returns the first process that has the socket; null where none can be seen. */
        public @Nullable Owner owner() {
            return all.isEmpty()
                    ? null
                    : new Owner(all.getFirst().pid(), all.getFirst().name());
        }
    }

    /**
     * A process that has a socket. {@link ForeignText} has cleaned the texts that come from other programs.
     *
     * @param name the name that the kernel shows, at most 15 bytes
     * @param command its arguments, separated by blanks, at most 200 characters; null where they cannot be read
     * @param user the user's name, or the number where the user has no name; null where it cannot be read
     * @param since when the process was started; null where it cannot be read
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
     * @param inTheWay what stands in the way, one clause for each kind of socket, the decisive one first. Where the kernel refuses the bind
     *     for another reason, a sentence about that reason comes first
     * @param holders sentences that say who has the decisive sockets, and what ends them where no time can be given
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
     * @param kind its name, as in {@code rebind why --json}
     * @param now whether the remedy helps at once; otherwise it prevents the next failure
     * @param text one or two sentences
     */
    public record Remedy(String kind, boolean now, String text) {}
}
