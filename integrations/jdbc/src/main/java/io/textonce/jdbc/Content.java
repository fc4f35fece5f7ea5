package io.textonce.jdbc;

import io.textonce.PhoneNumber;
import io.textonce.TenantId;
import io.textonce.phone.PhoneHash;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How content and numbers are written: as they are, or sealed by the host's cipher, numbers then found by keyed hash. */
final class Content {

    static final int PLAIN = 0;
    static final int SEALED = 1;
    /** What a text column can't hold: PostgreSQL knows no NUL. */
    static final int BASE64 = 2;
    /** As another application wrote it, and nobody has checked it. */
    static final int WRITTEN = 3;
    /** Written by another application, and refused; perhaps not even readable. */
    static final int REFUSED = 4;

    private static final Pattern NUMBER = Pattern.compile("\\+[1-9][0-9]{2,14}");
    private static final char NUL = '\0';

    /** A column's text and how to read it. */
    record Written(int form, String text) {}

    private final @Nullable RowCipher cipher;
    private final @Nullable PhoneHash hash;

    Content(@Nullable RowCipher cipher, @Nullable PhoneHash hash) {
        this.cipher = cipher;
        this.hash = hash;
    }

    boolean seals() {
        return cipher != null;
    }

    Written write(TenantId tenant, String text) {
        if (cipher != null) {
            byte[] sealed = cipher.seal(tenant, text.getBytes(StandardCharsets.UTF_8));
            return new Written(SEALED, Base64.getEncoder().encodeToString(sealed));
        }
        if (text.indexOf(NUL) >= 0) {
            return new Written(BASE64, Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8)));
        }
        return new Written(PLAIN, text);
    }

    String read(TenantId tenant, int form, String text) {
        if (form == PLAIN) {
            return text;
        }
        byte[] bytes = Base64.getDecoder().decode(text);
        if (form == SEALED) {
            if (cipher == null) {
                throw new IllegalStateException("a stored row is sealed; give JdbcStore.builder(..).sealedBy(..) the"
                        + " cipher that sealed it");
            }
            bytes = cipher.open(tenant, bytes);
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** A text whose form stands before it. */
    @Nullable
    String extra(TenantId tenant, @Nullable String text) {
        if (text == null) {
            return null;
        }
        Written written = write(tenant, text);
        return written.form() + written.text();
    }

    String readExtra(TenantId tenant, String written) {
        return read(tenant, written.charAt(0) - '0', written.substring(1));
    }

    /** The column by which a number is found. */
    String number(PhoneNumber number) {
        return hash == null ? number.e164() : "#" + hash.of(number);
    }

    /** A key that may be long, and may hold a number. */
    String key(String name) {
        PhoneHash keyed = hash;
        String hidden =
                keyed == null ? name : NUMBER.matcher(name).replaceAll(found -> number(PhoneNumber.of(found.group())));
        return fit(hidden, 300);
    }

    /** The text, or a digest where it is longer than its column; without what no text column can hold. */
    static String fit(String text, int most) {
        String clean = text.replace(NUL, '\uFFFD');
        if (clean.length() <= most) {
            return clean;
        }
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return "sha256:" + HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-256, which every Java must have", e);
        }
    }
}
