package dev.parley.packaged.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser.NewContextOptions;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Visitors of the console page enter a room by a code that one of them speaks. */
@ExtendWith(BrowserExtension.class)
class ConsoleRoomIT {
    private static final String UNKNOWN =
            "There is no room with this code now. Check the code, or leave it empty to open a new room.";

    @Test
    void visitorsMeetInARoomWithAndWithoutCameras(Pages pages) {
        ConsolePage ada = visitor(pages, "ada");
        ConsolePage bob = visitor(pages, "bob");
        ConsolePage cleo = visitor(pages, "cleo");
        ada.page().context().grantPermissions(List.of("camera", "microphone"));
        bob.page().context().grantPermissions(List.of("camera", "microphone"));

        String code = ada.enterRoom("", "Ada", true);
        assertThat(code).matches("([bdfghjklmnprstvz][aeiou]){2}(-([bdfghjklmnprstvz][aeiou]){2}){2}");
        ada.awaitMembers("Ada (you)");
        bob.go(pages.console() + "#room=" + code);
        bob.awaitRoomStatus("You are invited to this room.");
        bob.enterRoom(code, "Bob", true);
        ada.awaitMembers("Ada (you)", "Bob");
        // As it is heard and typed; the browser does not allow the camera.
        cleo.enterRoom(code.replace('-', ' ').toUpperCase(Locale.ROOT), "Cleo", true);
        ada.awaitMembers("Ada (you)", "Bob", "Cleo");
        for (ConsolePage page : List.of(ada, bob, cleo)) {
            page.awaitCameras(2);
        }
        cleo.tellAll("Hello <b>everybody</b>");
        ada.awaitMessage("Hello <b>everybody</b>");
        bob.awaitMessage("Hello <b>everybody</b>");
        ada.screenshot(BrowserEnvironment.FOLDER.resolve("console-room.png"));

        ada.leaveRoom();
        bob.awaitRoomStatus("Ada has left. 2 of 4 are in the room.");
        ada.page().reload();
        ada.enterRoom(code, "Ada", false);
        bob.awaitRoomStatus("Ada is here. 3 of 4 are in the room.");
        assertThat(ada.complaints()).isEmpty();
        assertThat(bob.complaints()).isEmpty();
    }

    @Test
    void anUnknownCodeIsReported(Pages pages) {
        ConsolePage visitor = visitor(pages, "lost");

        visitor.page().getByLabel("Room code").fill("no-such-room");
        visitor.button("Enter the room").click();

        visitor.awaitRoomStatus(UNKNOWN);
        assertThat(visitor.button("Enter the room").isVisible()).isTrue();
    }

    private static ConsolePage visitor(Pages pages, String name) {
        return pages.openConsole(name, new NewContextOptions().setViewportSize(1280, 900))
                .go(pages.console());
    }
}
