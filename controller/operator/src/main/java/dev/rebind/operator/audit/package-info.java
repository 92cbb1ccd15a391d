/** Audits the servers in pods: asks the agents of the nodes about them, and adds the names of the pods to the answers. */
@NullMarked
package dev.rebind.operator.audit;

import org.jspecify.annotations.NullMarked;
