package dev.rebind.e2e.prometheus;

import static dev.rebind.e2e.prometheus.Prometheus.list;
import static dev.rebind.e2e.prometheus.Prometheus.shown;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rebind.e2e.cluster.BrokenException;
import dev.rebind.e2e.cluster.Cluster;
import dev.rebind.e2e.cluster.Repository;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A dashboard of Grafana with its variables chosen as a reader would who looks for these values. For one thread. */
public final class Dashboard {
    /** $name, ${name}, ${name:form} and [[name]]. */
    private static final Pattern VARIABLE = Pattern.compile("\\$(\\w+)|\\$\\{(\\w+)(?::(\\w+))?}|\\[\\[(\\w+)]]");

    private static final Pattern VALUES_OF_SERIES =
            Pattern.compile("label_values\\((.*),\\s*(\\w+)\\s*\\)", Pattern.DOTALL);
    private static final Pattern VALUES_OF_LABEL = Pattern.compile("label_values\\(\\s*(\\w+)\\s*\\)");
    private static final Pattern RESULT = Pattern.compile("query_result\\((.*)\\)", Pattern.DOTALL);

    /** What Grafana puts in place of its own variables. */
    private static final Map<String, String> GRAFANA = Map.of(
            "__rate_interval", "1m",
            "__rate_interval_ms", "60000",
            "__interval", Prometheus.STEP_SECONDS + "s",
            "__interval_ms", Prometheus.STEP_SECONDS + "000",
            "__range", Prometheus.SPAN_SECONDS + "s",
            "__range_s", String.valueOf(Prometheus.SPAN_SECONDS),
            "__range_ms", Prometheus.SPAN_SECONDS + "000");

    private final Prometheus prometheus;
    private final Map<String, List<String>> own;
    private final JsonNode json;
    private final String name;
    private final Map<String, List<String>> variables = new HashMap<>();
    private final List<String> wrong = new ArrayList<>();
    private int asked;

    /**
     * @param own values that the reader chooses, by the names of variables
     */
    public Dashboard(Prometheus prometheus, Map<String, List<String>> own, Path file) {
        this.prometheus = prometheus;
        this.own = own;
        name = file.getFileName().toString().replaceFirst("\\.json$", "");
        json = Cluster.json(file.toString(), Repository.text(file));
    }

    /** How many queries were asked. */
    public int asked() {
        return asked;
    }

    /** Asks all that the dashboard asks; gives what shows nothing, or is not understood. */
    public List<String> tried() {
        list(json.at("/templating/list")).forEach(this::choose);
        panels(json.path("panels")).forEach(panel -> {
            // A panel of what may not have happened says "none" where it has not.
            boolean mayBeEmpty =
                    panel.at("/fieldConfig/defaults/noValue").asText().startsWith("none");
            for (JsonNode target : panel.path("targets")) {
                if (!target.path("expr").asText().isEmpty()) {
                    query(
                            "panel '" + panel.path("title").asText() + "' "
                                    + target.path("refId").asText(),
                            target.path("expr").asText(),
                            target.path("instant").asBoolean(),
                            mayBeEmpty);
                }
            }
        });
        for (JsonNode annotation : json.at("/annotations/list")) {
            String expression =
                    annotation.path("expr").asText(annotation.at("/target/expr").asText());
            if (!expression.isEmpty()) {
                query("annotation '" + annotation.path("name").asText() + "'", expression, false, true);
            }
        }
        return List.copyOf(wrong);
    }

    private static Stream<JsonNode> panels(JsonNode panels) {
        return list(panels).stream()
                .flatMap(panel -> Stream.concat(panels(panel.path("panels")), Stream.of(panel)))
                .filter(panel -> !panel.path("type").asText().equals("row"));
    }

    private void query(String what, String expression, boolean instant, boolean mayBeEmpty) {
        asked++;
        try {
            String filled = filled(expression);
            List<JsonNode> series = instant ? prometheus.now(filled) : prometheus.overTime(filled);
            if (shown(series).isEmpty() && !mayBeEmpty) {
                wrong.add(name + ", " + what + ": no series: " + filled);
            }
        } catch (BrokenException e) {
            wrong.add(name + ", " + what + ": " + e.getMessage());
        }
    }

    private String filled(String text) {
        return VARIABLE.matcher(text).replaceAll(found -> Matcher.quoteReplacement(value(found, text)));
    }

    private String value(MatchResult found, String text) {
        String variable = Stream.of(1, 2, 4)
                .map(found::group)
                .filter(group -> group != null)
                .findFirst()
                .orElseThrow();
        String grafanas = GRAFANA.get(variable);
        if (grafanas != null) {
            return grafanas;
        }
        List<String> values = variables.get(variable);
        if (values == null) {
            throw new BrokenException("there is no variable " + variable + ", in " + text);
        }
        if (values.size() != 1) {
            return "(" + String.join("|", values) + ")";
        }
        // Within a string of PromQL a backslash is written twice.
        return "regex".equals(found.group(3))
                ? values.getFirst().replaceAll("[.*+?^${}()|\\[\\]\\\\]", "\\\\\\\\$0")
                : values.getFirst();
    }

    private void choose(JsonNode variable) {
        String called = variable.path("name").asText();
        variables.put(
                called,
                switch (variable.path("type").asText()) {
                    case "query" -> chosen(variable, called);
                    case "datasource" -> List.of("prometheus");
                    default -> preset(variable);
                });
    }

    private List<String> chosen(JsonNode variable, String called) {
        asked++;
        List<String> values = offered(variable, called);
        String regex = variable.path("regex").asText().replaceAll("^/|/$", "");
        if (!regex.isEmpty()) {
            values = values.stream()
                    .map(Pattern.compile(regex)::matcher)
                    .filter(Matcher::find)
                    .map(found -> found.groupCount() > 0 ? found.group(1) : found.group())
                    .toList();
        }
        if (values.isEmpty()) {
            wrong.add(name + ", variable " + called + ": no values: " + variable.path("query"));
            return List.of(".*");
        }
        List<String> mine = own.getOrDefault(called, List.of()).stream()
                .filter(values::contains)
                .toList();
        boolean several = variable.path("multi").asBoolean()
                || variable.path("includeAll").asBoolean();
        return !mine.isEmpty() ? mine : several ? values : values.subList(0, 1);
    }

    /** Of a variable whose values are written in the dashboard. */
    private static List<String> preset(JsonNode variable) {
        JsonNode current = variable.at("/current/value");
        if (current.isArray() && !current.isEmpty()) {
            return list(current).stream().map(JsonNode::asText).toList();
        }
        String option = variable.at("/options/0/value").asText();
        String value = current.isValueNode() ? current.asText() : "";
        return Stream.of(value, option, variable.path("query").asText().split(",", 2)[0])
                .filter(one -> !one.isEmpty())
                .limit(1)
                .toList();
    }

    /** What a variable of kind query offers: label_values(…) or query_result(…). */
    private List<String> offered(JsonNode variable, String called) {
        JsonNode query = variable.path("query");
        try {
            String text = filled(query.isObject() ? query.path("query").asText() : query.asText())
                    .strip();
            Matcher ofSeries = VALUES_OF_SERIES.matcher(text);
            Matcher ofLabel = VALUES_OF_LABEL.matcher(text);
            Matcher result = RESULT.matcher(text);
            if (ofSeries.matches()) {
                return prometheus.values(ofSeries.group(2), ofSeries.group(1).strip());
            }
            if (ofLabel.matches()) {
                return prometheus.values(ofLabel.group(1), "");
            }
            if (result.matches()) {
                return prometheus.now(result.group(1)).stream()
                        .map(one -> one.path("metric").toString())
                        .toList();
            }
            wrong.add(name + ", variable " + called + ": what is " + text + "?");
        } catch (BrokenException e) {
            wrong.add(name + ", variable " + called + ": " + e.getMessage());
        }
        return List.of();
    }
}
