package dev.hawser.web;

class WebSocketClientContractTest extends WebContract {
    WebSocketClientContractTest() {
        super(Web.WEB_SOCKET, false);
    }
}
