package dev.parley;

/**
 * The size of a campaign: a test that tries many random inputs, faults or interleavings. {@code ./mvnw verify} runs a tenth of each
 * campaign, the profile {@code campaigns} all of it; a system property of its own sets one campaign's size.
 */
public final class CampaignSize {
    private static final double SCALE = Double.parseDouble(System.getProperty("campaign.scale", "0.1"));

    private CampaignSize() {}

    /** The value of {@code property}, or else {@code full} at the scale of this run, at least 1. */
    public static int of(String property, int full) {
        return Integer.getInteger(property, Math.max(1, (int) Math.round(full * SCALE)));
    }
}
