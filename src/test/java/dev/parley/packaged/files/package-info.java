/** What is packed and how it is run, as far as that can be known without the tools that do so. */
@NullMarked
package dev.parley.packaged.files;

import org.jspecify.annotations.NullMarked;
