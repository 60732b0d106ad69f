package dev.hawser.cli.demo;

import dev.hawser.cli.words.Shares;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Losses in bursts, as `0.03:8`: three packets in a hundred, eight in a row.
public final class BurstsConverter implements ITypeConverter<Bursts> {
    @Override
    public Bursts convert(String text) {
        int colon = text.indexOf(':');
        double share;
        double packets;
        try {
            // Without a colon the first of the two has no end.
            share = Double.parseDouble(text.substring(0, colon));
            packets = Double.parseDouble(text.substring(colon + 1));
        } catch (NumberFormatException | IndexOutOfBoundsException unreadable) {
            throw new TypeConversionException(
                    "'"
                            + text
                            + "' is no SHARE:LENGTH: write 0.03:8 to lose three packets in a"
                            + " hundred, eight in a row on average");
        }
        // Put so that NaN is refused too.
        if (!(packets >= 1 && packets <= Bursts.PACKETS_MAX)) {
            throw new TypeConversionException(
                    "'"
                            + text
                            + "' loses "
                            + Shares.number(packets)
                            + " packets in a row, but it must be from 1 to "
                            + Shares.number(Bursts.PACKETS_MAX));
        }
        double shareMax = Bursts.shareMax(packets);
        if (!(share >= 0 && share <= shareMax)) {
            throw new TypeConversionException(
                    "'"
                            + text
                            + "' loses a share of "
                            + Shares.number(share)
                            + ", but in bursts of "
                            + Shares.number(packets)
                            + " it must be from 0 to "
                            + Shares.number(shareMax)
                            + ": write 0.03 for three packets in a hundred, or longer bursts");
        }
        return new Bursts(share, packets);
    }
}
