package dev.rebind.sockets.bind;

import dev.rebind.sockets.bind.SceneCampaign.Failure;
import dev.rebind.sockets.bind.SceneCampaign.Report;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The random scenes on the kernel that runs this program, for a table over several kernels ({@code .ci/kernels}): a row of
 * Markdown, then the scenes with a disagreement, shrunk. Ends with 0 whether the rule and this kernel agree or not.
 *
 * <p>Arguments: how many scenes, and the seed.
 */
final class SceneMain {
    private SceneMain() {}

    public static void main(String[] arguments) throws Exception {
        Report report = SceneCampaign.run(
                Integer.parseInt(arguments[0]), Long.parseLong(arguments[1]), SceneComparison.BIND_RULE);
        var axes = report.axes();
        System.out.println("row: | " + System.getProperty("os.name") + " " + System.getProperty("os.version") + " | "
                + (axes.six() ? "yes" : "no") + " | " + (axes.users() ? "yes" : "no") + " | "
                + axes.devices().stream().map(Enum::name).collect(Collectors.joining(", ")) + " | "
                + report.compared() + " | " + report.missing() + " | " + report.questions() + " | "
                + report.failing() + " |");
        report.notArranged().forEach((why, count) -> System.out.println("not arranged: " + count + " " + why));
        var shapes = new LinkedHashMap<String, List<Failure>>(report.failures().stream()
                .collect(Collectors.groupingBy(one -> one.scene().java())));
        shapes.values().stream()
                .sorted((one, other) -> Integer.compare(other.size(), one.size()))
                .forEach(same -> System.out.println("differs, " + same.size() + " of "
                        + report.failures().size() + " shrunk:\n"
                        + same.getFirst().scene().java() + "\n  "
                        + same.getFirst().disagreement()));
    }
}
