/** Files that are shipped beside the jar, as far as they can be tested without their tools. */
@NullMarked
package dev.parley.packaged.files;

import org.jspecify.annotations.NullMarked;
