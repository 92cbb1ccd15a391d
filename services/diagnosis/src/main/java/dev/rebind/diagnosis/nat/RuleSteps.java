package dev.rebind.diagnosis.nat;

import java.util.ArrayList;
import java.util.List;

/**
 * The steps of one rule, from its words: conditions from left to right, and what it does for whom they hold. The words of each tool are
 * read elsewhere. For one thread.
 */
public final class RuleSteps {
    private final FirstPackets traffic;
    private final String text;
    private final List<RuleStep> steps = new ArrayList<>();
    private Applies match = Applies.YES;

    /** @param text of the rule */
    public RuleSteps(FirstPackets traffic, String text) {
        this.traffic = traffic;
        this.text = text;
    }

    /** A condition of all that follows. */
    public RuleSteps when(Applies holds) {
        match = match.and(holds);
        return this;
    }

    public RuleSteps then(RuleStep.Action action) {
        return then(Applies.YES, action);
    }

    /** @param whom for whom of those that meet the conditions */
    public RuleSteps then(Applies whom, RuleStep.Action action) {
        steps.add(new RuleStep(match.and(whom), action, text));
        return this;
    }

    /** Sends clients to an address; {@code address} and {@code ports} are those of {@link FirstPackets#stays}. */
    public RuleSteps thenTo(Applies whom, String address, String ports) {
        return thenTo(whom, address, ports, traffic.stays(address, ports));
    }

    /** Changes the port, and leaves the address. */
    public RuleSteps thenToPort(Applies whom, String ports) {
        return thenTo(whom, "", ports, traffic.samePort(ports));
    }

    /**
     * Writes an address or a port into packets, and connections have no part in it. Packets in which nothing changes go on.
     *
     * @param address an address, or empty where the port is written; both are empty for what is not written out, as a hash
     */
    public RuleSteps thenWritten(Applies whom, String address, String ports) {
        boolean known = !address.isEmpty() || !ports.isEmpty();
        Applies stays =
                !known ? Applies.MAYBE : address.isEmpty() ? traffic.samePort(ports) : traffic.stays(address, "");
        return stays == Applies.YES ? this : thenTo(whom, address, ports, stays);
    }

    /** @param stays whether the clients reach the port's server all the same */
    public RuleSteps thenTo(Applies whom, String address, String ports, Applies stays) {
        return then(whom, new RuleStep.Action.Translate(TargetText.text(address, ports), stays));
    }

    /** Clients that meet the conditions may be sent somewhere, and the rule does not say in words known here where to. */
    public RuleSteps thenPerhapsElsewhere() {
        return then(Applies.MAYBE, new RuleStep.Action.Translate("", Applies.NO));
    }

    public List<RuleStep> steps() {
        return List.copyOf(steps);
    }
}
