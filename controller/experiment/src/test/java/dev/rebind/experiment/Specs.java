package dev.rebind.experiment;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;

/** Experiments as tests write them: the YAML of a spec. */
public final class Specs {
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    private Specs() {}

    public static ExperimentSpec spec(String yaml) {
        try {
            return YAML.readValue(yaml.isBlank() ? "{}" : yaml, ExperimentSpec.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static Experiment experiment(String yaml) {
        return experiment(spec(yaml));
    }

    public static Experiment experiment(ExperimentSpec spec) {
        return new Experiment(
                Experiment.API_VERSION,
                Experiment.KIND,
                new Experiment.Metadata("made-up", null, Map.of(), null),
                spec);
    }
}
