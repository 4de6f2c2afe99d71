/**
 * What the world does to a store: the power fails, bits rot, clocks jump, the network drops and drips. Parley either gives what
 * it acknowledged, byte for byte, or says that it cannot.
 *
 * <p>{@link dev.parley.campaigns.faults.PowerCutIT} is a good place to start: {@link dev.parley.campaigns.faults.DiskRecorder} writes down what the
 * packaged service does to its files, and {@link dev.parley.campaigns.faults.VolatileDisk} tells from that what a power cut leaves of them. Each
 * test prints its seed, and repeats with {@code -Dparley.seed=}; how often it tries is a property, too.
 */
@NullMarked
package dev.parley.campaigns.faults;

import org.jspecify.annotations.NullMarked;
