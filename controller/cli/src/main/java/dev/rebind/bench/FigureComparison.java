package dev.rebind.bench;

import java.util.Optional;

/**
 * One figure of ours, mostly beside that of a peer from the same run.
 *
 * @param unit of both, such as {@code ms}
 * @param peer empty where there is none
 * @param aim what is wanted, or less
 */
public record FigureComparison(String what, String unit, Figure ours, Optional<Peer> peer, Optional<Aim> aim) {
    /**
     * @param name as in a command line
     * @param ratio the median over the rounds of ours divided by the peer's in that round: what the machine did meanwhile
     *     struck both
     */
    public record Peer(String name, Figure figure, double ratio) {}

    /** Of the ratio, or of our own figure. */
    public sealed interface Aim {
        record Ratio(double most) implements Aim {}

        record Own(double most) implements Aim {}
    }

    static FigureComparison of(
            String what, String unit, Samples ours, String peerName, Samples peer, Optional<Aim> aim) {
        return new FigureComparison(
                what, unit, ours.figure(), Optional.of(new Peer(peerName, peer.figure(), ours.over(peer))), aim);
    }

    static FigureComparison alone(String what, String unit, Samples ours, Optional<Aim> aim) {
        return new FigureComparison(what, unit, ours.figure(), Optional.empty(), aim);
    }

    /** Whether the aim is met; empty where there is none. */
    public Optional<Boolean> met() {
        return aim.flatMap(wanted -> switch (wanted) {
            case Aim.Ratio(double most) -> peer.map(one -> one.ratio() <= most);
            case Aim.Own(double most) -> Optional.of(ours.median() <= most);
        });
    }
}
