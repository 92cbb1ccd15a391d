@NullMarked
package dev.rebind.agent.meters;

import org.jspecify.annotations.NullMarked;
