@NullMarked
package dev.rebind.live.events;

import org.jspecify.annotations.NullMarked;
