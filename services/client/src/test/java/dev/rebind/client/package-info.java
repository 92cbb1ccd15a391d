@NullMarked
package dev.rebind.client;

import org.jspecify.annotations.NullMarked;
