/** Experiments over HTTP, held to their description. */
@NullMarked
package dev.rebind.live.http;

import org.jspecify.annotations.NullMarked;
