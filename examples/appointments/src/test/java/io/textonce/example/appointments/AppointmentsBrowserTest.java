package io.textonce.example.appointments;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.AriaRole;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The clerk's page in a real browser: {@code mvn -Pbrowser}. It needs an installed Chromium and downloads none. */
class AppointmentsBrowserTest {

    private static final Path CHROMIUM = Path.of(System.getProperty("textonce.chromium", "/usr/bin/chromium"));
    private static final LocalDate DAY =
            LocalDate.now(ZoneId.of("Asia/Kolkata")).plusDays(5);

    private final List<String> complaints = new CopyOnWriteArrayList<>();

    @TempDir
    Path data;

    @Test
    void booksMovesAndCancelsAndShowsWhatWasTypedAsText() throws Exception {
        Assumptions.assumeTrue(
                Files.isExecutable(CHROMIUM),
                "No Chromium at " + CHROMIUM + ": say where by -Dtextonce.chromium=/path");
        try (App app = App.start(Map.of("DATA_DIR", data.toString(), "PORT", "0", "CLINIC_PASSWORD", Clerk.PASSWORD));
                Playwright playwright = Playwright.create(
                        new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
                Browser browser = playwright
                        .chromium()
                        .launch(new BrowserType.LaunchOptions()
                                .setExecutablePath(CHROMIUM)
                                .setArgs(List.of("--no-sandbox", "--disable-gpu")))) {
            Page page = browser.newContext(new Browser.NewContextOptions().setHttpCredentials("clerk", Clerk.PASSWORD))
                    .newPage();
            page.onPageError(complaints::add);
            page.onConsoleMessage(message -> {
                if (message.type().equals("error")) {
                    complaints.add(message.text());
                }
            });
            page.navigate("http://localhost:" + app.port() + "/");
            assertThat(page.getByText("No appointments ahead.")).isVisible();
            assertThat(page.getByText("none leaves this machine")).isVisible();

            page.getByLabel("Patient").fill("<b>Ada</b>");
            page.getByLabel("Phone").fill("98765 43210");
            page.getByLabel("Doctor").selectOption("Dr. Meera");
            page.getByLabel("Date").fill(DAY.toString());
            page.getByLabel("Time").fill("16:45");
            button(page, "Book and send SMS").click();
            assertThat(heading(page, "APT-1001")).isFocused();
            assertThat(page.locator("strong")).hasText("<b>Ada</b>");
            assertThat(page.getByText("The reminder is set for")).isVisible();

            page.getByLabel("Time").fill("09:15");
            button(page, "Move and send SMS").click();
            assertThat(page.locator("tbody tr").filter(new Locator.FilterOptions().setHasText("reschedule")))
                    .hasCount(1);
            button(page, "Cancel and send SMS").click();
            assertThat(page.getByText("The reminder is set for")).hasCount(0);
            assertThat(button(page, "Move and send SMS")).hasCount(0);

            link(page, "SMS log").click();
            assertThat(heading(page, "SMS log")).isFocused();
            page.getByLabel("Type").selectOption("reminder");
            page.getByLabel("Status").selectOption("cancelled");
            button(page, "Show").click();
            assertThat(page.locator("tbody tr")).hasCount(2);
            assertThat(page.getByLabel("Type")).hasValue("reminder");

            link(page, "Texts").click();
            page.getByLabel("SMS a day").fill("10");
            button(page, "Estimate").click();
            assertThat(page.getByText("for 10 a day").first()).isVisible();
            link(page, "Status").click();
            assertThat(page.locator("tbody tr").first()).isVisible();
            page.navigate("http://localhost:" + app.port() + "/#/APT-7");
            assertThat(page.getByRole(AriaRole.ALERT)).hasText("There is no such appointment.");
            assertThat(complaints).allMatch(each -> each.contains("404"));
        }
    }

    private static Locator button(Page page, String name) {
        return page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name));
    }

    private static Locator link(Page page, String name) {
        return page.getByRole(
                AriaRole.LINK, new Page.GetByRoleOptions().setName(name).setExact(true));
    }

    private static Locator heading(Page page, String name) {
        return page.getByRole(
                AriaRole.HEADING, new Page.GetByRoleOptions().setName(name).setExact(true));
    }
}
