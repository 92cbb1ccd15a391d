@NullMarked
package dev.rebind.agent.supervisor;

import org.jspecify.annotations.NullMarked;
