package io.textonce.proofs;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;

/** A data source that takes a safety line out of the store's own SQL. */
final class RewritingDataSource {

    private final UnaryOperator<String> change;

    private RewritingDataSource(UnaryOperator<String> change) {
        this.change = change;
    }

    /** A row may begin whatever its state, owner, attempt and lease are. */
    static DataSource withoutStateCondition(DataSource real) {
        String condition =
                "m.state = 'CLAIMED' and m.lease_owner = u.owner and m.attempt = u.known_attempt and m.lease_until > u.begun";
        return new RewritingDataSource(sql -> sql.replace(condition, "(" + condition + " or true)")).on(real);
    }

    private DataSource on(DataSource real) {
        return wrap(DataSource.class, real);
    }

    private <T> T wrap(Class<T> type, T real) {
        return type.cast(Proxy.newProxyInstance(
                RewritingDataSource.class.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    if (method.getName().equals("prepareStatement")) {
                        arguments[0] = change.apply((String) arguments[0]);
                    }
                    try {
                        Object result = method.invoke(real, arguments);
                        return result instanceof Connection connection && type == DataSource.class
                                ? wrap(Connection.class, connection)
                                : result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }
}
