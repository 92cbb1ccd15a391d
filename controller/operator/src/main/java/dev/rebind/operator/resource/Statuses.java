package dev.rebind.operator.resource;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import dev.rebind.record.CycleRecord;
import dev.rebind.record.Json;
import dev.rebind.record.bind.Blocking;
import java.util.List;

/**
 * Converts statuses to and from JSON. Unknown fields are ignored, so that an older controller can read a newer one's
 * status.
 */
public final class Statuses {
    /** Number of blocking sockets of a record that a status keeps; a resource has little room (1.5 MiB). */
    private static final int BLOCKING = 10;

    private static final ObjectReader READER =
            Json.mapper().readerFor(ExperimentStatus.class).without(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    private Statuses() {}

    /** @throws IllegalStateException when something else wrote a value that is not a status */
    public static ExperimentStatus of(RebindExperiment experiment) {
        JsonNode status = experiment.getStatus();
        if (status == null || status.isNull() || status.isEmpty()) {
            return ExperimentStatus.NEW;
        }
        try {
            return READER.readValue(status);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(
                    "the status of " + experiment.getMetadata().getName() + " was not written by Rebind: "
                            + e.getOriginalMessage(),
                    e);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    public static JsonNode write(ExperimentStatus status) {
        return Json.mapper().valueToTree(status);
    }

    /** The part of a record that a status keeps: no timeline, and only the first blocking sockets. */
    public static CycleRecord brief(CycleRecord record) {
        List<Blocking> blocking = record.blocking();
        return record.brief(
                blocking == null ? null : blocking.stream().limit(BLOCKING).toList());
    }
}
