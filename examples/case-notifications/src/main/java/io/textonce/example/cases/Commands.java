package io.textonce.example.cases;

import io.textonce.PhoneNumber;
import io.textonce.SmsMessage;
import io.textonce.example.cases.Cases.User;
import io.textonce.example.cases.Notifications.Told;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What an operator types: {@code test} with a number, a user, a case or for all; {@code config}; {@code users}. */
final class Commands {

    private static final String USAGE = """
            test --phone NUMBER [--message TEXT]   one SMS to a number
            test --user ID [--message TEXT]        one SMS to a user
            test --case ID                         the SMS that tells its assignee
            test [--message TEXT]                  one SMS to each user who has a phone
            config                                 how SMS are set up; secrets are hidden
            users                                  who has a phone; numbers are masked
            """;

    private final App app;

    Commands(App app) {
        this.app = app;
    }

    String run(String... arguments) {
        Map<String, String> options = new HashMap<>();
        for (int i = 1; i + 1 < arguments.length; i += 2) {
            options.put(arguments[i], arguments[i + 1]);
        }
        return switch (arguments[0]) {
            case "test" -> test(options);
            case "config" -> app.notifications.client.diagnose().toString();
            case "users" -> users();
            default -> USAGE;
        };
    }

    private String test(Map<String, String> options) {
        String text = options.getOrDefault("--message", "This is a test of the case system.");
        if (options.containsKey("--phone")) {
            return said(app.notifications.send(SmsMessage.to(options.get("--phone"))
                    .text(text)
                    .label("kind", "test")
                    .build()));
        }
        if (options.containsKey("--user")) {
            User user = app.cases.user(Integer.parseInt(options.get("--user")));
            return said(app.notifications.send(Notifications.free(text, user).build()));
        }
        if (options.containsKey("--case")) {
            Cases.Case about = app.cases.find(Integer.parseInt(options.get("--case")));
            Integer assignee = about.assignee();
            return assignee == null
                    ? about.number() + " is nobody's yet: assign it first."
                    : said(app.notifications.send(
                            app.notifications.message(Texts.ASSIGNED, about, app.cases.user(assignee))));
        }
        List<User> all = app.cases.users().stream()
                .filter(user -> !user.phone().isBlank())
                .toList();
        return app.notifications.bulk(all, text, null).values().stream()
                .map(Commands::said)
                .collect(Collectors.joining("\n"));
    }

    private static String said(Told told) {
        return told.smsSent() ? "sent" : "not sent: " + told.reason();
    }

    private String users() {
        return app.cases.users().stream()
                .map(user -> user.id() + "  " + user.name() + ", " + user.role() + "  "
                        + (user.phone().isBlank() ? "no phone" : PhoneNumber.mask(user.phone())))
                .collect(Collectors.joining("\n"));
    }
}
