@NullMarked
package dev.rebind.agent;

import org.jspecify.annotations.NullMarked;
