/** An agent of another pod, as if it were here. */
@NullMarked
package dev.rebind.agent.remote;

import org.jspecify.annotations.NullMarked;
