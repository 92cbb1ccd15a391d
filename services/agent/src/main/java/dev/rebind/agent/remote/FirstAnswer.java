package dev.rebind.agent.remote;

import dev.rebind.agent.wire.WireMessages;
import dev.rebind.agent.wire.WireMessages.About;
import dev.rebind.agent.wire.WireMessages.Holder;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/** Checks whether an agent can be used, by its first answer, before any other request. */
final class FirstAnswer {
    private FirstAnswer() {}

    /**
     * @param wanted who is about to hold the agent; null for nobody
     * @throws AgentException when the agent speaks another version of the protocol, or another experiment holds it
     */
    static void check(URI base, About about, @Nullable Holder wanted) throws AgentException {
        Integer protocol = about.protocol();
        if (protocol == null || protocol != WireMessages.PROTOCOL) {
            throw new AgentException("the agent at " + base + (about.pod() == null ? "" : " (pod " + about.pod() + ")")
                    + " is of Rebind " + about.version() + ", which speaks version " + (protocol == null ? 0 : protocol)
                    + " of the protocol between controllers and agents, and this controller speaks version "
                    + WireMessages.PROTOCOL + "; helm upgrade replaces the agent's pod");
        }
        Holder present = about.holder();
        if (wanted != null && present != null && !present.uid().equals(wanted.uid())) {
            throw AgentException.held(base, present);
        }
    }
}
