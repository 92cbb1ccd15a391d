package dev.rebind.diagnosis.nat;

import java.util.ArrayList;
import java.util.List;

/**
 * The steps of one rule, from its words: conditions from left to right, and what it does for whom they hold. The words of each tool are
 * read elsewhere. For one thread.
 */
public final class RuleSteps {
    private final Traffic traffic;
    private final String text;
    private final List<Step> steps = new ArrayList<>();
    private Answer match = Answer.YES;

    /** @param text of the rule */
    public RuleSteps(Traffic traffic, String text) {
        this.traffic = traffic;
        this.text = text;
    }

    /** A condition of all that follows. */
    public RuleSteps when(Answer holds) {
        match = match.and(holds);
        return this;
    }

    public RuleSteps then(Step.Action action) {
        return then(Answer.YES, action);
    }

    /** @param whom for whom of those that meet the conditions */
    public RuleSteps then(Answer whom, Step.Action action) {
        steps.add(new Step(match.and(whom), action, text));
        return this;
    }

    /** Sends clients to an address; {@code address} and {@code ports} are those of {@link Traffic#stays}. */
    public RuleSteps thenTo(Answer whom, String address, String ports) {
        return thenTo(whom, address, ports, traffic.stays(address, ports));
    }

    /** Changes the port, and leaves the address. */
    public RuleSteps thenToPort(Answer whom, String ports) {
        return thenTo(whom, "", ports, traffic.samePort(ports));
    }

    /**
     * Writes an address or a port into packets, and connections have no part in it. Packets in which nothing changes go on.
     *
     * @param address an address, or empty where the port is written; both are empty for what is not written out, as a hash
     */
    public RuleSteps thenWritten(Answer whom, String address, String ports) {
        boolean known = !address.isEmpty() || !ports.isEmpty();
        Answer stays = !known ? Answer.MAYBE : address.isEmpty() ? traffic.samePort(ports) : traffic.stays(address, "");
        return stays == Answer.YES ? this : thenTo(whom, address, ports, stays);
    }

    /** @param stays whether the clients reach the port's server all the same */
    public RuleSteps thenTo(Answer whom, String address, String ports, Answer stays) {
        return then(whom, new Step.Action.Translate(Target.text(address, ports), stays));
    }

    /** Clients that meet the conditions may be sent somewhere, and the rule does not say in words known here where to. */
    public RuleSteps thenPerhapsElsewhere() {
        return then(Answer.MAYBE, new Step.Action.Translate("", Answer.NO));
    }

    public List<Step> steps() {
        return List.copyOf(steps);
    }
}
