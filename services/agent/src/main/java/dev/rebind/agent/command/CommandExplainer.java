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
 * Explains why the bind of a command's server failed. All that is known of the bind is which options the previous run had on its socket and
 * what the command writes. Where no errno confirms a conclusion, the explanation adds a doubt. An errno counts as a fact about the port
 * only where the command says what the errno is for.
 *
 * @param look the look right after the failure
 * @param failed its errno is about this port
 * @param said the failure that the command's output reports
 * @param listened whether the run was seen to listen where it should
 * @param over whether the run has ended
 * @param question what the new run is assumed to have asked the kernel for
 * @param elsewhere what another listener of the previous run would ask for, where that is blocked now
 * @param connectionsWithout whether the previous run had connections without SO_REUSEADDR, although its listener had the option
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

    /** Returns why the reported failure does not prove that a bind of this port failed. */
    private Optional<String> doubt(Failure failure, boolean blocked) {
        String port = blocked ? "what is on the port would refuse a bind there, too." : nothing();
        return switch (failure.about()) {
            case THIS_PORT ->
                Optional.of("its output names " + failure.errno() + " for this port, where it had listened before.");
            // A run that is still alive survives the failure of something else, and may still be waiting for its port.
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

    /** Whether a bind of this port is known to have failed although the options of the live socket would have let it succeed. */
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
     * Explains a bind that failed although the listening socket has SO_REUSEADDR and nothing blocks a bind with that option. Where a bind
     * without the option is blocked, the program must have bound without it.
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
