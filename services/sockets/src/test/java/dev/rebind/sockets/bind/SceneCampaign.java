package dev.rebind.sockets.bind;

import dev.rebind.sockets.bind.SceneComparison.Rule;
import dev.rebind.sockets.bind.SceneGenerator.Axes;
import dev.rebind.sockets.bind.SceneRun.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Many scenes from one seed, and what they came to. */
final class SceneCampaign {
    /** Failing scenes that are shrunk; further ones are only counted. */
    private static final int SHRUNK = 40;

    /** A scene with a disagreement, shrunk, and what its run disagreed on. */
    record Failure(Scene scene, String disagreement) {}

    /**
     * @param source where the scenes are from
     * @param compared scenes whose sockets were all made, or refused as the rule says
     * @param notArranged why the other scenes could not be arranged, with their number
     * @param questions binds and listens that were compared
     * @param undecided those that the sockets alone did not decide
     * @param refused old sockets that the kernel refused
     * @param failing scenes with a disagreement
     */
    record Report(
            String source,
            Axes axes,
            int compared,
            TreeMap<String, Integer> notArranged,
            int questions,
            int undecided,
            int refused,
            int failing,
            List<Failure> failures) {
        int missing() {
            return notArranged.values().stream().mapToInt(Integer::intValue).sum();
        }

        @Override
        public String toString() {
            var text = new StringBuilder(source + ", " + axes + "\n" + compared + " scenes compared, " + missing()
                    + " not arranged " + notArranged + ", " + questions + " binds and listens, " + undecided
                    + " of them undecided by the sockets alone, " + refused + " old sockets refused, " + failing
                    + " scenes with a disagreement");
            for (Failure failure : failures) {
                text.append("\n").append(failure.scene().java()).append("\n  ").append(failure.disagreement());
            }
            return text.toString();
        }
    }

    private SceneCampaign() {}

    /** Scenes drawn from the seed. */
    static Report run(int scenes, long seed, Rule rule) throws Exception {
        var generator = new SceneGenerator(seed, new SceneSockets().axes());
        return run(Stream.generate(generator::next).limit(scenes), "seed " + seed, rule);
    }

    static Report run(List<Scene> scenes, Rule rule) throws Exception {
        return run(scenes.stream(), "given scenes", rule);
    }

    private static Report run(Stream<Scene> scenes, String source, Rule rule) throws Exception {
        SceneLab lab = SceneLab.here();
        Axes axes = lab.sockets().axes();
        var notArranged = new TreeMap<String, Integer>();
        var failures = new ArrayList<Failure>();
        int compared = 0;
        int questions = 0;
        int undecided = 0;
        int refused = 0;
        int failing = 0;
        for (Scene scene : (Iterable<Scene>) scenes::iterator) {
            switch (SceneRun.run(scene, lab, rule)) {
                case Result.NotArranged(String why) ->
                    notArranged.merge(why.replaceAll("(to|on) \\S+$", "$1 …"), 1, Integer::sum);
                case Result.Compared one -> {
                    compared++;
                    questions += one.questions();
                    undecided += one.undecided();
                    refused += one.refused();
                    if (!one.disagreements().isEmpty()) {
                        failing++;
                        if (failures.size() < SHRUNK) {
                            failures.add(
                                    shrunk(scene, lab, rule, one.disagreements().getFirst()));
                        }
                    }
                }
            }
        }
        return new Report(source, axes, compared, notArranged, questions, undecided, refused, failing, failures);
    }

    private static Failure shrunk(Scene scene, SceneLab lab, Rule rule, String disagreement) throws Exception {
        Scene small = SceneShrinker.shrink(scene, one -> disagrees(one, lab, rule));
        return SceneRun.run(small, lab, rule) instanceof Result.Compared again
                        && !again.disagreements().isEmpty()
                ? new Failure(small, again.disagreements().getFirst())
                : new Failure(scene, disagreement);
    }

    private static boolean disagrees(Scene scene, SceneLab lab, Rule rule) throws Exception {
        return SceneRun.run(scene, lab, rule) instanceof Result.Compared compared
                && !compared.disagreements().isEmpty();
    }
}
