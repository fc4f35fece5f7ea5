package io.textonce.jdbc;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

/** A data source whose statements and commits fail where a test wants it, before or after they reached the database. */
final class FaultyDataSource {

    /** Called around each statement that is executed, and each commit. What it throws, the caller gets. */
    interface Fault {
        default void before(String call) throws SQLException {}

        default void after(String call) throws SQLException {}
    }

    /** A fault that a test changes while a store is open. */
    static final class Switch implements Fault {
        private volatile Fault current = new Fault() {};

        void set(Fault fault) {
            current = fault;
        }

        @Override
        public void before(String call) throws SQLException {
            current.before(call);
        }

        @Override
        public void after(String call) throws SQLException {
            current.after(call);
        }
    }

    private static final Set<String> CALLS =
            Set.of("execute", "executeQuery", "executeUpdate", "executeBatch", "executeLargeBatch", "commit");

    private FaultyDataSource() {}

    static boolean writes(String call) {
        return call.equals("executeUpdate") || call.equals("executeBatch") || call.equals("commit");
    }

    static DataSource on(DataSource real, Fault fault) {
        return wrap(DataSource.class, real, "", fault);
    }

    /** Fails the n-th call from now on, and only that. */
    static Fault failing(int nth, boolean afterwards, String sqlState) {
        AtomicInteger calls = new AtomicInteger();
        return new Fault() {
            @Override
            public void before(String call) throws SQLException {
                if (calls.incrementAndGet() == nth && !afterwards) {
                    throw new SQLException("broken before " + call, sqlState);
                }
            }

            @Override
            public void after(String call) throws SQLException {
                if (calls.get() == nth && afterwards) {
                    throw new SQLException("broken after " + call, sqlState);
                }
            }
        };
    }

    /** A statement that writes is an update, also where it answers rows. */
    private static String call(String method, String sql) {
        boolean answers = method.equals("executeQuery") && !sql.isEmpty();
        return answers && !sql.startsWith("select") ? "executeUpdate" : method;
    }

    private static <T> T wrap(Class<T> type, T real, String sql, Fault fault) {
        return type.cast(Proxy.newProxyInstance(
                FaultyDataSource.class.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    boolean watched = CALLS.contains(method.getName());
                    if (watched) {
                        fault.before(call(method.getName(), sql));
                    }
                    Object result;
                    try {
                        result = method.invoke(real, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                    if (watched) {
                        fault.after(call(method.getName(), sql));
                    }
                    if (result instanceof Connection connection
                            && method.getName().equals("getConnection")) {
                        return type == DataSource.class ? wrap(Connection.class, connection, "", fault) : connection;
                    }
                    if (result instanceof PreparedStatement statement && !(result instanceof CallableStatement)) {
                        return wrap(PreparedStatement.class, statement, (String) arguments[0], fault);
                    }
                    return result instanceof Statement statement ? wrap(Statement.class, statement, "", fault) : result;
                }));
    }
}
