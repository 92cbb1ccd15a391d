package dev.rebind.engine.machine;

import dev.rebind.experiment.Problem;
import dev.rebind.plan.Plan;
import java.util.List;

/**
 * The part of a plan that this machine can run.
 *
 * @param plan the same plan, without the cells of a truth table that this machine cannot run
 * @param problems errors, on which nothing may be started, and warnings
 */
public record RunnablePlan(Plan plan, List<Problem> problems) {
    public RunnablePlan {
        problems = List.copyOf(problems);
    }

    public boolean possible() {
        return problems.stream().noneMatch(problem -> problem.severity() == Problem.Severity.error);
    }
}
