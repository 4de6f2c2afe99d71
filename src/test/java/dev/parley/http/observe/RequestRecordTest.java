package dev.parley.http.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.http.HttpMethod;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RequestRecordTest {
    @ParameterizedTest
    @EnumSource
    void everyCallIsKnownByWhatIsCalled(RequestRecord call) {
        String path = call.pattern().replaceAll("\\{(code|topic)}", "x.y_z~1");
        if (!call.pattern().equals("other")) {
            assertThat(RequestRecord.of(HttpMethod.valueOf(call.method()), path))
                    .isEqualTo(call);
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
        "GET,    *,                                 OTHER"
    })
    void whatLooksLikeItIsNotTakenForIt(String method, String path, RequestRecord call) {
        assertThat(RequestRecord.of(HttpMethod.valueOf(method), path)).isEqualTo(call);
    }
}
