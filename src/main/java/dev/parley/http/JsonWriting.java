package dev.parley.http;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.jackson.ObjectMapperCustomizer;
import jakarta.inject.Singleton;

/** Teaches the framework's writer of replies how descriptions and candidates look. */
@Singleton
public final class JsonWriting implements ObjectMapperCustomizer {
    @Override
    public void customize(ObjectMapper mapper) {
        mapper.registerModule(Json.codecs());
    }
}
