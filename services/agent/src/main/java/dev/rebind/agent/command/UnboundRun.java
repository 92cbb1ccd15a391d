package dev.rebind.agent.command;

import dev.rebind.agent.command.BindMessages.Failure;
import java.util.List;
import java.util.Optional;

/**
 * A run that did not come to listen where it should, in words: how it ended or what it does instead, and what it says itself. Pure.
 *
 * @param said the end of what it has written
 * @param failure what all of it says of a failure
 * @param errno of a failed bind of its port; empty where it names none, or not for what and nothing is in the way of such a bind
 * @param listened whether it was seen to listen where it should: its bind of the port has passed, and what is on the port is no cause
 */
record UnboundRun(CommandRun run, String said, Optional<Failure> failure, Optional<String> errno, boolean listened) {
    /** In lines. */
    static final int LAST_WORDS = 8;

    /** The same where it was seen to listen: whatever it says, its bind of the port had passed. */
    UnboundRun whoseBindPassed() {
        return new UnboundRun(run, said, failure, Optional.empty(), true);
    }

    /** Its last lines, and before them the one that tells of a failure, where it is none of them. */
    List<String> told() {
        return BindMessages.told(said, LAST_WORDS, failure);
    }

    /** It goes on, and has written that its bind has failed. */
    String complains() {
        return "it goes on, and says: " + line();
    }

    /** Its main process has ended, in this way, when it had bound its port already. */
    String endedSoon(int exitCode) {
        return "it listened on port " + run.place().port() + ", and ended with " + CommandReport.ending(exitCode)
                + " soon after" + words();
    }

    /** It goes on, and something blocks its port. */
    String heldUp(ListenerLook.Answer listens) {
        return listens instanceof ListenerLook.Answer.Elsewhere elsewhere
                ? "it runs and " + elsewhere.where(run.place()) + ", while that port is blocked" + words()
                : "it runs and does not listen, while its port is blocked" + (errno.isPresent() ? itSaid() : "");
    }

    /** Its main process has ended, in this way. */
    String ended(int exitCode) {
        return "it ended with " + CommandReport.ending(exitCode) + " before it was seen to listen on port "
                + run.place().port() + (errno.isPresent() ? itSaid() : words());
    }

    /**
     * It goes on, and its time is over.
     *
     * @param first whether no run has come to listen where it should: it may never do so
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
