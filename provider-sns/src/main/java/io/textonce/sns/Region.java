package io.textonce.sns;

import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A region of AWS, which fixes the partition, the host names and the name that signs SNS messages.
 *
 * @param name such as {@code us-east-1}
 */
record Region(String name) {

    private static final Pattern NAME = Pattern.compile("[a-z]{2,4}(-[a-z]{2,12}){1,2}-[0-9]{1,2}");

    /** Regions whose certificate is named after them (EVIDENCE.md, section 6). */
    private static final Set<String> OWN_SIGNING_NAME = Set.of(
            "af-south-1",
            "ap-east-1",
            "ap-east-2",
            "ap-south-2",
            "ap-southeast-3",
            "ap-southeast-4",
            "ap-southeast-5",
            "ap-southeast-6",
            "ap-southeast-7",
            "ca-west-1",
            "eu-central-2",
            "eu-south-1",
            "eu-south-2",
            "eusc-de-east-1",
            "il-central-1",
            "me-central-1",
            "me-south-1",
            "mx-central-1");

    /** Null unless it looks like a region of a partition that is known here; isolated partitions aren't. */
    static @Nullable Region of(String name) {
        return NAME.matcher(name).matches() && !name.contains("-iso") ? new Region(name) : null;
    }

    String partition() {
        if (name.startsWith("cn-")) {
            return "aws-cn";
        }
        if (name.startsWith("us-gov-")) {
            return "aws-us-gov";
        }
        return name.startsWith("eusc-") ? "aws-eusc" : "aws";
    }

    /** The host of a service, such as {@code sns.cn-north-1.amazonaws.com.cn}. */
    String host(String service) {
        return service + "." + name + "." + suffix();
    }

    /** The name in the certificate that signs this region's messages. */
    String signingName() {
        return switch (partition()) {
            case "aws-cn" -> "sns-" + name + "." + suffix();
            case "aws-us-gov" -> "sns-us-gov-west-1.amazonaws.com";
            default -> OWN_SIGNING_NAME.contains(name) ? "sns-signing." + name + "." + suffix() : "sns.amazonaws.com";
        };
    }

    private String suffix() {
        return switch (partition()) {
            case "aws-cn" -> "amazonaws.com.cn";
            case "aws-eusc" -> "amazonaws.eu";
            default -> "amazonaws.com";
        };
    }
}
