/**
 * Faults of disks, machines and networks: power cuts, bit rot, failovers, lost and delayed packets. Parley returns every acknowledged
 * write unchanged, or rejects the request.
 *
 * <p>Start with {@link dev.parley.campaigns.faults.PowerCutIT}: {@link dev.parley.campaigns.faults.DiskRecorder} records what the packaged
 * service does to its files, and {@link dev.parley.campaigns.faults.VolatileDisk} derives what remains after a power cut. Each test prints
 * its seed, and {@code -Dparley.seed=} repeats the run.
 */
@NullMarked
package dev.parley.campaigns.faults;

import org.jspecify.annotations.NullMarked;
