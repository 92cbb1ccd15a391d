package dev.rebind.experiment.value;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Allows a plain true or false in a file in place of the map; all fields named here get this value. A Kubernetes resource must write the
 * map, because a structural schema allows only one type for a field.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface PlainFlag {
    String[] value();
}
