package dev.rebind.plan;

import dev.rebind.experiment.Excerpt;
import dev.rebind.experiment.Specs;
import dev.rebind.experiment.cells.Relation;
import dev.rebind.experiment.cells.Residue;
import dev.rebind.experiment.cells.Stack;
import dev.rebind.experiment.file.FileLimits;
import dev.rebind.experiment.restart.Close;
import dev.rebind.experiment.schema.Shape;
import dev.rebind.experiment.server.Handler;
import dev.rebind.experiment.value.GoDuration;
import dev.rebind.sockets.TcpState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Writes docs/reference/experiment.md from the records, and the tables in it from the planner. */
final class ExperimentReference {
    private static final Pattern DEFAULT = Pattern.compile(" ?Default: (.+)\\.$");
    private static final String HEAD = """
        # The experiment file

        Generated from the code (`./mvnw test -Drebind.update-docs=true`); do not edit.

        An experiment file is YAML in UTF-8 and has one experiment or more. Each is a document with `apiVersion: rebind.dev/v1alpha1` and `kind:
        RebindExperiment`. `rebind validate FILE` lists everything that is wrong with a file, with line and field. The bundled
        experiments are commented examples: `controller/experiment/src/main/resources/dev/rebind/tour`.

        ## Three recipes

        Each is a whole file of [docs/examples/experiments](../examples/experiments). Everything that a file leaves out has the default below; `spec: {}` is one restart of Rebind's
        own server.

        RECIPES
        ## How a file is written

        Editors can use the JSON schema [experiment.schema.json](experiment.schema.json). For the YAML language server, write in the first line

        ```yaml
        # yaml-language-server: $schema=path/to/docs/reference/experiment.schema.json
        ```

        A *duration* is written as in Kubernetes: `100ms`, `5s`, `1m30s`, `2h`; never negative, never without a unit. A
        *state* is one of STATES.
        """;

    private static final String LIMITS = """

        ## Limits

        Far above what an experiment needs; what is larger is refused with one message.

        | of | at most |
        | --- | --- |
        | a file | %d KiB |
        | documents of a file | %,d |
        | fields of a map, entries of a list | %,d |
        | maps and lists within each other | %d |
        | aliases of maps and lists in a document | %d |
        | what all aliases stand for, written out | %d KiB |
        | a field's name | %d characters |
        | a text | %,d characters |
        | a duration | %d characters |
        | problems that are listed; of the others it is said how many there are | %d |
        | a value that a message repeats | %d characters |
        """.formatted(
                    FileLimits.FILE_BYTES / 1024,
                    FileLimits.DOCUMENTS,
                    FileLimits.FIELDS,
                    FileLimits.DEPTH,
                    FileLimits.ALIASES,
                    FileLimits.WRITTEN_OUT / 1024,
                    FileLimits.NAME,
                    FileLimits.TEXT,
                    GoDuration.LONGEST,
                    FileLimits.PROBLEMS,
                    Excerpt.MOST);

    private static final Path RECIPES = Path.of("..", "..", "docs", "examples", "experiments");

    /** Where a field has a meaning. */
    private enum Place {
        both(
                "Fields for both places",
                "They mean the same on one machine (`rebind run`) and in a cluster. A value that is for one of the two"
                        + " says so.",
                ""),
        lab("Fields of the lab", "They are for `rebind run` on one machine; a cluster refuses them.", "Lab only"),
        kubernetes(
                "Fields of Kubernetes",
                "They are for a cluster. `rebind run` refuses those that change what an experiment does, and takes no"
                        + " notice of the others: `metadata.namespace`, `ignoreDisruptionBudget`,"
                        + " `ttlSecondsAfterFinished`, `startingDeadlineSeconds`, and `suspend` and `terminate` that are"
                        + " false.",
                "Kubernetes only|Cluster only");

        final String title;
        final String meaning;
        private final Pattern mark;

        Place(String title, String meaning, String marks) {
            this.title = title;
            this.meaning = meaning;
            this.mark = Pattern.compile("^(?:" + marks + ")[:,] *");
        }

        static Place of(Shape.Entry entry) {
            return Stream.of(lab, kubernetes)
                    .filter(place -> place.mark.matcher(entry.description()).find())
                    .findFirst()
                    .orElse(both);
        }

        /** Without the words that the chapter says for all of its fields. */
        String told(String description) {
            if (this == both) {
                return description;
            }
            String rest = mark.matcher(description).replaceFirst("");
            if (rest.startsWith("true ")) {
                return "`true` " + rest.substring("true ".length());
            }
            return Character.toUpperCase(rest.charAt(0)) + rest.substring(1);
        }
    }

    /** What a user may look for first: its file, and a sentence. */
    private record Recipe(String file, String sentence) {}

    static final List<String> RECIPE_FILES =
            List.of("restart-at-once.yaml", "own-command.yaml", "deployment-downtime.yaml");
    private static final List<Recipe> ALL = List.of(
            new Recipe(
                    RECIPE_FILES.get(0),
                    "A server on a laptop, whose restart must succeed: `rebind run restart-at-once.yaml`."),
            new Recipe(
                    RECIPE_FILES.get(1),
                    "Your own command in CI, with HTTP clients: `rebind run --allow-commands own-command.yaml`."),
            new Recipe(
                    RECIPE_FILES.get(2),
                    "A Deployment in a cluster, with a limit of its downtime: `kubectl apply -f"
                            + " deployment-downtime.yaml`."));

    private final StringBuilder page = new StringBuilder();

    static String write() {
        var reference = new ExperimentReference();
        String states = Arrays.stream(TcpState.values()).map(Enum::name).collect(Collectors.joining(", "));
        reference.page.append(HEAD.replace("STATES", states).replace("RECIPES\n", recipes()));
        for (Place place : Place.values()) {
            reference.chapter(place);
        }
        reference.defaultsByClose();
        reference.truthTable();
        reference.page.append(LIMITS);
        return reference.page.toString();
    }

    private static String recipes() {
        return ALL.stream()
                .map(recipe -> recipe.sentence() + "\n\n```yaml\n" + text(recipe.file()) + "```\n\n")
                .collect(Collectors.joining());
    }

    static String text(String recipe) {
        try {
            return Files.readString(RECIPES.resolve(recipe));
        } catch (IOException missing) {
            throw new UncheckedIOException(missing);
        }
    }

    private void chapter(Place place) {
        page.append("\n# ")
                .append(place.title)
                .append("\n\n")
                .append(place.meaning)
                .append("\n");
        if (place == Place.both) {
            object("", Shape.EXPERIMENT);
            return;
        }
        page.append("\n| field | type | default | |\n| --- | --- | --- | --- |\n");
        own("", Shape.EXPERIMENT, place, (path, entry) -> row(path, entry, place));
        own("", Shape.EXPERIMENT, place, (path, entry) -> below(path, entry.shape()));
    }

    /** The outermost fields that are for one place alone. */
    private static void own(String path, Shape shape, Place place, BiConsumer<String, Shape.Entry> each) {
        switch (shape) {
            case Shape.Obj object ->
                object.fields().forEach((name, entry) -> {
                    String field = path.isEmpty() ? name : path + "." + name;
                    Place where = Place.of(entry);
                    if (where == place) {
                        each.accept(field, entry);
                    } else if (where == Place.both) {
                        own(field, entry.shape(), place, each);
                    }
                });
            case Shape.ListOf(Shape element) -> own(path + "[]", element, place, each);
            case Shape.Names _, Shape.Text _, Shape.Flag _, Shape.Span _, Shape.Whole _, Shape.Choice _ -> {}
        }
    }

    private void object(String path, Shape.Obj object) {
        page.append("\n## ")
                .append(path.isEmpty() ? "The document" : "`" + path + "`")
                .append("\n\n");
        if (!object.plain().isEmpty()) {
            page.append(
                    "A plain `true` or `false` says the same as the map with %s. A file for `kubectl apply` needs the map.\n\n"
                            .formatted(object.plain().stream()
                                    .map(field -> "`" + field + "`")
                                    .collect(Collectors.joining(" and "))));
        }
        page.append("| field | type | default | |\n| --- | --- | --- | --- |\n");
        Map<String, Shape.Entry> here = new LinkedHashMap<>(object.fields());
        here.values().removeIf(entry -> Place.of(entry) != Place.both);
        here.forEach((name, entry) -> row(name, entry, Place.both));
        here.forEach((name, entry) -> below(path.isEmpty() ? name : path + "." + name, entry.shape()));
    }

    private void row(String name, Shape.Entry entry, Place place) {
        String description = place.told(entry.description());
        Matcher matcher = DEFAULT.matcher(description);
        boolean hasDefault = matcher.find();
        String usual = entry.required() ? "required" : hasDefault ? matcher.group(1) : "";
        String text = hasDefault ? description.substring(0, matcher.start()) : description;
        page.append("| `%s` | %s | %s | %s |\n".formatted(name, type(entry.shape()), usual, text));
    }

    private void below(String path, Shape shape) {
        switch (shape) {
            case Shape.Obj object -> {
                // The same fields as above, which a step says again: once is enough.
                if (!path.matches(
                        "spec\\.steps\\[]\\.(target|restart|clients|obstacle|expect)|spec\\.cells\\[]\\.(new|expect)")) {
                    object(path, object);
                }
            }
            case Shape.ListOf(Shape element) -> below(path + "[]", element);
            case Shape.Names _, Shape.Text _, Shape.Flag _, Shape.Span _, Shape.Whole _, Shape.Choice _ -> {}
        }
    }

    private static String type(Shape shape) {
        return switch (shape) {
            case Shape.Obj object -> object.plain().isEmpty() ? "map" : "`true`, `false` or map";
            case Shape.ListOf(Shape element) -> "list of " + type(element);
            case Shape.Names _ -> "map of texts";
            case Shape.Text _ -> "text";
            case Shape.Flag _ -> "`true`, `false`";
            case Shape.Span _ -> "duration";
            case Shape.Whole(int min, int max) ->
                max == Integer.MAX_VALUE ? "number from %d".formatted(min) : "%d to %d".formatted(min, max);
            case Shape.Choice(List<String> values)
            when values.contains(TcpState.TIME_WAIT.name()) && values.size() == TcpState.values().length -> "state";
            case Shape.Choice(List<String> values) ->
                values.stream().map(value -> "`" + value + "`").collect(Collectors.joining(", "));
        };
    }

    private void defaultsByClose() {
        page.append("""

            # Tables

            ## Defaults that follow from `restart.close`

            | `restart.close` | `clients.behaviour` | `target.server.service` | `expect.residue` |
            | --- | --- | --- | --- |
            """);
        Map<String, String> variants = Map.of(
                Close.server.name(),
                "",
                Close.server + " with `clients.connections: 0`",
                "clients: {connections: 0}",
                Close.server + " with `target.server.reading: false`",
                "target: {server: {reading: false}}",
                Close.stall + " with `clients.untilFull: true`",
                "clients: {untilFull: true}");
        for (Close close : Close.values()) {
            variants.entrySet().stream()
                    .filter(variant -> variant.getKey().startsWith(close.name()))
                    .sorted(Map.Entry.comparingByKey())
                    .forEach(variant -> closeRow(close, variant.getKey(), variant.getValue()));
            if (!variants.containsKey(close.name())) {
                closeRow(close, close.name(), "");
            }
        }
        page.append("""

            Not known: the cycle expects no particular residue, because the residue depends on what the kernel held when the
            connections were closed. An empty residue means that nothing may be left.
            """);
    }

    private void closeRow(Close close, String title, String more) {
        String target = close == Close.keep ? "target: {server: {handler: " + Handler.process + "}}" : "";
        PlannedCycle cycle = ((Plan.Cycles) Planner.plan(
                        Specs.experiment("restart: {close: " + close + "}\nonFailure: move\n" + target + "\n" + more)))
                .copy(0)
                .next();
        page.append("| %s | `%s` | `%s` | %s |\n"
                .formatted(
                        title.contains(" ") ? title : "`" + title + "`",
                        cycle.clients().behaviour().name().replace('_', '-'),
                        cycle.server().service(),
                        residue(cycle.expect().residue())));
    }

    private static String residue(@Nullable List<TcpState> residue) {
        return residue == null ? "not known" : "`" + residue + "`";
    }

    private void truthTable() {
        page.append("""

            ## The addresses of `truthTable`

            Each cell is tried with `SO_REUSEADDR` off and on in the old and in the new socket. The table gives the old
            socket's address, the address to which the client connected if it differs, and the new socket's address.
            With `reusePort: true` each is tried with the four pairs of `SO_REUSEPORT` too: 864 cells instead of 216.

            """);
        page.append("| | %s |\n| --- | --- | --- | --- |\n"
                .formatted(Arrays.stream(Relation.values())
                        .map(relation -> "`" + relation.name().replace('_', '-') + "`")
                        .collect(Collectors.joining(" | "))));
        List<PlannedCell> cells =
                ((Plan.Cells) Planner.plan(Specs.experiment("truthTable: {residues: [TIME_WAIT]}"))).cells();
        for (Stack stack : Stack.values()) {
            page.append("| `").append(stack).append("` |");
            for (Relation relation : Relation.values()) {
                PlannedCell cell = cells.stream()
                        .filter(candidate ->
                                new PlannedCell.Truth(Residue.TIME_WAIT, relation, stack).equals(candidate.truth()))
                        .findFirst()
                        .orElseThrow();
                page.append(" ").append(pair(cell)).append(" |");
            }
            page.append("\n");
        }
        page.append("""

            A machine has one IPv6 loopback address, and a lab must not add another, so the other loopback address of `::1` is
            127.0.0.1. In the dual row of `other` the old connections are on 127.0.0.1 and the new socket is on 127.0.0.2. If the
            old listener is what is left, it is on the wildcard and covers both, so those cells fail. If a machine has no IPv6,
            the cells that need it are left out with a warning.
            """);
    }

    private static String pair(PlannedCell cell) {
        String via = cell.old().connectTo().equals(cell.old().address())
                ? ""
                : " (by " + cell.old().connectTo() + ")";
        return "`" + cell.old().address() + "`" + via + " → `" + cell.fresh().address() + "`"
                + (cell.fresh().v6Only() ? " (v6Only)" : "");
    }
}
