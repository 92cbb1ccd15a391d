package dev.rebind.bench;

import java.util.Optional;

/**
 * One figure of ours beside that of a peer, from the same run.
 *
 * @param unit of both, such as {@code ms}
 * @param peerName as in a command line
 * @param ratio the median over the rounds of ours divided by the peer's in that round: what the machine did meanwhile
 *     struck both
 * @param aim what is wanted, or less
 */
public record Comparison(
        String what, String unit, Figure ours, String peerName, Figure peer, double ratio, Optional<Aim> aim) {

    /** Of the ratio, or of our own figure. */
    public sealed interface Aim {
        record Ratio(double most) implements Aim {}

        record Own(double most) implements Aim {}
    }

    static Comparison of(String what, String unit, Samples ours, String peerName, Samples peer, Optional<Aim> aim) {
        return new Comparison(what, unit, ours.figure(), peerName, peer.figure(), ours.over(peer), aim);
    }

    /** Whether the aim is met; empty where there is none. */
    public Optional<Boolean> met() {
        return aim.map(wanted -> switch (wanted) {
            case Aim.Ratio(double most) -> ratio <= most;
            case Aim.Own(double most) -> ours.median() <= most;
        });
    }
}
