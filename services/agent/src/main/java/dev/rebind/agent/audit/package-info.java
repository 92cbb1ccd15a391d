/** Says of the servers in other pods of this node what a restart now would meet. */
@NullMarked
package dev.rebind.agent.audit;

import org.jspecify.annotations.NullMarked;
