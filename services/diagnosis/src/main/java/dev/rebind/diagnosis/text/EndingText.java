package dev.rebind.diagnosis.text;

import dev.rebind.diagnosis.finding.Ending;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;

/** When something ends, in words. Pure. */
public final class EndingText {
    private final Instant at;
    private final ZoneId zone;
    private final Tense tense;

    EndingText(Instant at, ZoneId zone, Tense tense) {
        this.at = at;
        this.zone = zone;
        this.tense = tense;
    }

    /** A clause without a full stop: {@code in 42.1 s, at 12:00:42.1}; or {@code 42.1 s later, at 12:00:42.1}. */
    String when(Ending ending) {
        return switch (ending) {
            case Ending.Free _ -> live("now", "at once");
            case Ending.Timer timer ->
                timer.point()
                        .map(point -> after(Words.duration(point)) + ", at " + moment(point))
                        .orElseGet(() -> timer.earliest().equals(timer.latest())
                                ? after(Words.duration(timer.latest()))
                                : "between " + Words.duration(timer.earliest()) + " and "
                                        + Words.duration(timer.latest()) + live(" from now", " later") + ", at "
                                        + moment(timer.latest()) + " at the latest");
            case Ending.GivesUp ends ->
                after("about " + Words.duration(ends.about())) + ", at " + moment(ends.latest()) + " at the latest";
            case Ending.UntilClosed _ -> "when its process closes it, and not before";
            case Ending.NotTold _ -> "at a time that cannot be told";
        };
    }

    private String live(String now, String kept) {
        return switch (tense) {
            case LIVE -> now;
            case KEPT -> kept;
        };
    }

    private String after(String duration) {
        return live("in " + duration, duration + " later");
    }

    private String moment(Duration after) {
        Instant moment = at.plus(after);
        return after.toHours() < 1 ? Words.clockTenths(moment, zone, tense) : Words.clock(moment, at, zone, tense);
    }

    /** A sentence for a socket or several. */
    String sentence(Ending ending, boolean several) {
        String it = several ? "The last of them" : "It";
        return switch (ending) {
            case Ending.Free _ ->
                live("Nothing stands in the way any more.", "Nothing stood in the way any more by then.");
            case Ending.Timer timer ->
                it + " goes by itself " + when(timer)
                        + (timer.peerMayClose()
                                ? "; should the other end still close, TIME_WAIT follows from then"
                                : "")
                        + ".";
            case Ending.GivesUp ends -> givesUp(ends, it, several);
            case Ending.UntilClosed(Ending.Reason reason) -> untilClosed(reason);
            case Ending.NotTold(String why) -> "When it ends cannot be told: " + why + ".";
        };
    }

    private String givesUp(Ending.GivesUp ends, String it, boolean several) {
        String tried = ends.tried() == 0
                ? ""
                : " (" + (ends.tried() == 1 ? "1 try" : ends.tried() + " tries") + live(" so far)", " by then)");
        String until = " ends " + when(ends);
        return switch (ends.means()) {
            case RETRANSMISSION ->
                "The other end acknowledges nothing, and the kernel sends it again" + tried + ". " + it + until
                        + ", unless the other end answers.";
            case WINDOW_PROBES ->
                "The other end takes no data, and "
                        // One answer may be on its way, or was held back (tcp_invalid_ratelimit).
                        + (ends.tried() <= 1
                                ? "the kernel probes it"
                                : "does not answer the probes of the kernel" + tried)
                        + ". "
                        + it + until
                        + ", unless the other end takes something.";
            case USER_TIMEOUT ->
                "The other end acknowledges nothing that this end sends" + tried
                        + ". By TCP_USER_TIMEOUT, "
                        + (several ? "the last of them" : "it") + until + ", unless the other end takes something.";
            case KEEPALIVE ->
                ends.sure()
                        ? "The other end does not answer, and keepalive probes it" + tried + ", next "
                                + after(Words.duration(ends.next())) + ". " + it + until
                                + ", unless the other end answers after all."
                        : "Keepalive probes the other end " + after(Words.duration(ends.next()))
                                + ". Where the other end is gone, the connection" + until
                                + ". Where it answers, the connection stays until one end closes it.";
        };
    }

    /** What the kernel does about a socket that it will give up, and what would keep it: a clause without a full stop. */
    public static String unless(Ending.GivesUp ends) {
        String asks = switch (ends.means()) {
            case RETRANSMISSION -> "the kernel sends again what the other end does not acknowledge, and gives up";
            case WINDOW_PROBES -> "the other end takes no data; the kernel probes it, and gives up";
            case USER_TIMEOUT -> "TCP_USER_TIMEOUT ends it";
            case KEEPALIVE -> "keepalive ends it";
        };
        return asks
                + switch (ends.means()) {
                    case WINDOW_PROBES, USER_TIMEOUT -> " unless the other end takes something";
                    case RETRANSMISSION, KEEPALIVE -> " unless the other end answers";
                };
    }

    private static String untilClosed(Ending.Reason why) {
        String reason = reason(why);
        return Character.toUpperCase(reason.charAt(0)) + reason.substring(1) + ".";
    }

    /** Why something does not end by itself, a clause without a full stop. */
    public static String reason(Ending.Reason reason) {
        return switch (reason) {
            case LISTENS -> "a listener ends when its last process closes it";
            case BOUND -> "a bound socket ends when its last process closes it";
            case OPEN ->
                "it is open at this end, and the other end cannot be seen from here; it ends when one end closes it, and no"
                        + " timer of this end runs";
            case DATA_WAITS ->
                "the other end has not taken yet what this end has sent; it ends when one end closes it, or when the kernel gives"
                        + " up as the other end answers no more";
            case OPEN_AT_BOTH_ENDS -> "it is open at both ends, and ends when one of them closes it";
            case CONNECTED_TO_ITSELF -> "both of its ends are the same socket, which ends when its process closes it";
            case OTHER_END_CLOSED ->
                "the other end has closed, and the program at this end has not: it stays until that closes it too";
            case OTHER_END_READS ->
                "the other end has closed for writing only, and may still read: it stays until the program at this end closes it";
            case BOUND_BEFORE_IT_CONNECTED ->
                "its program bound the port before it connected: the port stays until that program closes the socket, even where the"
                        + " kernel gives the connection up";
            case HALF_CLOSED -> "this end has closed for writing only: it stays until the program closes it";
            case NOT_ACCEPTED -> "it goes with its listener, unless it is accepted first";
        };
    }
}
