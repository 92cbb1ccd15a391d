/** Child processes of the agent: started, spoken to by lines, and never left behind. */
@NullMarked
package dev.rebind.agent.child;

import org.jspecify.annotations.NullMarked;
