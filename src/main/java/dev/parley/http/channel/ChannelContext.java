package dev.parley.http.channel;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.http.HttpConfig;
import dev.parley.http.access.Authenticator;
import dev.parley.http.access.ClientLimits;
import dev.parley.http.filter.Tracing;
import dev.parley.http.wait.SessionFeeds;
import dev.parley.http.wait.TopicFeed;
import dev.parley.http.wait.TopicList.Changes;
import dev.parley.store.Database;
import jakarta.inject.Singleton;

/** What all channels share. */
@Singleton
record ChannelContext(
        Operations operations,
        MessageReader reader,
        ChannelLeases leases,
        SessionFeeds feeds,
        TopicFeed topics,
        TopicMessages topicMessages,
        Database database,
        Authenticator authenticator,
        ClientLimits limits,
        ChannelMeters meters,
        Tracing tracing,
        ObjectMapper json,
        ChannelConfig config,
        HttpConfig http) {

    int messageBytesMax() {
        return http.bodyBytesMax();
    }

    /** One instance, because changes keep what it encodes. */
    Changes.Encoding topicChanges() {
        return topicMessages.encoding();
    }
}
