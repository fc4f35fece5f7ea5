/** What hosts build on sending. */
@org.jspecify.annotations.NullMarked
module io.textonce.engagement {
    requires transitive io.textonce;
    requires static transitive org.jspecify;
    requires org.slf4j;

    exports io.textonce.engagement.conversation;
    exports io.textonce.engagement.campaign;
    exports io.textonce.engagement.preference;
    exports io.textonce.engagement.reporting;
    exports io.textonce.engagement.verification;
}
