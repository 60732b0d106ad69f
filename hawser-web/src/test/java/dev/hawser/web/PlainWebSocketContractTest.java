package dev.hawser.web;

class PlainWebSocketContractTest extends WebContract {
    PlainWebSocketContractTest() {
        super(Web.WEB_SOCKET_PLAIN, false);
    }
}
