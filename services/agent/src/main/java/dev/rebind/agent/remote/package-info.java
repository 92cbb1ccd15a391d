/** Uses an agent in another pod like an agent in this process. */
@NullMarked
package dev.rebind.agent.remote;

import org.jspecify.annotations.NullMarked;
