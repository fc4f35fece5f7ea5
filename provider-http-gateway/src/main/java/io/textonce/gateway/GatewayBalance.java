package io.textonce.gateway;

import io.textonce.Money;
import io.textonce.gateway.Spec.Balance;
import io.textonce.spi.BalanceQuery;
import io.textonce.spi.http.HttpOutcome;
import io.textonce.spi.http.HttpOutcome.Reply;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/** Asks for the balance as the profile says. */
final class GatewayBalance implements BalanceQuery {

    /** ISO 4217's word for no currency: credits. */
    private static final String CREDITS = "XXX";

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final String gateway;
    private final Balance balance;
    private final PreparedCall call;
    private final Supplier<Values> values;

    GatewayBalance(String gateway, Balance balance, PreparedCall call, Supplier<Values> values) {
        this.gateway = gateway;
        this.balance = balance;
        this.call = call;
        this.values = values;
    }

    @Override
    public Answer balance() {
        HttpOutcome outcome;
        try {
            outcome = call.ready(values.get(), List.of(), null).send(PATIENCE);
        } catch (RuntimeException noSecret) {
            return new Answer(
                    null, "the request can't be made: " + noSecret.getClass().getSimpleName() + ".");
        }
        return outcome.fold(
                this::read,
                unsent -> new Answer(null, unsent.explanation()),
                lost -> new Answer(null, lost.explanation()));
    }

    private Answer read(Reply reply) {
        return read(reply.status(), ReadReply.of(reply, balance.layout()));
    }

    Answer read(int status, ReadReply answer) {
        Item item = answer.first();
        String amount = balance.value().in(item);
        if (balance.okStatus().contains(status) && answer.readable() && amount != null) {
            String currency =
                    balance.currency() == null ? null : balance.currency().in(item);
            if (amount.matches("-?[0-9]{1,12}(\\.[0-9]{1,9})?")) {
                try {
                    return new Answer(Money.of(amount, currency == null ? CREDITS : currency), "");
                } catch (IllegalArgumentException noCurrency) {
                    return new Answer(null, gateway + " answered a balance in no currency of ISO 4217.");
                }
            }
        }
        ErrorClass known = answer.classOf(balance.errors(), item, false);
        return new Answer(
                null,
                gateway + " answered " + status + ": "
                        + (known == null || known.hint().isEmpty()
                                ? "no balance that the profile knows."
                                : known.hint()));
    }
}
