module consumer {
    requires io.textonce.twilio;
    requires jdk.httpserver;
}
