@NullMarked
package dev.rebind.agent.child;

import org.jspecify.annotations.NullMarked;
