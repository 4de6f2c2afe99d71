/**
 * Traces by OpenTelemetry: a span for each request and a child span for each of its transactions. Spans leave the service, so they
 * contain patterns of paths, statuses and node names only. Start with {@link dev.parley.trace.Tracing}.
 */
@NullMarked
package dev.parley.trace;

import org.jspecify.annotations.NullMarked;
