package dev.rebind.operator.resource;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import dev.rebind.record.CycleRecord;
import dev.rebind.record.Json;
import java.util.List;

/** Statuses as JSON, both ways. Unknown fields are left out, so that an older controller reads what a newer one wrote. */
public final class Statuses {
    /** So many blocking sockets of a record go into a status; a resource has little room (1.5 MiB). */
    private static final int BLOCKING = 10;

    private static final ObjectReader READER =
            Json.mapper().readerFor(ExperimentStatus.class).without(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    private Statuses() {}

    /** @throws IllegalStateException when somebody else wrote what is no status */
    public static ExperimentStatus of(RebindExperiment experiment) {
        JsonNode status = experiment.getStatus();
        if (status == null || status.isNull() || status.isEmpty()) {
            return ExperimentStatus.NEW;
        }
        try {
            return READER.readValue(status);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(
                    "the status of " + experiment.getMetadata().getName() + " is none of Rebind's: "
                            + e.getOriginalMessage(),
                    e);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    public static JsonNode write(ExperimentStatus status) {
        return Json.mapper().valueToTree(status);
    }

    /** A record as a status holds it: without its timeline, and with the first of the sockets that stood in the way. */
    public static CycleRecord brief(CycleRecord record) {
        List<CycleRecord.Blocking> blocking = record.blocking();
        return record.brief(
                blocking == null ? null : blocking.stream().limit(BLOCKING).toList());
    }
}
