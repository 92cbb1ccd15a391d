/** Experiments over HTTP, held to their description. */
@NullMarked
package dev.rebind.live;

import org.jspecify.annotations.NullMarked;
