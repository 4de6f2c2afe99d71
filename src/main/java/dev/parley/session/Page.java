package dev.parley.session;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part of a longer list.
 *
 * @param next fetches what follows, or null at the end
 */
public record Page<T>(List<T> items, @Nullable Cursor next) {}
