package dev.rebind.experiment.rules;

import dev.rebind.experiment.ExperimentSpec;
import dev.rebind.experiment.Step;
import dev.rebind.experiment.restart.OnFailure;
import dev.rebind.experiment.restart.ReuseAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Checks that the fields of one spec do not contradict each other. */
public final class Rules {
    private Rules() {}

    /** Returns all findings, in the order of the fields; empty for an experiment that can be planned. */
    public static List<Finding> check(ExperimentSpec spec) {
        var findings = new Findings();
        if (spec.cells() != null || spec.truthTable() != null) {
            CellRules.check(spec, findings);
            alone(spec, findings);
            return findings.all();
        }
        count(spec, findings);
        reuseAddress(spec, findings);
        retry(spec, findings);
        List<Step> steps = spec.steps();
        if (steps == null) {
            cycle(Scope.whole(spec), findings);
            return findings.all();
        }
        steps(spec, steps, findings);
        for (int i = 0; i < steps.size(); i++) {
            cycle(Scope.step(spec, steps.get(i), i), findings);
        }
        return findings.all();
    }

    private static void cycle(Scope scope, Findings findings) {
        ServerRules.check(scope, findings);
        CommandRules.check(scope, findings);
        ClientRules.check(scope, findings);
        ExpectRules.check(scope, findings);
    }

    private static void alone(ExperimentSpec spec, Findings findings) {
        String kind = spec.cells() != null ? "cells" : "truthTable";
        if (spec.cells() != null && spec.truthTable() != null) {
            findings.add("spec.truthTable", "spec.cells", "cells and truthTable are two experiments; keep one of them");
        }
        var others = new LinkedHashMap<String, @Nullable Object>();
        others.put("target", spec.target());
        others.put("restart", spec.restart());
        others.put("cycles", spec.cycles());
        others.put("duration", spec.duration());
        others.put("parallel", spec.parallel());
        others.put("reuseAddress", spec.reuseAddress());
        others.put("clients", spec.clients());
        others.put("retry", spec.retry());
        others.put("onFailure", spec.onFailure());
        others.put("obstacle", spec.obstacle());
        others.put("steps", spec.steps());
        others.put("expect", spec.expect());
        for (Map.Entry<String, @Nullable Object> other : others.entrySet()) {
            if (other.getValue() != null) {
                String instead = other.getKey().equals("expect") && spec.cells() != null
                        ? "; write it in each cell"
                        : "; remove it, or make it an experiment of its own";
                findings.add(
                        "spec." + other.getKey(),
                        "spec." + kind,
                        kind + " uses bare sockets, no server, and takes no " + other.getKey() + instead);
            }
        }
    }

    private static void count(ExperimentSpec spec, Findings findings) {
        if (spec.cycles() != null && spec.duration() != null) {
            findings.add("spec.duration", "spec.cycles", "cycles and duration exclude each other; keep one of them");
        }
        positive("spec.duration", spec.duration(), "write how long to go on, such as 10m", findings);
    }

    private static void reuseAddress(ExperimentSpec spec, Findings findings) {
        ReuseAddress reuse = spec.reuseAddress();
        if (reuse == null) {
            return;
        }
        int forms =
                (reuse.value() == null ? 0 : 1) + (reuse.sequence() == null ? 0 : 1) + (reuse.matrix() == null ? 0 : 1);
        if (forms != 1) {
            findings.add(
                    "spec.reuseAddress",
                    (forms == 0 ? "says nothing" : "has more than one of value, sequence and matrix")
                            + "; write one of value, sequence and matrix");
        }
        if (Boolean.FALSE.equals(reuse.matrix())) {
            findings.add(
                    "spec.reuseAddress.matrix", "false asks for nothing; write true, or value: false in its place");
        }
        if (reuse.sequence() != null && reuse.sequence().size() < 2) {
            findings.add(
                    "spec.reuseAddress.sequence",
                    "a restart has an old and a new generation, so a sequence needs two values or more; for one use value");
        }
    }

    private static void retry(ExperimentSpec spec, Findings findings) {
        if (spec.retry() == null) {
            return;
        }
        OnFailure onFailure = spec.steps() == null ? Scope.whole(spec).onFailure() : OnFailure.move;
        if (onFailure != OnFailure.wait) {
            findings.add(
                    "spec.retry",
                    spec.steps() == null ? "spec.onFailure" : "spec.steps",
                    "a failed bind is tried again with onFailure: wait only, and here it is " + onFailure
                            + "; remove retry");
        }
        Duration interval = spec.retry().interval();
        Duration timeout = spec.retry().timeout();
        positive("spec.retry.interval", interval, "a pause of 1ms is the shortest of use", findings);
        positive("spec.retry.timeout", timeout, "write how long to go on, such as 90s", findings);
        if (interval != null && timeout != null && interval.compareTo(timeout) > 0) {
            findings.add(
                    "spec.retry.interval",
                    "spec.retry.timeout",
                    "is longer than timeout, so that nothing would be tried again; make it shorter");
        }
    }

    private static void steps(ExperimentSpec spec, List<Step> steps, Findings findings) {
        if (steps.isEmpty()) {
            findings.add("spec.steps", "is empty; write one step or more, or remove it");
        }
        if (spec.cycles() != null) {
            findings.add("spec.cycles", "spec.steps", "each step is one cycle; remove cycles");
        }
        if (spec.duration() != null) {
            findings.add("spec.duration", "spec.steps", "each step is one cycle; remove duration");
        }
        if (spec.reuseAddress() != null && spec.reuseAddress().value() == null) {
            findings.add(
                    "spec.reuseAddress",
                    "spec.steps",
                    "steps have one cycle each; write reuseAddress {old, new} in each step, or one value for all");
        }
        if (spec.onFailure() != null && spec.onFailure() != OnFailure.move) {
            findings.add(
                    "spec.onFailure",
                    "spec.steps",
                    "each step has a place of its own; write move, or leave onFailure out");
        }
    }

    static void positive(String field, @Nullable Duration duration, String instead, Findings findings) {
        if (duration != null && duration.isZero()) {
            findings.add(field, "must be more than 0; " + instead);
        }
    }
}
