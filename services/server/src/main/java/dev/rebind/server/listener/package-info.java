/** What a listener is and how one is asked for; {@code vertx} and {@code process} are its two kinds. */
@NullMarked
package dev.rebind.server.listener;

import org.jspecify.annotations.NullMarked;
