package io.textonce.example.clinic.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.microsoft.playwright.APIResponse;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.Response;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import io.textonce.example.clinic.Clinic;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The page in a real browser: {@code mvn -Pbrowser}. It needs an installed Chromium and downloads none. */
class ClinicBrowserTest {

    private static final List<String> PLACES = List.of(
            "/usr/bin/chromium",
            "/usr/bin/chromium-browser",
            "/usr/bin/google-chrome",
            "/snap/bin/chromium",
            "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
            "C:/Program Files/Google/Chrome/Application/chrome.exe");
    private static final Path SHOTS = Path.of(System.getProperty("textonce.screenshots", "target/screenshots"));
    private static final int MANY = 10_000;

    private static Clinic clinic;
    private static Playwright playwright;
    private static Browser browser;

    private BrowserContext context;
    private Page page;
    private final List<String> complaints = new CopyOnWriteArrayList<>();

    @BeforeAll
    static void open() throws IOException {
        String given = System.getProperty("textonce.chromium", "");
        boolean required = given.equals("required");
        Optional<String> found = given.isEmpty() || required
                ? PLACES.stream()
                        .filter(each -> Files.isExecutable(Path.of(each)))
                        .findFirst()
                : Optional.of(given).filter(each -> Files.isExecutable(Path.of(each)));
        if (found.isEmpty()) {
            String help = "No Chromium " + (given.isEmpty() || required ? "in " + PLACES : "at " + given)
                    + ": install one (such as `apt install chromium`), or say where it is by -Dtextonce.chromium=/path";
            if (required) {
                fail(help);
            }
            Assumptions.abort(help);
        }
        Files.createDirectories(SHOTS);
        clinic = Clinic.open("sandbox");
        playwright = Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        browser = playwright
                .chromium()
                .launch(new BrowserType.LaunchOptions()
                        .setExecutablePath(Path.of(found.get()))
                        .setArgs(List.of(
                                "--no-sandbox",
                                "--disable-gpu",
                                "--no-first-run",
                                "--disable-background-networking",
                                "--disable-component-update",
                                "--disable-sync")));
    }

    @AfterAll
    static void close() {
        if (playwright != null) {
            playwright.close();
        }
        if (clinic != null) {
            clinic.close();
        }
    }

    @BeforeEach
    void visit() {
        begin(1280, 800, ColorScheme.LIGHT);
    }

    @AfterEach
    void nothingWasComplainedOf() {
        context.close();
        assertThat(complaints).isEmpty();
    }

    private void begin(int width, int height, ColorScheme scheme) {
        context = browser.newContext(new Browser.NewContextOptions()
                .setViewportSize(width, height)
                .setColorScheme(scheme)
                .setDeviceScaleFactor(1)
                .setLocale("en-AU"));
        page = context.newPage();
        page.onPageError(complaints::add);
        page.onConsoleMessage(message -> {
            if (message.type().equals("error") && !message.text().contains("401")) {
                complaints.add(message.text());
            }
        });
        page.addInitScript(script("measure.js"));
        page.navigate(clinic.url());
    }

    private void logIn(String user) {
        page.getByLabel("Name", new Page.GetByLabelOptions().setExact(true)).fill(user);
        page.getByLabel("Password").fill(Clinic.PASSWORD);
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Log in"))
                .click();
        page.locator("#list .row").first().waitFor();
    }

    /** Not waitForFunction: the page's policy forbids what that does. */
    private void await(String condition) {
        page.waitForCondition(() -> Boolean.TRUE.equals(page.evaluate(condition)));
    }

    private void choose(String name) {
        page.locator("#list .row", new Page.LocatorOptions().setHasText(name))
                .first()
                .click();
        page.getByLabel("Message to " + name).waitFor();
    }

    /** A patient texts, whatever the page shows. */
    private void reply(String from, String text) {
        page.evaluate(
                "([from, text]) => fetch('/api/sandbox/reply', {method: 'POST', headers: {'Content-Type': 'application/json',"
                        + " 'X-XSRF-TOKEN': document.cookie.match(/XSRF-TOKEN=([^;]+)/)[1]},"
                        + " body: JSON.stringify({from, text, picture: false})})",
                List.of(from, text));
    }

    private Locator bubble(String text) {
        return page.locator(".entry", new Page.LocatorOptions().setHasText(text))
                .last();
    }

    /** Nothing moves, and every picture is there. */
    private void settle() {
        await("document.getAnimations().every(each => each.playState !== 'running')"
                + " && [...document.querySelectorAll('.entries img')].every(each => each.complete)");
    }

    private void shoot(String name) {
        page.screenshot(new Page.ScreenshotOptions().setPath(SHOTS.resolve(name + ".png")));
        assertThat(SHOTS.resolve(name + ".png"))
                .satisfies(shot -> assertThat(Files.size(shot)).isLessThan(150_000));
    }

    private static String script(String name) {
        try (InputStream in = ClinicBrowserTest.class.getResourceAsStream("/" + name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void sendsSeesTheStatusChangeAndReceivesAReplyWithAPicture() {
        logIn("ada");
        choose("Leo");
        page.getByLabel("Message to Leo").fill("Booked for 3:15 pm");
        page.getByLabel("Send", new Page.GetByLabelOptions().setExact(true)).click();
        assertThat(bubble("Booked for 3:15 pm").locator(".status")).hasText("Delivered");

        page.getByText("pretend the patient replies").click();
        page.getByLabel("What the patient replies").fill("Thanks, see the view!");
        page.getByLabel("with a picture").check();
        page.getByRole(
                        AriaRole.BUTTON,
                        new Page.GetByRoleOptions().setName("Reply").setExact(true))
                .click();
        bubble("Thanks, see the view!").waitFor(new Locator.WaitForOptions().setTimeout(2_000));
        Locator picture = bubble("Thanks, see the view!").locator("img");
        assertThat(picture).isVisible();
        page.waitForCondition(
                () -> picture.evaluate("image => image.naturalWidth").equals(480));
        assertThat(page.locator("#say")).containsText("New message from Leo");
        picture.click();
        assertThat(page.locator("#viewer img")).isVisible();
        page.keyboard().press("Escape");
        assertThat(page.locator("#viewer")).isHidden();
    }

    @Test
    void aReplyElsewhereRaisesANoticeAndTheUnreadCount() throws Exception {
        logIn("ada");
        choose("Mia");
        int before = Integer.parseInt(page.locator("#unread")
                .evaluate("each => each.hidden ? '0' : each.firstChild.data")
                .toString());
        reply("0491570159", "Am I too early?");
        await("window.notices.length === 1");
        assertThat(page.evaluate("window.notices[0]")).isEqualTo("Yuki: Am I too early?");
        assertThat(page.locator("#unread")).containsText(String.valueOf(before + 1));
        assertThat(page).hasTitle("(" + (before + 1) + ") Conversation \u2013 Clinic inbox");
        assertThat(page.locator("#list .row").first()).containsText("Am I too early?");
    }

    @Test
    void theLabelIsShownWhereTheNumberIsNotTheDefault() {
        logIn("ada");
        choose("Noor");
        Locator numbers = page.getByLabel("Number to write to");
        assertThat(numbers).hasValue("+61491571266");
        numbers.selectOption("+61491571491");
        page.getByLabel("Message to Noor").fill("Please call the clinic");
        page.keyboard().press("Enter");
        assertThat(bubble("Please call the clinic").locator(".label")).hasText("emergency contact");
        numbers.selectOption("+61491571266");
        page.getByLabel("Message to Noor").fill("Please call us");
        page.keyboard().press("Enter");
        bubble("Please call us").waitFor();
        assertThat(bubble("Please call us").locator(".label")).hasCount(0);
    }

    @Test
    void everythingCanBeDoneByKeyboardAlone() {
        page.keyboard().type("ada");
        page.keyboard().press("Tab");
        page.keyboard().type(Clinic.PASSWORD);
        page.keyboard().press("Enter");
        page.locator("#list .row").first().waitFor();
        page.locator(".skip").focus();
        page.keyboard().press("Enter");
        assertThat(page.locator("#stage")).isFocused();
        assertThat(page.locator("#list .row").first()).isVisible();
        for (int i = 0; i < 40 && !focused().contains("Yuki"); i++) {
            page.keyboard().press("Tab");
            assertThat(page.evaluate("visiblyFocused()"))
                    .as("focus is seen on %s", focused())
                    .isEqualTo(true);
        }
        page.keyboard().press("Enter");
        await("document.activeElement.id === 'text'");
        page.keyboard().type("By keyboard");
        page.keyboard().press("Enter");
        bubble("By keyboard").waitFor();
    }

    private String focused() {
        return String.valueOf(
                page.evaluate("document.activeElement.matches('a.row') ? document.activeElement.textContent : ''"));
    }

    @Test
    void whatIsTypedIsShownAsTextAndCallsAreToldFromTexts() {
        String harm = "<img src=x onerror=alert(1)>";
        clinic.patient("ada", "harm", harm, "+61491572665");
        logIn("ada");
        page.navigate(clinic.url() + "/#/p/harm");
        page.getByLabel("Message to " + harm).fill(harm);
        page.keyboard().press("Enter");
        assertThat(bubble(harm).locator("p")).hasText(harm);
        assertThat(page.locator("#thread-title")).hasText(harm);
        assertThat(page.locator("#list .row", new Page.LocatorOptions().setHasText(harm))
                        .first()
                        .locator(".name"))
                .hasText(harm);
        assertThat(page.locator("#app img[src=x]")).hasCount(0);
        page.locator("input[name=mode][value=call]").check();
        page.getByPlaceholder("What was said").fill("about " + harm);
        page.keyboard().press("Enter");
        assertThat(page.locator(".entry.call")).containsText("5 min: about " + harm);
        page.locator("input[name=kind][value=sms]").check();
        assertThat(page.locator(".entry.call")).hasCount(0);
        assertThat(page.locator(".entry.outbound")).hasCount(1);
        page.locator("input[name=kind][value=call]").check();
        assertThat(page.locator(".entry.call")).hasCount(1);
        assertThat(page.locator(".entry.outbound")).hasCount(0);
    }

    @Test
    void whatArrivesWhileAPageIsOnItsWayIsShownAfterIt() {
        logIn("ada");
        List<Runnable> held = new CopyOnWriteArrayList<>();
        page.route("**/entries?*", route -> {
            APIResponse answer = route.fetch();
            held.add(() -> route.fulfill(new Route.FulfillOptions().setResponse(answer)));
        });
        page.locator("#list .row", new Page.LocatorOptions().setHasText("Noor"))
                .first()
                .click();
        page.waitForCondition(() -> !held.isEmpty());
        reply("0491571266", "While it was on its way");
        page.locator("#list .row", new Page.LocatorOptions().setHasText("While it was on its way"))
                .waitFor();
        page.unroute("**/entries?*");
        held.forEach(Runnable::run);
        bubble("While it was on its way").waitFor();
    }

    @Test
    void aLateAnswerOpensNothing() {
        logIn("ada");
        List<Runnable> held = new CopyOnWriteArrayList<>();
        page.route("**/api/patients/*", route -> {
            APIResponse answer = route.fetch();
            held.add(() -> route.fulfill(new Route.FulfillOptions().setResponse(answer)));
        });
        page.navigate(clinic.url() + "/#/p/yuki");
        page.waitForCondition(() -> !held.isEmpty());
        choose("Mia");
        held.forEach(Runnable::run);
        reply("0491570156", "Still with Mia");
        bubble("Still with Mia").waitFor();
        assertThat(page.locator("#thread-title")).hasText("Mia");
    }

    @Test
    void whatWasWrittenOutlivesTheSessionAndNothingOutlivesTheLogout() {
        logIn("ada");
        choose("Mia");
        page.getByLabel("Message to Mia").fill("Half a thought");
        context.clearCookies(new BrowserContext.ClearCookiesOptions().setName("JSESSIONID"));
        // Not check(): that looks at the control again, which may have given way to the login by then.
        page.locator("input[name=kind][value=call]").click();
        page.getByLabel("Password").waitFor();
        logIn("ada");
        assertThat(page.getByLabel("Message to Mia")).hasValue("Half a thought");
        page.locator("#logout").click();
        assertThat(page.getByLabel("Password")).isVisible();
        assertThat(page.locator("#list .row")).hasCount(0);
        assertThat(page.content()).doesNotContain("Yuki");
    }

    @Test
    void marksWhatMakesATextDearAndReplacesIt() {
        logIn("ada");
        choose("Mia");
        page.getByLabel("Message to Mia").fill("It\u2019s ready \u2014 see you at 10:30");
        assertThat(page.locator(".marks mark")).hasText(new String[] {"\u2019", "\u2014"});
        assertThat(page.locator("#count")).containsText("only 70 a piece");
        page.getByText("Replace").click();
        assertThat(page.getByLabel("Message to Mia")).hasValue("It's ready - see you at 10:30");
        assertThat(page.locator(".marks mark")).hasCount(0);
        assertThat(page.locator("#count")).hasText("1 SMS \u00b7 131 left");
        page.getByLabel("Template").selectOption("results");
        assertThat(page.getByLabel("Message to Mia"))
                .hasValue("Hi Mia, your results are in. Please call us to talk them through.");
    }

    @Test
    void aLongThreadKeepsFewBubblesAndNoTaskTakesLong() {
        Many.messages(clinic, "amara", MANY);
        logIn("grace");
        choose("Amara");
        page.evaluate("watchScroller()");
        page.locator(".scroller").hover();
        for (int i = 0; i < 30; i++) {
            page.mouse().wheel(0, -2500);
            page.evaluate("() => new Promise(requestAnimationFrame)");
        }
        page.evaluate("scrollAll(true)");
        assertThat(page.locator(".entry").first()).containsText("Message 0 of");
        page.evaluate("scrollAll(false)");
        assertThat(page.locator(".entry").last()).containsText("Message " + MANY + " of");
        @SuppressWarnings("unchecked")
        Map<String, Object> seen = (Map<String, Object>) page.evaluate("seen()");
        System.out.println("a thread of " + MANY + ": " + seen);
        assertThat(((Number) seen.get("most")).intValue()).isBetween(150, 200);
        assertThat(((Number) seen.get("longest")).doubleValue()).isLessThanOrEqualTo(100);
        assertThat(((Number) seen.get("gaps")).intValue()).isZero();
    }

    @Test
    void theWholePageWeighsLittleAndComesFromHereAlone() {
        Map<String, Integer> weights = new ConcurrentHashMap<>();
        context.onResponse(response -> {
            if (!response.url().contains("/api/")) {
                weights.put(response.url(), size(response));
            }
        });
        page.reload();
        logIn("ada");
        choose("Mia");
        assertThat(weights.keySet()).allMatch(url -> url.startsWith(clinic.url()));
        int total = weights.values().stream().mapToInt(Integer::intValue).sum();
        System.out.println("the page weighs " + total + " bytes in " + weights.size() + " parts");
        assertThat(total).isBetween(20_000, 150_000);
    }

    private static int size(Response response) {
        return response.status() == 200 ? Integer.parseInt(response.headers().getOrDefault("content-length", "0")) : 0;
    }

    @Test
    void everyControlHasANameAndEveryTextContrast() {
        for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
            page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(scheme));
            if (scheme == ColorScheme.LIGHT) {
                inspect("login");
                logIn("ada");
            }
            page.navigate(clinic.url() + "/#/");
            inspect("list");
            choose("Iris");
            inspect("thread");
            for (String each : List.of("broadcast", "history", "statistics", "settings")) {
                page.navigate(clinic.url() + "/#/" + each);
                page.locator("#page h1").waitFor();
                await("!document.querySelector('[aria-busy=true]')");
                inspect(scheme + " " + each);
            }
        }
    }

    private void inspect(String where) {
        assertThat((List<?>) page.evaluate("findFaults()")).as(where).isEmpty();
    }

    @Test
    void focusGoesWhereTheReaderIsAndComesBack() {
        page.getByLabel("Name", new Page.GetByLabelOptions().setExact(true)).fill("ada");
        page.getByLabel("Password").fill("wrong");
        page.keyboard().press("Enter");
        assertThat(page.getByRole(AriaRole.ALERT)).hasText("Name or password is wrong.");
        assertThat(page.getByLabel("Password")).isFocused();
        complaints.clear();
        logIn("ada");

        Locator begin = page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("New message"))
                .first();
        begin.focus();
        page.keyboard().press("Enter");
        assertThat(page.locator("#compose-find")).isFocused();
        page.keyboard().press("Escape");
        assertThat(begin).isFocused();

        choose("Mia");
        assertThat(page.getByLabel("Message to Mia")).isFocused();
        reply("0491570156", "While you write");
        bubble("While you write").waitFor();
        assertThat(page.getByLabel("Message to Mia")).isFocused();
        Locator picture = page.locator(".entry .picture").last();
        picture.focus();
        page.keyboard().press("Enter");
        assertThat(page.locator("#viewer img")).isVisible();
        page.keyboard().press("Escape");
        assertThat(picture).isFocused();
    }

    @Test
    void theSettingsSendATest() {
        logIn("ada");
        page.navigate(clinic.url() + "/#/settings");
        page.getByLabel("Number", new Page.GetByLabelOptions().setExact(true)).fill("0491 570 156");
        page.getByText("Send test SMS").click();
        assertThat(page.getByText("The provider took it. Look at the phone.")).isVisible();
        page.getByLabel("Number", new Page.GetByLabelOptions().setExact(true)).fill("+1 202 555 0115");
        page.getByText("Send test SMS").click();
        assertThat(page.getByText("The SMS account needs attention.")).isVisible();
    }

    @Test
    void looksAsItShould() {
        logIn("ada");
        page.getByText("Mia").first().click();
        page.getByText("pretend the patient replies").waitFor();
        reply("0491570157", "Thanks! See you on Thursday.");
        page.locator("#list .row .badge").first().waitFor();
        page.getByLabel("Message to Mia").fill("Yes, 20 minutes is fine \u2014 don\u2019t forget to warm up");
        page.locator(".marks mark").first().waitFor();
        assertThat(page.locator("#count")).containsText("only 70 a piece");
        page.mouse().move(0, 0);
        settle();
        shoot("desktop-light");
        page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.DARK));
        shoot("desktop-dark");
        page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.LIGHT));
        page.navigate(clinic.url() + "/#/statistics");
        assertThat(page.locator("#page .chart g")).hasCount(14); // also the days without messages
        shoot("statistics");
        context.close();
        begin(390, 844, ColorScheme.LIGHT);
        logIn("ada");
        shoot("phone-list");
        page.getByText("Mia").first().click();
        page.locator(".entry").first().waitFor();
        settle();
        shoot("phone");
        Object wide = page.evaluate("document.documentElement.scrollWidth > innerWidth");
        assertThat(wide).isEqualTo(false);
        Stream.of("desktop-light", "desktop-dark", "phone")
                .forEach(each -> assertThat(SHOTS.resolve(each + ".png")).exists());
    }
}
