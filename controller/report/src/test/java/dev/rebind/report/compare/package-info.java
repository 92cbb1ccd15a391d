@NullMarked
package dev.rebind.report.compare;

import org.jspecify.annotations.NullMarked;
