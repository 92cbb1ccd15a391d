/** Says what a restart now would meet, for the servers in other pods of this node. */
@NullMarked
package dev.rebind.agent.audit;

import org.jspecify.annotations.NullMarked;
