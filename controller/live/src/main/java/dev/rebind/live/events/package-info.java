/** Server-sent events: their content, how they are sent, and how many readers there may be. */
@NullMarked
package dev.rebind.live.events;

import org.jspecify.annotations.NullMarked;
