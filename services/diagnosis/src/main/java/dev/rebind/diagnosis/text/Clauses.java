package dev.rebind.diagnosis.text;

import dev.rebind.diagnosis.Diagnosis;
import dev.rebind.diagnosis.finding.Blocker;
import dev.rebind.diagnosis.finding.Ending;
import dev.rebind.diagnosis.finding.Refusal;
import dev.rebind.diagnosis.finding.Sharing;
import dev.rebind.diagnosis.seen.Nat;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;

/** The parts of a diagnosis in words, for records, which are read at any time. Pure. */
public final class Clauses {
    private final ZoneId zone;

    /** @param zone in which times of day are told */
    public Clauses(ZoneId zone) {
        this.zone = zone;
    }

    /** With tenths of a second and its zone: {@code 12:00:42.1 UTC}. */
    public String timeOfDay(Instant moment) {
        return Words.clockTenths(moment, zone, Tense.KEPT);
    }

    /** What a kind of sockets is and whose, without a full stop. */
    public static String what(Blocker blocker) {
        return BlockerText.clause(blocker);
    }

    /** Who has it and what is known of each process, a sentence each. */
    public List<String> holder(Diagnosis diagnosis, Blocker blocker) {
        return new HolderText(diagnosis.at(), zone, Tense.KEPT).lines(blocker.holder());
    }

    /** When it ends, a sentence. */
    public String ending(Diagnosis diagnosis, Blocker blocker) {
        return new EndingText(diagnosis.at(), zone, Tense.KEPT)
                .sentence(blocker.ending(), blocker.sockets().size() > 1);
    }

    /**
     * When a socket ends, a sentence.
     *
     * @param at the moment of the look
     */
    public String ending(Instant at, Ending ending) {
        return new EndingText(at, zone, Tense.KEPT).sentence(ending, false);
    }

    /** Why only its process ends a socket, without a full stop. */
    public static String reason(Ending.Reason reason) {
        return EndingText.reason(reason);
    }

    /** Why the kernel refuses a bind whatever stands on the port, a sentence. */
    public static String refusal(Refusal refusal, int port) {
        return LimitText.sentence(refusal, port);
    }

    /** Who else gets clients of the port, a sentence each. */
    public static List<String> sharing(List<Sharing> sharing, int port) {
        return SharingText.sentences(sharing, port);
    }

    /** Which rules of address translation take the port's clients, a sentence each. */
    public static List<String> nat(Nat nat) {
        return SharingText.nat(nat);
    }
}
