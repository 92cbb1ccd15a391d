package dev.rebind.sockets.bind;

import dev.rebind.sockets.posix.Errno;
import dev.rebind.sockets.posix.PosixException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;

/** Every bind and listen of one scene, asked of the kernel and of the rule. */
final class SceneComparison {
    private static final BindBucket EMPTY = before(6, 8) ? BindBucket.EMPTY_BEFORE_6_8 : BindBucket.EMPTY;

    private static final MappedAddresses MAPPED = MappedAddresses.here();

    /** Says whether a call passes, as {@link BindRule} does. */
    @FunctionalInterface
    interface Rule {
        Flag passes(Candidate candidate, List<ExistingSocket> standing, BindBucket bucket);
    }

    static final Rule BIND_RULE = (candidate, standing, bucket) ->
            BindRule.ask(candidate, standing, MAPPED, bucket).passes();

    @FunctionalInterface
    interface SocketCall {
        void make() throws PosixException;
    }

    private final Rule rule;
    private final Random masks;
    private final List<String> disagreements = new ArrayList<>();
    private BindBucket bucket = EMPTY;
    private int questions;
    private int undecided;

    SceneComparison(Rule rule, Scene scene) {
        this.rule = rule;
        this.masks = new Random(scene.java().hashCode());
    }

    private static boolean before(int major, int minor) {
        String[] version = System.getProperty("os.version", "").split("[.-]", 3);
        int itsMajor = Integer.parseInt(version[0]);
        return itsMajor < major || (itsMajor == major && Integer.parseInt(version[1]) < minor);
    }

    int questions() {
        return questions;
    }

    int undecided() {
        return undecided;
    }

    List<String> disagreements() {
        return List.copyOf(disagreements);
    }

    /** The last socket of the port has gone. */
    void emptied() {
        bucket = EMPTY;
    }

    /**
     * Makes the call. The rule is asked three times: with the bucket it must say what the kernel does; from the sockets alone,
     * and with facts of theirs hidden, it may be undecided but must not be wrong.
     *
     * @return whether it passed
     * @throws PosixException for another errno than EADDRINUSE
     */
    boolean asked(BindCall call, Candidate candidate, List<ExistingSocket> others, SocketCall socketCall)
            throws PosixException {
        boolean passed = passes(socketCall);
        Flag kernel = Flag.of(passed);
        questions++;
        Flag exact = rule.passes(candidate, others, bucket);
        if (exact != kernel) {
            differ(call, candidate, others, "with " + bucket, exact, kernel);
        }
        Flag visible = BindRule.ask(candidate, others, MAPPED).passes();
        if (visible == Flag.UNKNOWN) {
            undecided++;
        } else if (visible != kernel) {
            differ(call, candidate, others, "from the sockets alone", visible, kernel);
        }
        List<ExistingSocket> masked = others.stream().map(this::mask).toList();
        Flag guarded = BindRule.ask(candidate, masked, MAPPED).passes();
        if (guarded != kernel && guarded != Flag.UNKNOWN) {
            differ(call, candidate, masked, "with facts hidden", guarded, kernel);
        }
        if (passed) {
            bucket = bucket.after(candidate);
        }
        return passed;
    }

    private static boolean passes(SocketCall call) throws PosixException {
        try {
            call.make();
            return true;
        } catch (PosixException e) {
            if (e.is(Errno.EADDRINUSE)) {
                return false;
            }
            throw e;
        }
    }

    private void differ(
            BindCall call, Candidate candidate, List<ExistingSocket> others, String how, Flag ours, Flag kernel) {
        disagreements.add(
                call + " of " + candidate + " over " + others + " " + how + ": rule " + ours + ", kernel " + kernel);
    }

    /** The socket as somebody sees it who does not know some of its facts. That a connection has a device is not hidden. */
    private ExistingSocket mask(ExistingSocket one) {
        boolean hideDevice =
                masks.nextBoolean() && (one.boundItself() || one.device().equals(OptionalInt.of(0)));
        return new ExistingSocket(
                one.socket(),
                masks.nextBoolean() ? Flag.UNKNOWN : one.reuseAddress(),
                masks.nextBoolean() ? Flag.UNKNOWN : one.reusePort(),
                masks.nextBoolean() ? Flag.UNKNOWN : one.v6Only(),
                masks.nextBoolean() ? OptionalLong.empty() : one.uid(),
                hideDevice ? OptionalInt.empty() : one.device());
    }
}
