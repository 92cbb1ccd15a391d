/** The decisions: pure functions from what was seen to findings. */
@NullMarked
package dev.rebind.diagnosis.decide;

import org.jspecify.annotations.NullMarked;
