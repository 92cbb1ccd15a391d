package dev.rebind.experiment.value;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A file may have a plain true or false in place of the map: it is the value of each of these fields. A Kubernetes resource may
 * not, as a structural schema knows one type a field.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface PlainFlag {
    String[] value();
}
