package io.textonce.client;

import io.textonce.PhoneNumber;
import io.textonce.TenantId;
import java.util.HashMap;
import java.util.Map;

/**
 * The phone numbers seen so far, tenant by tenant, as 8 bytes each in an open hash table of at most 16 MiB. Zero marks a
 * free place: no number is zero.
 */
final class NumberSet {

    static final int MOST = 1 << 20;

    /** 15 digits take 50 bits, which leaves 14 for the tenant. */
    private static final int DIGIT_BITS = 50;

    static final int MOST_TENANTS = 1 << (Long.SIZE - DIGIT_BITS);

    private final Map<TenantId, Integer> tenants = new HashMap<>();
    private long[] table = new long[1 << 10];
    private int size;
    private boolean complete = true;

    /** Whether the number was seen before; remembers it if there is room. */
    boolean seen(TenantId tenant, PhoneNumber number) {
        Integer owner = tenants.get(tenant);
        if (owner == null) {
            if (tenants.size() == MOST_TENANTS) {
                complete = false;
                return false;
            }
            owner = tenants.size();
            tenants.put(tenant, owner);
        }
        String digits = number.e164();
        long value = Long.parseLong(digits, 1, digits.length(), 10) | ((long) owner << DIGIT_BITS);
        int place = find(table, value);
        if (table[place] == value) {
            return true;
        }
        if (size == MOST) {
            complete = false;
            return false;
        }
        table[place] = value;
        size++;
        if (size * 2 > table.length) {
            grow();
        }
        return false;
    }

    /** Whether every number was remembered, so that none was seen twice unnoticed. */
    boolean isComplete() {
        return complete;
    }

    private void grow() {
        long[] larger = new long[table.length * 2];
        for (long value : table) {
            if (value != 0) {
                larger[find(larger, value)] = value;
            }
        }
        table = larger;
    }

    private static int find(long[] table, long value) {
        int mask = table.length - 1;
        int place = (int) ((value * 0x9E3779B97F4A7C15L) >>> 40) & mask;
        while (table[place] != 0 && table[place] != value) {
            place = (place + 1) & mask;
        }
        return place;
    }
}
