package dev.parley.packaged.browser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.packaged.ParleyJar;
import dev.parley.packaged.RunningParley;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Two pages with parley.js connect although the service is killed between the offer and the answer. */
@Tag("slow")
@ExtendWith(BrowserExtension.class)
class ClientCrashIT {
    @TempDir
    Path folder;

    @Test
    void peersConnectAlthoughTheServiceIsKilled(Pages pages) {
        ParleyJar jar = ParleyJar.in(folder).with("PARLEY_STORE_URL", "sqlite:parley.db");
        URI service;
        ClientPage host;
        ClientPage guest;
        String code;
        try (RunningParley parley = jar.start()) {
            service = parley.uri();
            Map<String, Object> patient = Map.of("patience", 120_000);
            host = pages.openClient("host", service).with(patient);
            guest = pages.openClient("guest", service).with(patient);
            code = host.host(Map.of());
            parley.kill();
        }
        guest.page().evaluate("() => parley.addEventListener('retry', () => (window.retried = true))");
        guest.page().evaluate("(code) => void (window.joining = join(code))", code);
        guest.await("window.retried");

        try (RunningParley parley = jar.startOn(service.getPort())) {
            assertThat(parley.uri()).isEqualTo(service);
            guest.value("joining");
            host.awaitConnection();
            guest.awaitConnection();
            guest.say("Here we are");
            host.awaitMessage("Here we are");
        }
    }
}
