package io.textonce.example.clinic;

import io.textonce.spi.SmsProvider;
import io.textonce.spring.SmsProviders;
import java.util.stream.Collectors;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/** Says on the console where to look and how to log in. */
@Component
@Order(2)
final class Welcome implements ApplicationRunner {

    private final Environment environment;
    private final Access.Password password;
    private final SmsProviders providers;

    Welcome(Environment environment, Access.Password password, SmsProviders providers) {
        this.environment = environment;
        this.password = password;
        this.providers = providers;
    }

    @Override
    public void run(ApplicationArguments arguments) {
        String by = providers.all().stream().map(SmsProvider::name).collect(Collectors.joining(", "));
        System.out.printf(
                "%n  The inbox is open: http://localhost:%s%n  Log in as ada, grace, or desk (who sees everything), %s%n"
                        + "  Messages go by %s%s%n  Stop with Ctrl+C%n%n",
                environment.getProperty("local.server.port"),
                password.made() ? "password " + password.value() : "with the password that you gave",
                by,
                by.equals("sandbox") ? ": nothing leaves this machine" : "");
    }
}
