@NullMarked
package dev.rebind.agent.audit;

import org.jspecify.annotations.NullMarked;
