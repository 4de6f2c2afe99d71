package dev.parley.http.rondevu;

import dev.parley.http.HttpConfig;
import jakarta.enterprise.inject.Instance;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.ext.Provider;

/** Where the compatible API is turned off, there is nothing at its paths. */
@Provider
@Switchable
public final class RondevuSwitch implements ContainerRequestFilter {
    private final Instance<HttpConfig> config;

    /** @param config resolved per request, because the framework creates filters before the run-time configuration exists */
    public RondevuSwitch(Instance<HttpConfig> config) {
        this.config = config;
    }

    @Override
    public void filter(ContainerRequestContext request) {
        if (!config.get().rondevuEnabled()) {
            throw new NotFoundException();
        }
    }
}
