@NullMarked
package dev.rebind.server.protocol;

import org.jspecify.annotations.NullMarked;
