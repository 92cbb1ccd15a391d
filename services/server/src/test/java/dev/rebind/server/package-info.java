@NullMarked
package dev.rebind.server;

import org.jspecify.annotations.NullMarked;
