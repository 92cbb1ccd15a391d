package dev.rebind.operator.resource;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.rebind.experiment.Excerpt;
import dev.rebind.record.CycleRecord;
import dev.rebind.record.Json;
import dev.rebind.record.bind.Blocking;
import java.util.List;
import java.util.Map;

/**
 * Converts statuses to and from JSON. It ignores unknown fields, so that an older controller can read the status of a
 * newer one.
 */
public final class StatusJson {
    /**
     * The number of blocking sockets of a record that a status keeps. It is small because etcd accepts only 1.5 MiB for
     * a resource.
     */
    private static final int BLOCKING = 10;

    /**
     * The longest text in a status, in characters. The limit is needed because some texts come from agents, commands or
     * Kubernetes.
     */
    static final int TEXT = 8_192;

    /** The longest text in a status that must be small, in characters. */
    private static final int SMALL_TEXT = 512;

    /** The field that is never shortened, because the controller restores the key from it. */
    private static final String TOGGLED = "toggled";

    private static final ObjectReader READER =
            Json.mapper().readerFor(ExperimentStatus.class).without(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    private StatusJson() {}

    /**
     * Reads the status of an experiment.
     *
     * @throws IllegalStateException when another program wrote a value that is not a status
     */
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

    /** Returns the status as JSON. Shortens each text that is longer than {@value #TEXT} characters. */
    public static JsonNode write(ExperimentStatus status) {
        return shortened(Json.mapper().valueToTree(status), TEXT);
    }

    /**
     * Returns a smaller status for an API server that refuses the whole one as too large. It has only the last record,
     * and shorter texts.
     */
    public static JsonNode writeSmall(ExperimentStatus status) {
        ObjectNode small = shortened(Json.mapper().valueToTree(status), SMALL_TEXT);
        if (small.get("records") instanceof ArrayNode records) {
            while (records.size() > 1) {
                records.remove(0);
            }
        }
        return small;
    }

    private static ObjectNode shortened(ObjectNode object, int most) {
        for (Map.Entry<String, JsonNode> field : object.properties()) {
            if (!field.getKey().equals(TOGGLED)) {
                field.setValue(shortenedValue(field.getValue(), most));
            }
        }
        return object;
    }

    private static JsonNode shortenedValue(JsonNode value, int most) {
        return switch (value) {
            case TextNode text
            when text.textValue().length() > most -> TextNode.valueOf(Excerpt.of(text.textValue(), most));
            case ObjectNode object -> shortened(object, most);
            case ArrayNode array -> {
                for (int i = 0; i < array.size(); i++) {
                    array.set(i, shortenedValue(array.get(i), most));
                }
                yield array;
            }
            default -> value;
        };
    }

    /** Returns the part of a record that a status keeps: it has no timeline, and only the first blocking sockets. */
    public static CycleRecord brief(CycleRecord record) {
        List<Blocking> blocking = record.blocking();
        return record.brief(
                blocking == null ? null : blocking.stream().limit(BLOCKING).toList());
    }
}
