/** The server on Vert.x: one listener, its connections, and the exact moment at which they are gone. */
@NullMarked
package dev.rebind.server.vertx;

import org.jspecify.annotations.NullMarked;
