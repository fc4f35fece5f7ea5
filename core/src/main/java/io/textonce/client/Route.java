package io.textonce.client;

import io.textonce.PhoneNumber;
import io.textonce.SmsMessage;
import io.textonce.phone.PhoneNumbers;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/** A routing bound to the providers that it names. Without weights and exceptions it costs nothing. */
final class Route {

    private record Special(Routing.Fits fits, Route then) {}

    private final List<ProviderSlot> providers;
    private final double @Nullable [] weights;
    private final List<Special> exceptions;
    private final PhoneNumbers phones;
    private final DoubleSupplier random;

    private Route(Routing routing, Map<String, ProviderSlot> slots, PhoneNumbers phones, DoubleSupplier random) {
        this.providers = routing.shares().stream()
                .map(share -> Objects.requireNonNull(slots.get(share.provider()), share.provider()))
                .toList();
        this.weights = routing.isWeighted()
                ? routing.shares().stream().mapToDouble(Routing.Share::weight).toArray()
                : null;
        this.exceptions = routing.exceptions().stream()
                .map(each -> new Special(each.fits(), new Route(each.then(), slots, phones, random)))
                .toList();
        this.phones = phones;
        this.random = random;
    }

    /** Binds a routing that {@link Routing#check} found nothing wrong with. */
    static Route of(Routing routing, Map<String, ProviderSlot> slots, PhoneNumbers phones, DoubleSupplier random) {
        return new Route(routing, slots, phones, random);
    }

    /** The providers to try, in order. */
    List<ProviderSlot> order(SmsMessage message, PhoneNumber to) {
        String region = null;
        for (int i = 0; i < exceptions.size(); i++) {
            Special special = exceptions.get(i);
            Routing.Fits fits = special.fits();
            if (fits.region() != null && region == null) {
                region = phones.regionOf(to).orElse("");
            }
            if (fits.region() != null
                    ? fits.region().equals(region)
                    : fits.category() != null
                            ? fits.category() == message.category()
                            : message.tenant().equals(fits.tenant())) {
                return special.then().order(message, to);
            }
        }
        return weights == null ? providers : drawn(weights);
    }

    /** Drawn one after the other, each from those that are left; those of no weight come last, as they stand. */
    private List<ProviderSlot> drawn(double[] nominal) {
        ProviderSlot[] order = providers.toArray(ProviderSlot[]::new);
        double[] left = new double[order.length];
        double total = 0;
        for (int i = 0; i < left.length; i++) {
            left[i] = nominal[i] * order[i].weightLeft();
            total += left[i];
        }
        for (int place = 0; place < order.length - 1 && total > 0; place++) {
            int pick = pick(left, place, random.getAsDouble() * total);
            ProviderSlot chosen = order[pick];
            double weight = left[pick];
            System.arraycopy(order, place, order, place + 1, pick - place);
            System.arraycopy(left, place, left, place + 1, pick - place);
            order[place] = chosen;
            left[place] = weight;
            total = 0;
            for (int i = place + 1; i < left.length; i++) {
                total += left[i];
            }
        }
        return Collections.unmodifiableList(Arrays.asList(order));
    }

    private static int pick(double[] left, int from, double at) {
        int last = from;
        double rest = at;
        for (int i = from; i < left.length; i++) {
            if (left[i] > 0) {
                last = i;
                rest -= left[i];
                if (rest < 0) {
                    return i;
                }
            }
        }
        return last;
    }
}
