package io.textonce.sns;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The name of a topic, with the region that it fixes.
 *
 * @param text such as {@code arn:aws:sns:us-east-1:123456789012:receipts}
 * @param region whose hosts and certificates belong to it
 */
record TopicArn(String text, Region region) {

    private static final Pattern FORM =
            Pattern.compile("arn:(aws[a-z-]*):sns:([a-z0-9-]{1,32}):[0-9]{12}:[A-Za-z0-9_-]{1,256}(?:\\.fifo)?");

    /** Null unless it is one whole ARN whose partition is that of its region. */
    static @Nullable TopicArn of(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            return null;
        }
        Region region = Region.of(form.group(2));
        return region != null && region.partition().equals(form.group(1)) ? new TopicArn(text, region) : null;
    }
}
