package dev.rebind.agent.command;

import dev.rebind.agent.Agent.Start;
import dev.rebind.agent.Explanation;
import dev.rebind.agent.GenerationWatch;
import dev.rebind.agent.PortView;
import dev.rebind.diagnosis.Cause;
import dev.rebind.diagnosis.Question;
import dev.rebind.sockets.release.Release;
import java.util.ArrayList;

/**
 * Why the bind of a command's server failed, where no more is known of that bind than what the server before it had on its socket, and
 * what the command says. What is concluded from less than an errno says so as a doubt.
 */
record CommandExplainer(GenerationWatch watch) {
    /** @param question what the new run is taken to have asked for */
    Explanation explain(Start.Failed failed, PortView at, Question question) {
        if (failed.errno() != null) {
            Explanation explanation = watch.explain(failed, at, question);
            return explanation.cause() == Cause.unknown && question.reuseAddress() && failed.addressInUse()
                    ? asWithout(failed, at, question, explanation)
                    : explanation;
        }
        if (!watch.isBlocked(question)) {
            return Explanation.unknown(
                    new Release.Unbounded("the cause is not known"),
                    "Whether its bind failed is not known: its output names no errno, and nothing that is on the port"
                            + " blocks it by the kernel's rule.");
        }
        return doubted(
                watch.explain(CommandAgent.failed(failed.settings(), "EADDRINUSE", failed.message()), at, question),
                "That its bind failed is concluded from what is on the port: its output names no errno.");
    }

    /**
     * The socket that listened has SO_REUSEADDR, and nothing blocks a bind with it: where one without it is blocked, that is what was
     * bound.
     */
    private Explanation asWithout(Start.Failed failed, PortView at, Question question, Explanation otherwise) {
        Question without = question.with(false, question.reusePort());
        if (!watch.isBlocked(without)) {
            return otherwise;
        }
        Explanation concluded = watch.explain(failed, at, without);
        return doubted(
                concluded,
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
