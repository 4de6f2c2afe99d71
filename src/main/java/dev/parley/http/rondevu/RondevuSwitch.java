package dev.parley.http.rondevu;

import dev.parley.http.HttpSettings;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.ext.Provider;

/** Where the compatible API is turned off, there is nothing at its paths. */
@Provider
@Switchable
public final class RondevuSwitch implements ContainerRequestFilter {
    private final boolean enabled;

    public RondevuSwitch(HttpSettings settings) {
        this.enabled = settings.rondevuEnabled();
    }

    @Override
    public void filter(ContainerRequestContext request) {
        if (!enabled) {
            throw new NotFoundException();
        }
    }
}
