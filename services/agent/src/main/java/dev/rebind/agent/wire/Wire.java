package dev.rebind.agent.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.AnnotationIntrospector;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import dev.rebind.agent.Agent.Clearing;
import dev.rebind.agent.Agent.Start;
import dev.rebind.agent.Agent.Stop;
import dev.rebind.client.traffic.Traffic;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.release.Release;
import java.util.OptionalLong;

/**
 * Converts the agent's records to and from JSON. The members of an object are the components of a record. A sealed type has its subtype in
 * {@code is}. Instants and durations are ISO 8601 with nanoseconds. Unknown facts are left out. When JSON is read, a member that is
 * unknown, missing or of the wrong type is an error.
 */
public final class Wire {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .defaultPropertyInclusion(
                    JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.NON_NULL))
            .enable(
                    DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES,
                    DeserializationFeature.FAIL_ON_TRAILING_TOKENS,
                    DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .annotationIntrospector(
                    AnnotationIntrospector.pair(new WholeRecords(), new JacksonAnnotationIntrospector()))
            .addModule(WireScalars.module())
            .addMixIn(Start.class, Sealed.class)
            .addMixIn(Stop.class, Sealed.class)
            .addMixIn(Clearing.class, Sealed.class)
            .addMixIn(Reading.class, Sealed.class)
            .addMixIn(Release.class, Sealed.class)
            .addMixIn(Traffic.class, Sealed.class)
            .addMixIn(Release.Window.class, WindowMembers.class)
            .build();

    static {
        MAPPER.registerSubtypes(
                new NamedType(Start.Bound.class, "bound"),
                new NamedType(Start.Failed.class, "failed"),
                new NamedType(Start.Broken.class, "broken"),
                new NamedType(Stop.Stopped.class, "stopped"),
                new NamedType(Stop.Killed.class, "killed"),
                new NamedType(Stop.Broken.class, "broken"),
                new NamedType(Clearing.Cleared.class, "cleared"),
                new NamedType(Clearing.Refused.class, "refused"),
                new NamedType(Reading.Snapshot.class, "snapshot"),
                new NamedType(Reading.Unreadable.class, "unreadable"),
                new NamedType(Release.Window.class, "window"),
                new NamedType(Release.Held.class, "held"),
                new NamedType(Release.Unbounded.class, "unbounded"),
                new NamedType(Release.Free.class, "free"),
                new NamedType(Traffic.Rebind.class, "rebind"),
                new NamedType(Traffic.Tcp.class, "tcp"),
                new NamedType(Traffic.Http.class, "http"));
    }

    private Wire() {}

    /** Returns the mapper. Callers must not change its configuration. */
    public static JsonMapper mapper() {
        return MAPPER;
    }

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "is")
    private interface Sealed {}

    interface WindowMembers {
        @JsonInclude(JsonInclude.Include.NON_EMPTY)
        OptionalLong predictedNanos();
    }
}
