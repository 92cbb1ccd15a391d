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

    /** The errno of a failed bind that it names; empty where it names none. */
    Optional<String> errno() {
        return ServerWords.errno(said);
    }

    /** Its last lines, and before them the one that names an errno, where it is none of them. */
    List<String> told() {
        return ServerWords.told(said, LAST_WORDS);
    }

    /** Its last lines. */
    List<String> last() {
        return ServerWords.last(said, LAST_WORDS);
    }

    /** It goes on, and has written that its bind has failed. */
    String complains() {
        return "it goes on, and says: " + line();
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
        return ServerWords.line(said).orElse("");
    }

    private static String words(List<String> lines) {
        return lines.isEmpty() ? "; it wrote nothing" : "; its last words: " + String.join(" / ", lines);
    }
}
