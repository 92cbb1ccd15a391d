package dev.rebind.sockets;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A test for each pair of addresses: the family and address that a server binds, and those to which a client connects. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@ParameterizedTest
@CsvSource({
    "IPV4, 127.0.0.1, IPV4, 127.0.0.1",
    "IPV4, 0.0.0.0,   IPV4, 127.0.0.3",
    "IPV6, ::1,       IPV6, ::1",
    "IPV6, ::,        IPV4, 127.0.0.1",
    "IPV6, ::,        IPV6, ::1",
    "IPV6, 127.0.0.1, IPV4, 127.0.0.1"
})
public @interface ForEachAddressPair {}
