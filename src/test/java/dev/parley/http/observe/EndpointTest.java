package dev.parley.http.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.http.api.HealthResource;
import dev.parley.http.api.NativeResource;
import dev.parley.http.rondevu.RondevuResource;
import dev.parley.http.whip.WhipResource;
import io.vertx.core.http.HttpMethod;
import jakarta.ws.rs.Path;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests are mapped to endpoints by method and path. */
class EndpointTest {
    @ParameterizedTest
    @EnumSource
    void eachEndpointIsFoundByItsMethodAndPath(Endpoint endpoint) {
        String path = endpoint.pattern().replaceAll("\\{(code|topic|session)}", "x.y_z~1");
        if (!endpoint.pattern().equals("other")) {
            assertThat(Endpoint.of(HttpMethod.valueOf(endpoint.method()), path)).isEqualTo(endpoint);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "HEAD,   /api/v1/sessions/tea,              READ",
        "HEAD,   /topics,                           RONDEVU_TOPICS",
        "GET,    /api/v1/sessions/tea/more,         NATIVE_OTHER",
        "GET,    /api/v1/sessions/tea/events/more,  NATIVE_OTHER",
        "DELETE, /api/v1/topics,                    NATIVE_OTHER",
        "GET,    /api/v1,                           NATIVE_OTHER",
        "GET,    /api/sessions,                     RONDEVU_FIND",
        "POST,   /api%2Fv1/offer,                   RONDEVU_OPEN",
        "POST,   /a/b/offer,                        OTHER",
        "GET,    /console.html,                     OTHER",
        "POST,   /qr,                               OTHER",
        "GET,    //sessions,                        RONDEVU_FIND",
        "POST,   /whip/offer,                       RONDEVU_OPEN",
        "GET,    /whip/sessions,                    RONDEVU_FIND",
        "POST,   /whip/sessions,                    OTHER",
        "POST,   /whip/a%2Fb,                       WHIP_OPEN",
        "HEAD,   /whep/tea,                         WHEP_CHECK",
        "PATCH,  /whip/tea,                         OTHER",
        "DELETE, /whep/sessions/x/y,                OTHER",
        "GET,    /whip/,                            WHIP_CHECK",
        "GET,    *,                                 OTHER"
    })
    void similarPathsAreDistinguished(String method, String path, Endpoint endpoint) {
        assertThat(Endpoint.of(HttpMethod.valueOf(method), path)).isEqualTo(endpoint);
    }

    /** Allow and the reply to OPTIONS are derived from endpoints. */
    @ParameterizedTest
    @ValueSource(classes = {HealthResource.class, NativeResource.class, RondevuResource.class, WhipResource.class})
    void eachResourceMethodIsAnEndpoint(Class<?> resource) {
        String root = resource.getAnnotation(Path.class).value();
        for (Method method : resource.getDeclaredMethods()) {
            for (Annotation annotation : method.getAnnotations()) {
                var verb = annotation.annotationType().getAnnotation(jakarta.ws.rs.HttpMethod.class);
                if (verb != null) {
                    Path path = method.getAnnotation(Path.class);
                    String pattern = path == null ? root : root + "/" + path.value();
                    assertThat(Endpoint.methods(pattern.replace("//", "/").replaceAll("\\{\\w+(:[^}]*)?}", "x")))
                            .contains(verb.value(), "OPTIONS");
                }
            }
        }
    }
}
