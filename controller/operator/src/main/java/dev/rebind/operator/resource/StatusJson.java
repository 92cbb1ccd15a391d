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
 * Converts statuses to and from JSON. Unknown fields are ignored, so that an older controller can read a newer one's
 * status.
 */
public final class StatusJson {
    /** Number of blocking sockets of a record that a status keeps; a resource has little room (1.5 MiB). */
    private static final int BLOCKING = 10;

    /** Characters of a text in a status. Others write into some: an agent, a command, Kubernetes itself. */
    static final int TEXT = 8_192;

    /** Characters of a text in a status that must be small. */
    private static final int SMALL_TEXT = 512;

    /** What has to be restored as it was is never shortened. */
    private static final String TOGGLED = "toggled";

    private static final ObjectReader READER =
            Json.mapper().readerFor(ExperimentStatus.class).without(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    private StatusJson() {}

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

    /** The status; of a text that is longer than {@value #TEXT} characters the beginning. */
    public static JsonNode write(ExperimentStatus status) {
        return shortened(Json.mapper().valueToTree(status), TEXT);
    }

    /** The status for an API server that refuses it as too large: the last record alone, and the beginnings of its texts. */
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

    /** The part of a record that a status keeps: no timeline, and only the first blocking sockets. */
    public static CycleRecord brief(CycleRecord record) {
        List<Blocking> blocking = record.blocking();
        return record.brief(
                blocking == null ? null : blocking.stream().limit(BLOCKING).toList());
    }
}
