package dev.rebind.record.schema;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What the type of a record's component does not say of its values; the JSON schema is generated from it. */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.FIELD, ElementType.METHOD, ElementType.RECORD_COMPONENT})
public @interface Constraint {
    /** The only values allowed. */
    String[] oneOf() default {};

    /** The enum whose names are the only values allowed; for a map, the only keys. */
    Class<? extends Enum<?>> names() default None.class;

    /** The smallest value allowed; for a map, of its values. */
    long min() default Long.MIN_VALUE;

    long max() default Long.MAX_VALUE;

    /** Regular expression that the whole value matches. */
    String pattern() default "";

    /** Stands for no enum. */
    enum None {}
}
