package io.textonce.examples.quickstart;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the user wants.
 *
 * @param file other messages than those shipped, or null
 * @param environment variables, the server of {@code --base-url} among them
 */
record Options(@Nullable Path file, Map<String, String> environment) {

    static final String HELP = """
            Sends the messages of messages.csv: within this process, or through Twilio if TWILIO_ACCOUNT_SID,
            TWILIO_AUTH_TOKEN and TWILIO_PHONE_NUMBER are set.

              --file other.csv   messages of your own: country,to,text
              --base-url URL     the server to talk to in Twilio's place
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
        Options options = new Options(file, Map.copyOf(variables));
        if (options.twilio() && file == null && !variables.containsKey("TWILIO_BASE_URL")) {
            throw new IllegalArgumentException(
                    "Nothing was sent. The shipped messages.csv holds example numbers, and some"
                            + " may be somebody's. To send through Twilio, give numbers of your own: --file my.csv");
        }
        return options;
    }

    boolean twilio() {
        return environment.keySet().stream().anyMatch(name -> name.startsWith("TWILIO_"));
    }
}
