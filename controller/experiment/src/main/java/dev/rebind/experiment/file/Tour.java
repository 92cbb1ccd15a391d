package dev.rebind.experiment.file;

import dev.rebind.experiment.Sourced;
import dev.rebind.experiment.file.ExperimentFile.Read;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Reads the bundled experiments. */
public final class Tour {
    /** The names in the order of the tour. The text of each is in {@code dev/rebind/tour/NAME.yaml}. */
    public static final List<String> NAMES = List.of(
            "server-closes-first",
            "client-closes-first",
            "client-stalls",
            "client-stalls-full",
            "child-still-serving",
            "reset",
            "killed",
            "reuse-address",
            "toggle",
            "still-listening",
            "many-servers",
            "strangers",
            "matrix",
            "wait-it-out",
            "clients-end-it");

    private Tour() {}

    /** Returns all bundled experiments, including those for which {@link dev.rebind.experiment.Experiment#isLong()} is true. */
    public static List<Sourced> experiments() {
        var experiments = new ArrayList<Sourced>();
        for (String name : NAMES) {
            switch (ExperimentFile.read(file(name), new InputStreamReader(open(name), StandardCharsets.UTF_8))) {
                case Read.Experiments read -> experiments.addAll(read.experiments());
                case Read.Problems(var problems) ->
                    throw new IllegalStateException("A bundled experiment is wrong: " + problems);
            }
        }
        return experiments;
    }

    /** Returns the whole file of a bundled experiment with its comments. */
    public static String text(String name) {
        try (InputStream in = open(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String file(String name) {
        return "tour/" + name + ".yaml";
    }

    private static InputStream open(String name) {
        InputStream in = Tour.class.getResourceAsStream("/dev/rebind/" + file(name));
        if (in == null) {
            throw new IllegalArgumentException("No bundled experiment is named " + name + ". There are " + NAMES + ".");
        }
        return in;
    }
}
