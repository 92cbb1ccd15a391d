@NullMarked
package dev.rebind.client.protocol;

import org.jspecify.annotations.NullMarked;
