package io.textonce.engagement.conversation;

import io.textonce.SenderId;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Who is at the other end of a conversation, and whose conversation it is: with one owner a contact has one, and so has an
 * address that can't be told to be one contact's.
 *
 * <pre>{@code
 * Party party = Party.contact("", "patient-17");
 * }</pre>
 *
 * <p>Immutable and thread-safe. {@link #toString()} masks an address.
 */
public final class Party {

    private static final int LONGEST_OWNER = 128;

    private final String owner;
    private final @Nullable String contactId;
    private final @Nullable SenderId address;

    private Party(String owner, @Nullable String contactId, @Nullable SenderId address) {
        if (owner.length() > LONGEST_OWNER) {
            throw new IllegalArgumentException("owner: has " + owner.length() + " characters; at most 128 are allowed");
        }
        this.owner = owner;
        this.contactId = contactId;
        this.address = address;
    }

    /**
     * A contact.
     *
     * @param owner which user's conversation; empty for nobody's in particular
     * @param contactId the {@link Contact#id()}
     * @return the party
     * @throws IllegalArgumentException if the owner has more than 128 characters
     */
    public static Party contact(String owner, String contactId) {
        return new Party(owner, Objects.requireNonNull(contactId, "contactId"), null);
    }

    /**
     * An address: mostly a number, but messages also come from short codes and names.
     *
     * @param owner which user's conversation; empty for nobody's in particular
     * @param address the address
     * @return the party
     * @throws IllegalArgumentException if the owner has more than 128 characters
     */
    public static Party address(String owner, SenderId address) {
        return new Party(owner, null, Objects.requireNonNull(address, "address"));
    }

    /**
     * Which user's conversation it is.
     *
     * @return the owner; empty for nobody's in particular
     */
    public String owner() {
        return owner;
    }

    /**
     * The contact.
     *
     * @return the contact's id; empty if the party is an address
     */
    public Optional<String> contactId() {
        return Optional.ofNullable(contactId);
    }

    /**
     * The address. Personal data.
     *
     * @return the address; empty if the party is a contact
     */
    public Optional<SenderId> address() {
        return Optional.ofNullable(address);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Party party
                && owner.equals(party.owner)
                && Objects.equals(contactId, party.contactId)
                && Objects.equals(address, party.address);
    }

    @Override
    public int hashCode() {
        return Objects.hash(owner, contactId, address);
    }

    @Override
    public String toString() {
        return "Party[" + (contactId != null ? contactId : address) + "]";
    }
}
