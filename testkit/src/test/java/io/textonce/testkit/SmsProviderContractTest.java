package io.textonce.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.textonce.testkit.ToyProvider.Fault;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** The contract passes a right provider, and fails each wrong one in the test that is about its fault. */
class SmsProviderContractTest {

    /** The test by which each fault must be found. */
    private static final Map<Fault, String> FOUND_BY = Map.ofEntries(
            Map.entry(Fault.RETRIES_ON_5XX, "reportsStatusesThatProveNothingAsUnknown"),
            Map.entry(Fault.RETRIES_AFTER_A_CUT, "reportsACutConnectionAsUnknown"),
            Map.entry(Fault.RETRIES_AFTER_A_TIMEOUT, "reportsATimeoutAsUnknown"),
            Map.entry(Fault.FOLLOWS_REDIRECTS, "reportsStatusesThatProveNothingAsUnknown"),
            Map.entry(Fault.TAKES_408_FOR_A_REFUSAL, "reportsStatusesThatProveNothingAsUnknown"),
            Map.entry(Fault.TAKES_5XX_FOR_A_REFUSAL, "reportsStatusesThatProveNothingAsUnknown"),
            Map.entry(Fault.TAKES_A_TIMEOUT_FOR_NOT_TRANSMITTED, "reportsATimeoutAsUnknown"),
            Map.entry(Fault.TAKES_A_REFUSED_CONNECTION_FOR_UNKNOWN, "knowsThatARefusedConnectionTransmittedNothing"),
            Map.entry(Fault.ACCEPTS_WITHOUT_ID, "reportsASuccessThatProvesNothingAsUnknown"),
            Map.entry(Fault.ACCEPTS_ANY_STATUS_WITH_AN_ID, "reportsStatusesThatProveNothingAsUnknown"),
            Map.entry(Fault.ACCEPTS_HALF_A_REPLY, "reportsASuccessThatProvesNothingAsUnknown"),
            Map.entry(Fault.INVENTS_AN_ID, "acceptsOnTheDocumentedSuccessOnly"),
            Map.entry(Fault.SENDS_ANOTHER_FORM, "sendsTheDocumentedRequest"),
            Map.entry(Fault.SENDS_NO_CREDENTIALS, "sendsTheDocumentedRequest"),
            Map.entry(Fault.MAPS_EVERY_REFUSAL_TO_OTHER, "reportsEachDocumentedRefusal"),
            Map.entry(Fault.FORGETS_RETRY_AFTER, "passesOnHowLongToWait"),
            Map.entry(Fault.THROWS_ON_A_REFUSAL, "reportsEachDocumentedRefusal"),
            Map.entry(Fault.RETURNS_NULL_ON_A_DOUBT, "reportsATimeoutAsUnknown"),
            Map.entry(Fault.LEAKS_THE_NUMBER_IN_THE_EXPLANATION, "reportsEachDocumentedRefusal"),
            Map.entry(Fault.QUOTES_THE_REPLY, "reportsStatusesThatProveNothingAsUnknown"),
            Map.entry(Fault.LEAKS_THE_KEY_IN_TO_STRING, "hasANameThatHostsCanStore"),
            Map.entry(Fault.LOGS_THE_TEXT, "sendsTheDocumentedRequest"),
            Map.entry(Fault.VERIFIES_NOTHING, "refusesATamperedWebhook"),
            Map.entry(Fault.BELIEVES_A_MISSING_SIGNATURE, "refusesAWebhookWithoutASignature"),
            Map.entry(Fault.KNOWS_ONE_SECRET_ONLY, "believesEverySecretWhileOneIsRotated"),
            Map.entry(Fault.MAKES_UP_EVENT_IDS, "givesARepeatedWebhookTheSameEventId"),
            Map.entry(Fault.DROPS_UNKNOWN_KINDS, "keepsAGenuineEventOfAnUnknownKind"),
            Map.entry(Fault.THROWS_ON_GARBAGE, "neverThrowsForGarbage"),
            Map.entry(Fault.TAKES_ANY_SIZE, "refusesABodyOverTheSizeLimit"),
            Map.entry(Fault.LOSES_OUR_ID, "readsAGenuineDeliveryReport"),
            Map.entry(Fault.READS_THE_FIRST_OF_A_BATCH, "readsEveryEventOfABatch"),
            Map.entry(Fault.GIVES_A_BATCH_ONE_ID, "readsEveryEventOfABatch"),
            Map.entry(Fault.REFUSES_WITH_SUCCESS, "refusesATamperedWebhook"),
            Map.entry(Fault.ACKNOWLEDGES_WITH_AN_ERROR, "acknowledgesWithSuccess"));

    @Test
    void passesARightProvider() {
        Results results = run(Fault.NONE, null);
        assertThat(results.failures).isEmpty();
        assertThat(results.passed).isGreaterThan(70);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void failsAWrongProvider(Fault fault) {
        String test = FOUND_BY.get(fault);
        assertThat(test).as("the test that finds %s", fault).isNotNull();
        assertThat(run(fault, test).failures).as("failures in %s", test).isNotEmpty();
    }

    private static Results run(Fault fault, String method) {
        ToyContract.FAULT.set(fault);
        try {
            LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                    .selectors(
                            method == null
                                    ? DiscoverySelectors.selectClass(ToyContract.class)
                                    : DiscoverySelectors.selectMethod(ToyContract.class, method))
                    .configurationParameter("junit.jupiter.execution.parallel.enabled", "false")
                    .build();
            Results results = new Results();
            LauncherFactory.create().execute(request, results);
            return results;
        } finally {
            ToyContract.FAULT.remove();
        }
    }

    private static final class Results implements TestExecutionListener {
        private final Map<String, String> failures = new TreeMap<>();
        private int passed;

        @Override
        public void executionFinished(TestIdentifier test, TestExecutionResult result) {
            result.getThrowable().ifPresent(thrown -> failures.put(test.getDisplayName(), String.valueOf(thrown)));
            boolean leaf = test.isTest()
                    || test.getSource().filter(MethodSource.class::isInstance).isPresent();
            if (leaf && result.getStatus() == TestExecutionResult.Status.SUCCESSFUL) {
                passed++;
            }
        }
    }
}
