package io.textonce.example.platform;

import io.textonce.TenantId;
import io.textonce.store.MessageQuery;
import io.textonce.store.MessageRecord;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.ResponseStatusException;

/** Who asks. All that is read or changed is asked for with this tenant; it never comes from a request. */
record Caller(TenantId tenant, String user, Role role) {

    /** Users see what they sent, admins what their tenant sent, operators what everybody was billed. */
    enum Role {
        USER,
        ADMIN,
        OPERATOR
    }

    /** Name of the request's attribute, and so of each parameter that takes it. */
    static final String ATTRIBUTE = "caller";

    MessageQuery visible() {
        return role == Role.USER ? MessageQuery.all().label(Composer.BY, user) : MessageQuery.all();
    }

    boolean sees(MessageRecord message) {
        return visible().matches(message);
    }

    void mustBe(Role least) {
        if (role.compareTo(least) < 0) {
            throw new ResponseStatusException(HttpStatus.FORBIDDEN, "This takes the role " + least);
        }
    }
}
