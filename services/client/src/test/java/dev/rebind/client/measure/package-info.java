@NullMarked
package dev.rebind.client.measure;

import org.jspecify.annotations.NullMarked;
