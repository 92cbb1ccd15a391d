package dev.rebind.engine.machine;

import dev.rebind.experiment.Problem;
import dev.rebind.plan.Plan;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The part of a plan that this machine can run.
 *
 * @param plan the same plan, without the cells of a truth table that this machine cannot run
 * @param problems errors and warnings; with an error, nothing may be started
 * @param passing those of the problems that may go away at any time, such as a port that is in use
 */
public record RunnablePlan(Plan plan, List<Problem> problems, Set<Problem> passing) {
    public RunnablePlan {
        problems = List.copyOf(problems);
        passing = Set.copyOf(passing);
    }

    /** Creates a plan whose problems do not go away. */
    public RunnablePlan(Plan plan, List<Problem> problems) {
        this(plan, problems, Set.of());
    }

    public boolean possible() {
        return errors().findAny().isEmpty();
    }

    /** Whether the plan has no errors except those that may go away. */
    public boolean possibleLater() {
        return errors().allMatch(passing::contains);
    }

    private Stream<Problem> errors() {
        return problems.stream().filter(problem -> problem.severity() == Problem.Severity.error);
    }
}
