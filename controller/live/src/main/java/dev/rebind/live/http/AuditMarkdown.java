package dev.rebind.live.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rebind.report.folder.SummaryMarkdown;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** Writes an audit of pods as a report in Markdown. Pure. */
final class AuditMarkdown {
    /** The longest text in a cell, in characters. Only a sentence with long text from outside Rebind exceeds it. */
    private static final int LONGEST = 500;

    private AuditMarkdown() {}

    /**
     * Returns the report.
     *
     * @param audit an object as docs/reference/audit.schema.json describes it
     * @param namespace the namespace of the pods; null for all that are audited
     */
    static String write(JsonNode audit, @Nullable String namespace) {
        JsonNode listeners = audit.path("listeners");
        var report = new StringBuilder("# Servers in pods that would not come back at once\n\n");
        report.append(namespace == null ? "All audited namespaces" : "Namespace " + text(namespace))
                .append(", at ")
                .append(text(audit.path("at").asText()))
                .append(". ")
                .append(sum(audit))
                .append(
                        "\n\nA restart is one of the container, or of a pod on the node's network. A pod that is made again has a new network namespace, and binds whatever was left.\n");
        if (!listeners.isEmpty()) {
            report.append(
                            "\n| namespace | pod | container | node | port | address | SO_REUSEADDR | SO_REUSEPORT | after a restart now |\n")
                    .append("| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
            listeners.forEach(listener -> row(report, listener));
        }
        JsonNode untold = audit.path("untold");
        if (!untold.isEmpty()) {
            report.append("\n## Pods of which not every server is told\n\n");
            untold.forEach(one -> report.append("- ")
                    .append(text(one.at("/pod/namespace").asText()))
                    .append(
                            one.at("/pod/name").isTextual()
                                    ? "/" + text(one.at("/pod/name").asText())
                                    : "")
                    .append(": ")
                    .append(text(one.path("why").asText()))
                    .append('\n'));
        }
        return report.toString();
    }

    private static String sum(JsonNode audit) {
        JsonNode listeners = audit.path("listeners");
        int more = audit.path("left_out").asInt();
        return listeners.size() + (listeners.size() == 1 ? " server: " : " servers: ")
                + count(listeners, "would_be_blocked") + " would be blocked, " + count(listeners, "not_known")
                + " cannot be told, " + count(listeners, "binds_at_once") + " bind at once."
                + (more == 0 ? "" : " " + more + " more of the whole audit are not listed; these are the worst.");
    }

    private static long count(JsonNode listeners, String verdict) {
        return StreamSupport.stream(listeners.spliterator(), false)
                .filter(listener ->
                        verdict.equals(listener.at("/restart/verdict").asText()))
                .count();
    }

    private static void row(StringBuilder report, JsonNode listener) {
        for (String cell : new String[] {
            text(listener.at("/pod/namespace").asText()),
            text(listener.at("/pod/name").asText()),
            text(listener.at("/pod/container").asText("")),
            text(listener.at("/pod/node").asText()),
            Integer.toString(listener.path("port").asInt()),
            text(listener.path("address").asText()),
            option(listener, "reuse_address"),
            option(listener, "reuse_port"),
            text(listener.at("/restart/text").asText())
        }) {
            report.append("| ").append(cell).append(' ');
        }
        report.append("|\n");
    }

    private static String option(JsonNode listener, String name) {
        JsonNode option = listener.path("options").path(name);
        return option.isBoolean() ? option.asBoolean() ? "on" : "off" : "not known";
    }

    private static String text(String raw) {
        return SummaryMarkdown.text(raw.equals("null") ? "" : raw, LONGEST);
    }
}
