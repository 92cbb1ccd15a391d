/** Lives in the network namespace of the server: starts and stops generations, looks at residue, explains failures.. */
@NullMarked
package dev.rebind.agent;

import org.jspecify.annotations.NullMarked;
