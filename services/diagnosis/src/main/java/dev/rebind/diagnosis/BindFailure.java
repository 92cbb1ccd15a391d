package dev.rebind.diagnosis;

import dev.rebind.diagnosis.finding.Ending;
import dev.rebind.diagnosis.finding.Holder;
import dev.rebind.diagnosis.finding.Remedy;
import dev.rebind.diagnosis.look.PortObserver;
import dev.rebind.diagnosis.text.Screen;
import dev.rebind.sockets.posix.Errno;
import dev.rebind.sockets.release.ReleasePredictor;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Explains why a bind of this process failed, from the exception that the JDK, Netty or Vert.x has thrown. It starts no
 * process, binds the port for some microseconds to ask the kernel, and takes less than 50 ms once it is warm, with 100,000 sockets beside
 * it, too; beside 2,000 processes, whose descriptors it reads, 60 ms. Any thread may call it; it blocks for as long.
 */
public final class BindFailure {
    private static final PortObserver.Manner MANNER = new PortObserver.Manner(true, false, true);

    private BindFailure() {}

    /** What came of it. */
    public sealed interface Answer {
        /** A text for a log, in plain sentences. */
        String text();
    }

    /**
     * The failure was that of a bind.
     *
     * @param errno that of the exception; empty where it does not tell
     * @param diagnosis what was seen right after, which may be another state than that of the failure
     */
    public record Explained(OptionalInt errno, Diagnosis diagnosis) implements Answer {
        /** Empty where nothing stands in the way any more. */
        public Optional<Cause> cause() {
            return diagnosis.cause();
        }

        /** Who has the socket that stays longest; empty where none stands in the way. */
        public Optional<Holder> holder() {
            return diagnosis.blocking().stream().findFirst().map(blocker -> blocker.holder());
        }

        /** When the port is free for a server without SO_REUSEADDR. */
        public Ending release() {
            return diagnosis.release();
        }

        /** What would let the server bind, what helps at once first. */
        public List<Remedy> remedies() {
            return diagnosis.remedies();
        }

        /** The remedies in words, a sentence or two each. */
        public List<String> advice() {
            var screen = new Screen(ZoneId.systemDefault());
            return remedies().stream()
                    .map(remedy -> screen.remedy(diagnosis, remedy))
                    .toList();
        }

        @Override
        public String text() {
            var screen = new Screen(ZoneId.systemDefault());
            String failed = errno.isPresent() ? "The bind failed with " + Errno.name(errno.getAsInt()) + ". " : "";
            return diagnosis.verdict() == Diagnosis.Verdict.FREE
                    ? failed + "What stood in the way is gone: " + screen.headline(diagnosis)
                    : failed + screen.paragraph(diagnosis);
        }
    }

    /**
     * The exception, or the address, is not that of a TCP bind.
     *
     * @param why a sentence
     */
    public record NotExplained(String why) implements Answer {
        @Override
        public String text() {
            return why;
        }
    }

    /**
     * @param failure what was thrown, or something that was thrown because of it
     * @param address the local address of the server; an unresolved name cannot be explained
     */
    public static Answer explain(Throwable failure, SocketAddress address) {
        BindErrno.Answer errno = BindErrno.of(failure);
        if (errno instanceof BindErrno.Answer.NoBind) {
            return new NotExplained("This is not the failure of a bind: " + failure);
        }
        if (!(address instanceof InetSocketAddress inet) || inet.getPort() == 0) {
            return new NotExplained("Only TCP ports can be explained, and this is " + address + ".");
        }
        InetAddress local = inet.getAddress();
        if (local == null) {
            return new NotExplained("The name " + inet.getHostString() + " has no address.");
        }
        Diagnosis diagnosis = new WhyPort(Predictor.SHARED).diagnose(Question.ofJava(inet.getPort(), local), MANNER);
        return new Explained(
                errno instanceof BindErrno.Answer.Found(int number) ? OptionalInt.of(number) : OptionalInt.empty(),
                diagnosis);
    }

    /** One for all failures: it learns the grid of the kernel's timers. */
    private static final class Predictor {
        static final ReleasePredictor SHARED = new ReleasePredictor();
    }
}
