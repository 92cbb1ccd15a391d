package dev.rebind.agent.command;

import dev.rebind.agent.command.BindMessages.Failure;
import java.util.List;
import java.util.Optional;

/**
 * Describes a run that did not listen where it should: how it ended or what it does instead, and what it writes. Pure.
 *
 * @param said the end of its output
 * @param failure the failure that its whole output reports
 * @param errno of a failed bind of its port. Empty where the output names no errno, or does not say what the errno is for and nothing
 *     blocks such a bind
 * @param listened whether the run was seen to listen where it should. Its bind of the port succeeded, so what is on the port is not the
 *     cause
 */
record UnboundRun(CommandRun run, String said, Optional<Failure> failure, Optional<String> errno, boolean listened) {
    /** The number of output lines to show. */
    static final int LAST_WORDS = 8;

    /** Returns a copy for a run that was seen to listen. Whatever it writes, its bind of the port succeeded. */
    UnboundRun whoseBindPassed() {
        return new UnboundRun(run, said, failure, Optional.empty(), true);
    }

    /** Returns the last lines of the output. Where the line that reports the failure is not among them, it comes first. */
    List<String> told() {
        return BindMessages.told(said, LAST_WORDS, failure);
    }

    /** Describes a run that goes on and has written that its bind has failed. */
    String complains() {
        return "it goes on, and says: " + line();
    }

    /** Describes a run whose main process ended after it had bound its port. */
    String endedSoon(int exitCode) {
        return "it listened on port " + run.place().port() + ", and ended with " + CommandReport.ending(exitCode)
                + " soon after" + words();
    }

    /** Describes a run that goes on while something blocks its port. */
    String heldUp(ListenerLook.Answer listens) {
        return listens instanceof ListenerLook.Answer.Elsewhere elsewhere
                ? "it runs and " + elsewhere.where(run.place()) + ", while that port is blocked" + words()
                : "it runs and does not listen, while its port is blocked" + (errno.isPresent() ? itSaid() : "");
    }

    /** Describes a run whose main process has ended before it listened. */
    String ended(int exitCode) {
        return "it ended with " + CommandReport.ending(exitCode) + " before it was seen to listen on port "
                + run.place().port() + (errno.isPresent() ? itSaid() : words());
    }

    /**
     * Describes a run that goes on when its start timeout is over.
     *
     * @param first whether no run has listened where it should so far, so that perhaps no run ever will
     */
    String silent(ListenerLook.Answer listens, CommandSettings command, boolean first) {
        String where = switch (listens) {
            case ListenerLook.Answer.Here _ ->
                " and listens on " + run.place() + ", and is not ready: " + Readinesses.missing(command.readiness());
            case ListenerLook.Answer.Elsewhere elsewhere ->
                " and " + (first ? elsewhere.instead(run.place()) : elsewhere.where(run.place()));
            case ListenerLook.Answer.Nowhere _ -> " and does not listen on any port";
            case ListenerLook.Answer.OtherNetwork(String process) ->
                " and does not listen on any port of this network namespace: " + process
                        + " is in another one, where listeners are not seen from here and clients from here do not reach them";
            case ListenerLook.Answer.Unreadable(String why) -> ", and whether it listens cannot be seen: " + why;
        };
        return "it has run for " + command.startTimeout().toSeconds() + " s" + where + words();
    }

    private String itSaid() {
        return "; it said: " + line();
    }

    private String line() {
        return failure.map(Failure::line).orElse("");
    }

    private String words() {
        return told().isEmpty() ? "; it wrote nothing" : "; its last words: " + String.join(" / ", told());
    }
}
