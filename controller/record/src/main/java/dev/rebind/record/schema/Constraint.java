package dev.rebind.record.schema;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Limits on the values of a record's component that its Java type does not express. The JSON schema is generated from them. */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.FIELD, ElementType.METHOD, ElementType.RECORD_COMPONENT})
public @interface Constraint {
    /** The only values allowed. */
    String[] oneOf() default {};

    /** The enum whose names are the only allowed values, or the only allowed keys of a map. */
    Class<? extends Enum<?>> names() default None.class;

    /** The smallest allowed value; in a map, it applies to each value. */
    long min() default Long.MIN_VALUE;

    long max() default Long.MAX_VALUE;

    /** A regular expression that must match the whole value. */
    String pattern() default "";

    /** The default, which means that no enum limits the values. */
    enum None {}
}
