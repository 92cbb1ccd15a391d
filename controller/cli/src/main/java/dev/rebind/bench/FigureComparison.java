package dev.rebind.bench;

import java.util.Optional;

/**
 * One figure of Rebind, usually compared with that of a peer in the same run.
 *
 * @param unit unit of both figures, such as {@code ms}
 * @param peer empty where there is no peer
 * @param aim the highest value that meets the goal
 */
public record FigureComparison(String what, String unit, Figure ours, Optional<Peer> peer, Optional<Aim> aim) {
    /**
     * A program that Rebind is compared with.
     *
     * @param name its name, as in a command line
     * @param ratio median over the rounds of Rebind's value divided by the peer's. Both values of a round suffer from the same load of the
     * machine, so the ratio does not
     */
    public record Peer(String name, Figure figure, double ratio) {}

    /** The highest acceptable value of the ratio, or of Rebind's own figure. */
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

    /** Whether the aim is met; empty where there is no aim. */
    public Optional<Boolean> met() {
        return aim.flatMap(wanted -> switch (wanted) {
            case Aim.Ratio(double most) -> peer.map(one -> one.ratio() <= most);
            case Aim.Own(double most) -> Optional.of(ours.median() <= most);
        });
    }
}
