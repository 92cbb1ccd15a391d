/** What a user writes: an experiment, its file, and what is wrong with it. Pure but for reading the file. */
@NullMarked
package dev.rebind.experiment;

import org.jspecify.annotations.NullMarked;
