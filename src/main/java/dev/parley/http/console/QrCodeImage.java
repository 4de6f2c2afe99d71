package dev.parley.http.console;

import io.nayuki.qrcodegen.QrCode;
import io.nayuki.qrcodegen.QrCode.Ecc;

/** A QR code (ISO/IEC 18004) as an SVG image: dark on light whatever the page's colours are, since that is what cameras read. */
final class QrCodeImage {
    /** The light around it that a reader needs, in modules (ISO/IEC 18004, section 5.3.8). */
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

    /** A bar for each run of dark modules in a row. */
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
