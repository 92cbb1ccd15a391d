package dev.rebind.agent.command;

import java.util.List;
import java.util.Optional;

/**
 * A run that did not come to listen where it should, in words: how it ended or what it does instead, and what it says itself. Pure.
 *
 * @param said all that it has written
 */
record UnboundRun(CommandRun run, String said) {
    private static final int LAST_WORDS = 8;

    /** The errno of a failed bind of its port that it names; empty where it names none. */
    Optional<String> errno() {
        return ServerWords.errno(said, run.place().port());
    }

    /** Its last lines, and before them the one that names an errno, where it is none of them. */
    List<String> told() {
        return ServerWords.told(said, LAST_WORDS, run.place().port());
    }

    /** Its last lines. */
    List<String> last() {
        return ServerWords.last(said, LAST_WORDS);
    }

    /** It goes on, and has written that its bind has failed. */
    String complains() {
        return "it goes on, and says: " + line();
    }

    /** Its main process has ended, in this way, when it had bound its port already. */
    String endedSoon(int exitCode) {
        return "it listened on port " + run.place().port() + ", and ended with " + CommandReport.ending(exitCode)
                + " soon after" + words(told());
    }

    /** It goes on, and something blocks its port. */
    String heldUp() {
        return "it runs and does not listen, while its port is blocked"
                + (errno().isPresent() ? "; it said: " + line() : ", and its output names no errno for it");
    }

    /** Its main process has ended, in this way. */
    String ended(int exitCode) {
        String how = "it ended with " + CommandReport.ending(exitCode) + " before it listened on port "
                + run.place().port();
        return errno().isPresent() ? how + "; it said: " + line() : how + words(told());
    }

    /** It goes on, and its time is over. */
    String silent(ListenerLook.Answer listens, ServerCommand command) {
        String where = switch (listens) {
            case ListenerLook.Answer.Here _ ->
                " and listens on " + run.place() + ", and is not ready: " + Readinesses.missing(command.readiness());
            case ListenerLook.Answer.Elsewhere elsewhere -> " and " + elsewhere.instead(run.place());
            case ListenerLook.Answer.Nowhere _ -> " and does not listen on any port";
            case ListenerLook.Answer.Unreadable(String why) -> ", and whether it listens cannot be seen: " + why;
        };
        return "it has run for " + command.startTimeout().toSeconds() + " s" + where + words(last());
    }

    private String line() {
        return ServerWords.line(said, run.place().port()).orElse("");
    }

    private static String words(List<String> lines) {
        return lines.isEmpty() ? "; it wrote nothing" : "; its last words: " + String.join(" / ", lines);
    }
}
