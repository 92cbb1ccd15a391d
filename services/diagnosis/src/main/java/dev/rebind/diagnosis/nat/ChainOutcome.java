package dev.rebind.diagnosis.nat;

import java.util.List;

/**
 * What a chain does with the clients that enter it.
 *
 * @param gone whether some are translated or dropped in it
 * @param accepted whether some leave the whole hook by ACCEPT
 * @param returned whether some leave it at its end, or by RETURN
 * @param taken the rules that send clients elsewhere
 * @param untracked for whom connections are not tracked from here on
 */
public record ChainOutcome(boolean gone, boolean accepted, boolean returned, List<Taken> taken, Applies untracked) {
    static final ChainOutcome NOTHING = new ChainOutcome(false, false, true, List.of(), Applies.NO);

    public ChainOutcome {
        taken = List.copyOf(taken);
    }

    /** How many of the clients; SOME may be any number. */
    public enum Part {
        NONE,
        SOME,
        ALL
    }

    /** @param all whether it takes all clients that enter the chain; else perhaps some */
    public record Taken(String text, String target, boolean all) {
        Taken some() {
            return new Taken(text, target, false);
        }
    }

    /** Who comes back to the chain that has jumped here. */
    Part back() {
        return !gone && !accepted ? Part.ALL : returned ? Part.SOME : Part.NONE;
    }

    /** Who comes to the chain of the next priority. */
    Part untouched() {
        return !gone ? Part.ALL : returned || accepted ? Part.SOME : Part.NONE;
    }

    /** The same where only a part of the clients enters. */
    ChainOutcome ofSome() {
        return new ChainOutcome(
                gone, accepted, returned, taken.stream().map(Taken::some).toList(), untracked.and(Applies.MAYBE));
    }
}
