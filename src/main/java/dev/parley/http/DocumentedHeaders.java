package dev.parley.http;

import io.quarkus.smallrye.openapi.OpenApiFilter;
import java.util.List;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.responses.APIResponse;

/** Adds to each success in the OpenAPI document the headers that every reply has, so that the document does not repeat them. */
@OpenApiFilter(stages = OpenApiFilter.RunStage.BUILD)
public final class DocumentedHeaders implements OASFilter {
    private static final List<String> EVERYWHERE = List.of(
            "x-d1-bookmark",
            "x-served-by",
            "x-served-by-primary",
            "x-served-by-region",
            "x-bookmark-status",
            "RateLimit-Policy",
            "RateLimit",
            "Cache-Control",
            "Date");

    @Override
    public Operation filterOperation(Operation operation) {
        operation.getResponses().getAPIResponses().forEach((status, response) -> {
            if (status.startsWith("2") || status.startsWith("3")) {
                EVERYWHERE.forEach(header -> add(response, header));
            }
        });
        return operation;
    }

    private static void add(APIResponse response, String header) {
        response.addHeader(header, OASFactory.createHeader().ref(header));
    }
}
