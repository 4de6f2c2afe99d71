package dev.parley.http.console;

import io.nayuki.qrcodegen.QrCode;
import io.nayuki.qrcodegen.QrCode.Ecc;

/** Draws a QR code (ISO/IEC 18004) as an SVG image, dark on light in any colour scheme, because cameras expect that. */
final class QrCodeImage {
    /** The quiet zone around the symbol, in modules (ISO/IEC 18004, section 5.3.8). */
    private static final int QUIET = 4;

    private QrCodeImage() {}

    static String of(String text) {
        QrCode code = QrCode.encodeText(text, Ecc.MEDIUM);
        int side = code.size + 2 * QUIET;
        return """
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" shape-rendering="crispEdges">\
                <path fill="#fff" d="M0 0h%dv%dH0z"/><path d="%s"/></svg>
                """.formatted(side, side, side, side, dark(code));
    }

    /** One bar for each run of dark modules in a row. */
    private static String dark(QrCode code) {
        var path = new StringBuilder();
        for (int y = 0; y < code.size; y++) {
            for (int x = 0; x < code.size; x++) {
                int begin = x;
                while (code.getModule(x, y)) {
                    x++;
                }
                if (x > begin) {
                    path.append("M%d %dh%dv1h-%dz".formatted(begin + QUIET, y + QUIET, x - begin, x - begin));
                }
            }
        }
        return path.toString();
    }
}
