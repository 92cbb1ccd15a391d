/** Server-sent events: what a reader is told, how it is sent, and how many readers there may be. */
@NullMarked
package dev.rebind.live.events;

import org.jspecify.annotations.NullMarked;
