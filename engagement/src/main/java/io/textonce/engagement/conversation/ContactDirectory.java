package io.textonce.engagement.conversation;

import io.textonce.PhoneNumber;
import io.textonce.TenantId;
import java.util.Collection;
import java.util.List;

/**
 * The people whom the host knows. Implemented by the host on its own tables.
 *
 * <p>Called on the threads that read an inbox or tell of an event; it may block, and is asked again for each new entry, so
 * an index on the numbers is worth having. What it throws is thrown on, and the entry is filed at the next try.
 *
 * <pre>{@code
 * class Patients implements ContactDirectory {
 *     public List<Contact> byNumber(TenantId tenant, PhoneNumber number) { return patients.findByAnyNumber(number.e164()); }
 *     ...
 * }
 * }</pre>
 *
 * <p>Implementations are thread-safe.
 */
public interface ContactDirectory {

    /**
     * Who has a number, of whatever label: mobile, phone, emergency contact.
     *
     * @param tenant whose contacts
     * @param number the number
     * @return one if it is theirs alone; none if nobody has it; several if it can't be told who is meant
     */
    List<Contact> byNumber(TenantId tenant, PhoneNumber number);

    /**
     * Contacts by their ids.
     *
     * @param tenant whose contacts
     * @param ids the ids
     * @return those that are there, in any order
     */
    List<Contact> byId(TenantId tenant, Collection<String> ids);

    /**
     * Contacts by what somebody typed, such as a part of a name.
     *
     * @param tenant whose contacts
     * @param words what was typed
     * @param most how many at most, 1 or more
     * @return those that match, the best first
     */
    List<Contact> search(TenantId tenant, String words, int most);

    /**
     * Contacts by what somebody typed, for one owner's inbox. Worth implementing where contacts have owners, too: the
     * first that {@link #search(TenantId, String, int)} finds may all be somebody else's.
     *
     * @param tenant whose contacts
     * @param owner whose inbox is searched
     * @param words what was typed
     * @param most how many at most, 1 or more
     * @return those that match, the best first; by default those of everybody
     */
    default List<Contact> search(TenantId tenant, String owner, String words, int most) {
        return search(tenant, words, most);
    }

    /**
     * A directory that knows nobody: conversations are by number.
     *
     * @return the directory
     */
    static ContactDirectory empty() {
        return new ContactDirectory() {
            @Override
            public List<Contact> byNumber(TenantId tenant, PhoneNumber number) {
                return List.of();
            }

            @Override
            public List<Contact> byId(TenantId tenant, Collection<String> ids) {
                return List.of();
            }

            @Override
            public List<Contact> search(TenantId tenant, String words, int most) {
                return List.of();
            }
        };
    }
}
