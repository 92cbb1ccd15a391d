package dev.rebind.agent.wire;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdScalarSerializer;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import java.io.IOException;
import java.net.InetAddress;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.function.Function;

/** Converts values that are a single text or number in JSON. */
final class WireScalars {
    private WireScalars() {}

    static SimpleModule module() {
        return new SimpleModule("rebind-agent")
                .addSerializer(Instant.class, ToStringSerializer.instance)
                .addDeserializer(Instant.class, new TextReader<>(Instant.class, Instant::parse, "an ISO 8601 instant"))
                .addSerializer(Duration.class, ToStringSerializer.instance)
                .addDeserializer(
                        Duration.class, new TextReader<>(Duration.class, Duration::parse, "an ISO 8601 duration"))
                .addSerializer(InetAddress.class, new AddressWriter())
                .addDeserializer(
                        InetAddress.class,
                        new TextReader<>(InetAddress.class, InetAddress::ofLiteral, "an IPv4 or IPv6 address"))
                .addSerializer(OptionalLong.class, new OptionalLongWriter())
                .addDeserializer(OptionalLong.class, new OptionalLongReader());
    }

    private static final class TextReader<T> extends StdScalarDeserializer<T> {
        private static final long serialVersionUID = 1;

        private final transient Function<String, T> parse;
        private final String what;

        TextReader(Class<T> type, Function<String, T> parse, String what) {
            super(type);
            this.parse = parse;
            this.what = what;
        }

        @Override
        @SuppressWarnings("unchecked")
        public T deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            String text = parser.getValueAsString("");
            try {
                return parse.apply(text);
            } catch (DateTimeException | IllegalArgumentException e) {
                return (T) context.handleWeirdStringValue(handledType(), text, "not " + what);
            }
        }
    }

    private static final class AddressWriter extends StdScalarSerializer<InetAddress> {
        private static final long serialVersionUID = 1;

        AddressWriter() {
            super(InetAddress.class);
        }

        @Override
        public void serialize(InetAddress value, JsonGenerator generator, SerializerProvider provider)
                throws IOException {
            generator.writeString(value.getHostAddress());
        }
    }

    private static final class OptionalLongWriter extends StdScalarSerializer<OptionalLong> {
        private static final long serialVersionUID = 1;

        OptionalLongWriter() {
            super(OptionalLong.class);
        }

        @Override
        public boolean isEmpty(SerializerProvider provider, OptionalLong value) {
            return value.isEmpty();
        }

        @Override
        public void serialize(OptionalLong value, JsonGenerator generator, SerializerProvider provider)
                throws IOException {
            if (value.isPresent()) {
                generator.writeNumber(value.getAsLong());
            } else {
                generator.writeNull();
            }
        }
    }

    private static final class OptionalLongReader extends StdScalarDeserializer<OptionalLong> {
        private static final long serialVersionUID = 1;

        OptionalLongReader() {
            super(OptionalLong.class);
        }

        @Override
        public OptionalLong deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            return OptionalLong.of(_parseLongPrimitive(parser, context));
        }

        @Override
        public OptionalLong getNullValue(DeserializationContext context) {
            return OptionalLong.empty();
        }
    }
}
