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
 * @param problems errors, on which nothing may be started, and warnings
 * @param passing those of the problems that somebody else may end at any time, such as a port that is taken
 */
public record RunnablePlan(Plan plan, List<Problem> problems, Set<Problem> passing) {
    public RunnablePlan {
        problems = List.copyOf(problems);
        passing = Set.copyOf(passing);
    }

    /** None of whose problems passes. */
    public RunnablePlan(Plan plan, List<Problem> problems) {
        this(plan, problems, Set.of());
    }

    public boolean possible() {
        return errors().findAny().isEmpty();
    }

    /** Whether it is possible once what passes has passed. */
    public boolean possibleLater() {
        return errors().allMatch(passing::contains);
    }

    private Stream<Problem> errors() {
        return problems.stream().filter(problem -> problem.severity() == Problem.Severity.error);
    }
}
