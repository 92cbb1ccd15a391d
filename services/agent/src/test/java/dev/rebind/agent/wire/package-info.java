@NullMarked
package dev.rebind.agent.wire;

import org.jspecify.annotations.NullMarked;
