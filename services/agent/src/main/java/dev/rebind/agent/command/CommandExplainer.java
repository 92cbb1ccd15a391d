package dev.rebind.agent.command;

import dev.rebind.agent.Agent.Start;
import dev.rebind.agent.Explanation;
import dev.rebind.agent.FailureLook;
import dev.rebind.diagnosis.Cause;
import dev.rebind.diagnosis.Question;
import dev.rebind.sockets.release.Release;
import java.util.ArrayList;

/**
 * Why the bind of a command's server failed, where no more is known of that bind than what the server before it had on its socket, and
 * what the command says. What is concluded from less than an errno says so as a doubt.
 *
 * @param look of right after the failure
 * @param question what the new run is taken to have asked for
 */
record CommandExplainer(FailureLook look, Start.Failed failed, Question question) {
    Explanation explain() {
        if (failed.errno() != null) {
            Explanation explanation = look.explain(failed, question);
            return explanation.cause() == Cause.unknown && question.reuseAddress() && failed.addressInUse()
                    ? asWithout(explanation)
                    : explanation;
        }
        if (!look.isBlocked(question)) {
            return Explanation.unknown(
                    new Release.Unbounded("the cause is not known"),
                    "Whether its bind failed is not known: its output names no errno for this port, and nothing that is"
                            + " on the port blocks it by the kernel's rule.");
        }
        return doubted(
                look.explain(CommandAgent.failed(failed.settings(), "EADDRINUSE", failed.message()), question),
                "That its bind failed is concluded from what is on the port: its output names no errno for it.");
    }

    /**
     * The socket that listened has SO_REUSEADDR, and nothing blocks a bind with it: where one without it is blocked, that is what was
     * bound.
     */
    private Explanation asWithout(Explanation otherwise) {
        Question without = question.with(false, question.reusePort());
        if (!look.isBlocked(without)) {
            return otherwise;
        }
        return doubted(
                look.explain(failed, without),
                "The server that listened has SO_REUSEADDR on its socket, and yet its bind failed as one without it does:"
                        + " the program sets the option after bind, or first tries the port with a socket that lacks it.");
    }

    private static Explanation doubted(Explanation concluded, String doubt) {
        var doubts = new ArrayList<>(concluded.doubts());
        doubts.add(doubt);
        return new Explanation(
                concluded.cause(),
                concluded.blocking(),
                concluded.release(),
                false,
                doubts,
                concluded.prevention(),
                concluded.told());
    }
}
