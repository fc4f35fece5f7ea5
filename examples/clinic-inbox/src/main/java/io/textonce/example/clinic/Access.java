package io.textonce.example.clinic;

import io.textonce.TenantId;
import io.textonce.engagement.conversation.Conversations;
import io.textonce.engagement.conversation.Inbox;
import jakarta.servlet.DispatcherType;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpStatus;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.HttpStatusEntryPoint;
import org.springframework.security.web.authentication.logout.HeaderWriterLogoutHandler;
import org.springframework.security.web.authentication.logout.HttpStatusReturningLogoutSuccessHandler;
import org.springframework.security.web.header.writers.ClearSiteDataHeaderWriter;

/** Who may log in, and what each of them sees: their own conversations; the front desk all, and those of nobody. */
@Configuration(proxyBeanMethods = false)
class Access {

    private static final String DESK = "DESK";
    private static final Duration WRONG_LOGIN_COSTS = Duration.ofMillis(500);
    private static final String WEBHOOKS = "/textonce/webhooks/**";
    private static final String PAGE = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
            + " connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /** The demo's password: given, or made at the start and told once. */
    record Password(String value, boolean made) {
        @Override
        public String toString() {
            return "Password[...]";
        }
    }

    /** What a user may read and answer. */
    record View(String user, boolean all, Inbox inbox) {}

    @Bean
    SecurityFilterChain rules(HttpSecurity http) throws Exception {
        return http.authorizeHttpRequests(
                        rules -> rules.dispatcherTypeMatchers(DispatcherType.ASYNC, DispatcherType.ERROR)
                                .permitAll()
                                .requestMatchers("/api/**")
                                .authenticated()
                                .requestMatchers("/", "/index.html", "/*.css", "/*.js", "/icon.svg", WEBHOOKS)
                                .permitAll()
                                .anyRequest()
                                .denyAll())
                // A webhook proves itself by its signature, which the SDK checks; a session it has none.
                .csrf(csrf -> csrf.spa().ignoringRequestMatchers(WEBHOOKS))
                .exceptionHandling(refusals ->
                        refusals.authenticationEntryPoint(new HttpStatusEntryPoint(HttpStatus.UNAUTHORIZED)))
                .formLogin(login -> login.loginProcessingUrl("/api/login")
                        .successHandler((request, response, who) -> response.setStatus(204))
                        .failureHandler((request, response, why) -> {
                            LockSupport.parkNanos(WRONG_LOGIN_COSTS.toNanos());
                            response.setStatus(401);
                        }))
                .logout(logout -> logout.logoutUrl("/api/logout")
                        .addLogoutHandler(new HeaderWriterLogoutHandler(
                                new ClearSiteDataHeaderWriter(ClearSiteDataHeaderWriter.Directive.CACHE)))
                        .logoutSuccessHandler(new HttpStatusReturningLogoutSuccessHandler(HttpStatus.NO_CONTENT)))
                .headers(headers -> headers.contentSecurityPolicy(policy -> policy.policyDirectives(PAGE)))
                .build();
    }

    @Bean
    Password password(@Value("${clinic.password:}") String given, @Value("${random.uuid}") String made) {
        return given.isEmpty() ? new Password(made, true) : new Password(given, false);
    }

    @Bean
    PasswordEncoder encoder() {
        return new BCryptPasswordEncoder();
    }

    /** Three to try it with; a real clinic has accounts of its own. */
    @Bean
    UserDetailsService accounts(Password password, PasswordEncoder encoder) {
        String encoded = encoder.encode(password.value());
        return new InMemoryUserDetailsManager(List.of(
                User.withUsername("ada").password(encoded).roles("CARER").build(),
                User.withUsername("grace").password(encoded).roles("CARER").build(),
                User.withUsername("desk").password(encoded).roles(DESK).build()));
    }

    /** What the logged-in user sees. */
    static View view(Conversations conversations, Authentication user) {
        TenantId clinic = ClinicInbox.CLINIC;
        boolean all = user.getAuthorities().stream().anyMatch(each -> ("ROLE_" + DESK).equals(each.getAuthority()));
        return new View(
                user.getName(),
                all,
                all ? conversations.inboxOfAll(clinic) : conversations.inbox(clinic, user.getName()));
    }
}
