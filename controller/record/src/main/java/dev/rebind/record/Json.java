package dev.rebind.record;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonGenerationException;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdScalarSerializer;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/**
 * The JSON format of everything that Rebind writes. Instants are in ISO 8601, in UTC, with milliseconds. Numbers have at most three
 * decimals and never use scientific notation. Nulls are left out. Writing a number that is not finite is an error; so is reading an unknown
 * field.
 */
public final class Json {
    private static final DateTimeFormatter INSTANT =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .defaultPropertyInclusion(
                    JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.NON_NULL))
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES, DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .addModule(new SimpleModule("rebind")
                    .addSerializer(Instant.class, new InstantWriter())
                    .addDeserializer(Instant.class, new InstantReader())
                    .addSerializer(Double.class, new DoubleWriter())
                    .addSerializer(Double.TYPE, new DoubleWriter()))
            .build();

    private Json() {}

    /** Returns the shared mapper. Callers must not change its configuration. */
    public static JsonMapper mapper() {
        return MAPPER;
    }

    /** Formats an instant in ISO 8601 with milliseconds. Smaller parts are cut off, not rounded. */
    public static String text(Instant instant) {
        return INSTANT.format(instant);
    }

    private static final class InstantWriter extends StdScalarSerializer<Instant> {
        private InstantWriter() {
            super(Instant.class);
        }

        @Override
        public void serialize(Instant value, JsonGenerator generator, SerializerProvider provider) throws IOException {
            generator.writeString(text(value));
        }
    }

    private static final class InstantReader extends StdScalarDeserializer<Instant> {
        private InstantReader() {
            super(Instant.class);
        }

        @Override
        public Instant deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            String text = parser.getValueAsString("");
            try {
                return Instant.parse(text);
            } catch (DateTimeException _) {
                return (Instant) context.handleWeirdStringValue(Instant.class, text, "not an ISO 8601 instant");
            }
        }
    }

    private static final class DoubleWriter extends StdScalarSerializer<Double> {
        private DoubleWriter() {
            super(Double.class);
        }

        @Override
        public void serialize(Double value, JsonGenerator generator, SerializerProvider provider) throws IOException {
            if (!Double.isFinite(value)) {
                throw new JsonGenerationException(value + " is not a number that JSON can hold", generator);
            }
            BigDecimal rounded =
                    BigDecimal.valueOf(value).setScale(3, RoundingMode.HALF_UP).stripTrailingZeros();
            generator.writeNumber(rounded.toPlainString());
        }
    }
}
