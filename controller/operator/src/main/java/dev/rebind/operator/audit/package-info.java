/** What the agents of the nodes say of the servers in pods, with the names of the pods. */
@NullMarked
package dev.rebind.operator.audit;

import org.jspecify.annotations.NullMarked;
