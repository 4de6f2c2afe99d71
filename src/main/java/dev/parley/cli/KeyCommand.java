package dev.parley.cli;

import picocli.CommandLine.Command;

/** Keys, where callers are asked for them. */
@Command(
        name = "key",
        description = {
            "Make, list and revoke the keys that callers show where parley.access=key.",
            "A running server knows within parley.access.refresh (2 s unless set otherwise), and so does every node over the"
                    + " same PostgreSQL."
        },
        mixinStandardHelpOptions = true,
        subcommands = {KeyCreateCommand.class, KeyListCommand.class, KeyRevokeCommand.class})
public final class KeyCommand {}
