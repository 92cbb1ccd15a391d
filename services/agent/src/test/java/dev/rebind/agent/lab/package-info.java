@NullMarked
package dev.rebind.agent.lab;

import org.jspecify.annotations.NullMarked;
