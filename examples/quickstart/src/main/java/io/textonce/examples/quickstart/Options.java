package io.textonce.examples.quickstart;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the user wants.
 *
 * @param help to read how it is used, and nothing else
 * @param file other messages than those shipped, or null
 * @param environment variables, the server of {@code --base-url} among them
 */
record Options(boolean help, @Nullable Path file, Map<String, String> environment) {

    static final String HELP = """
            Sends the messages of messages.csv to a sandbox within this process; or through Twilio if
            TWILIO_ACCOUNT_SID is set, which needs TWILIO_AUTH_TOKEN and TWILIO_PHONE_NUMBER too.

              --file other.csv   messages of your own, below the heading country,to,text; Twilio itself gets no others
              --base-url URL     the server to talk to in Twilio's place
              --help             shows this and sends nothing
            """;

    /**
     * Reads the command line.
     *
     * @throws IllegalArgumentException if it says something else
     */
    static Options parse(String[] args, Map<String, String> environment) {
        Path file = null;
        Map<String, String> variables = new HashMap<>(environment);
        for (int i = 0; i < args.length; i += 2) {
            if (args[i].equals("--help")) {
                return new Options(true, null, Map.of());
            }
            String value = i + 1 < args.length ? args[i + 1] : "";
            switch (args[i]) {
                case "--file" -> file = Path.of(value);
                case "--base-url" -> variables.put("TWILIO_BASE_URL", value);
                default -> throw new IllegalArgumentException("\"" + args[i] + "\" is no option.\n\n" + HELP);
            }
            if (value.isEmpty()) {
                throw new IllegalArgumentException(args[i] + " needs a value.\n\n" + HELP);
            }
        }
        Options options = new Options(false, file, Map.copyOf(variables));
        if (!options.twilio() && List.of(args).contains("--base-url")) {
            throw new IllegalArgumentException("--base-url stands in for Twilio, which needs TWILIO_ACCOUNT_SID,"
                    + " TWILIO_AUTH_TOKEN and TWILIO_PHONE_NUMBER; set them, or leave the option out");
        }
        if (options.twilio() && file == null && !variables.containsKey("TWILIO_BASE_URL")) {
            throw new IllegalArgumentException(
                    "Nothing was sent. The shipped messages.csv holds example numbers, and some"
                            + " may be somebody's. To send through Twilio, give numbers of your own with --file my.csv."
                            + " To see the sandbox instead, unset the TWILIO_ variables.");
        }
        return options;
    }

    /** Other variables of Twilio's, such as a stray TWILIO_REGION, don't say that somebody wants to send. */
    boolean twilio() {
        return !environment.getOrDefault("TWILIO_ACCOUNT_SID", "").isBlank();
    }
}
