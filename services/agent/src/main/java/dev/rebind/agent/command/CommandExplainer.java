package dev.rebind.agent.command;

import dev.rebind.agent.Agent.Start;
import dev.rebind.agent.Explanation;
import dev.rebind.agent.FailureLook;
import dev.rebind.agent.command.BindMessages.About;
import dev.rebind.agent.command.BindMessages.Failure;
import dev.rebind.diagnosis.Cause;
import dev.rebind.diagnosis.Question;
import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.release.Release;
import java.util.ArrayList;
import java.util.Optional;

/**
 * Why the bind of a command's server failed, where no more is known of that bind than what the server before it had on its socket, and
 * what the command says. What is concluded from less than an errno says so as a doubt, and an errno of which the command does not say
 * what it is for is no fact about the port.
 *
 * @param look of right after the failure
 * @param failed its errno is one of this port
 * @param said what the command says of a failure
 * @param listened whether its run was seen to listen where it should
 * @param over whether its run has ended
 * @param question what the new run is taken to have asked for
 * @param elsewhere what another listener of the server before it would ask for, where that is blocked now
 * @param connectionsWithout whether the server before it had connections without SO_REUSEADDR, though its listener had it
 */
record CommandExplainer(
        FailureLook look,
        Start.Failed failed,
        Optional<Failure> said,
        boolean listened,
        boolean over,
        Question question,
        Optional<Question> elsewhere,
        boolean connectionsWithout) {
    Explanation explain() {
        if (failed.errno() != null) {
            Explanation explanation = look.explain(failed, question);
            return explanation.cause() == Cause.unknown && isOtherwise() ? asWithout(explanation) : explanation;
        }
        if (listened && said.isEmpty()) {
            return unknown("Its bind had passed: it was seen to listen there. Its output names no failure.");
        }
        boolean blocked = look.isBlocked(question);
        Optional<String> doubt = said.flatMap(failure -> doubt(failure, blocked));
        if (doubt.isPresent() || !blocked) {
            return unknown("Whether its bind failed is not known: "
                    + doubt.orElse("its output names no errno for this port, and " + nothing()));
        }
        return doubted(
                look.explain(UnboundRuns.failed(failed.settings(), "EADDRINUSE", failed.message()), question),
                "That its bind failed is concluded from what is on the port: its output names no errno for it.");
    }

    /** Why what it says of a failure does not tell that of a bind of this port. */
    private Optional<String> doubt(Failure failure, boolean blocked) {
        String port = blocked ? "what is on the port would refuse a bind there, too." : nothing();
        return switch (failure.about()) {
            case THIS_PORT ->
                Optional.of("its output names " + failure.errno() + " for this port, where it had listened before.");
            // A run that goes on does so without what failed, and may wait for its port all the same.
            case SOMETHING_ELSE ->
                over || !blocked
                        ? Optional.of("its output names " + failure.errno() + " for something else than this port, and "
                                + port)
                        : Optional.empty();
            case NOT_TOLD ->
                !blocked || !failure.errno().equals("EADDRINUSE")
                        ? Optional.of("its output names " + failure.errno() + " and does not tell for what, and " + port
                                + withoutOption(failure))
                        : Optional.empty();
        };
    }

    private static Explanation unknown(String doubt) {
        return Explanation.unknown(new Release.Unbounded("the cause is not known"), doubt);
    }

    private String nothing() {
        return "nothing that is known refuses a bind there by the kernel's rule."
                + elsewhere
                        .flatMap(other -> other.address().map(address -> new Endpoint(address, other.port())))
                        .map(
                                other -> " The old server also listened on " + other
                                        + ", where a bind with the options of that listener is refused now: it may be that which failed.")
                        .orElse("");
    }

    /** Whether a bind of this port is known to have failed that the options of the live socket do not explain. */
    private boolean isOtherwise() {
        return question.reuseAddress()
                && failed.addressInUse()
                && said.filter(failure -> failure.about() == About.THIS_PORT).isPresent();
    }

    private Question without() {
        return question.with(false, question.reusePort());
    }

    private String withoutOption(Failure failure) {
        boolean refuses = elsewhere.isEmpty()
                && question.reuseAddress()
                && failure.errno().equals("EADDRINUSE")
                && look.isBlocked(without());
        if (!refuses) {
            return "";
        }
        return connectionsWithout
                ? " What is on the port would refuse it if it lacks SO_REUSEADDR: the old server had connections without the"
                        + " option, though its listener had it."
                : " One without SO_REUSEADDR would be refused by what is on the port, as where a program sets the option"
                        + " after bind, or first tries the port with a socket that lacks it.";
    }

    /**
     * The socket that listened has SO_REUSEADDR, and nothing blocks a bind with it: where one without it is blocked, that is what was
     * bound.
     */
    private Explanation asWithout(Explanation otherwise) {
        if (!look.isBlocked(without())) {
            return otherwise;
        }
        return doubted(
                look.explain(failed, without()),
                "The server that listened has SO_REUSEADDR on its socket, and yet its bind failed as one without it does:"
                        + (connectionsWithout
                                ? " the old server had connections without the option."
                                : " the program sets the option after bind, or first tries the port with a socket that lacks it."));
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
