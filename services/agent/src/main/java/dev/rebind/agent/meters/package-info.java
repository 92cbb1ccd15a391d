/** What agents of this process do, as meters: an agent is wrapped, and what passes is counted. */
@NullMarked
package dev.rebind.agent.meters;

import org.jspecify.annotations.NullMarked;
