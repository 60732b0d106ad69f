package dev.hawser.web;

class WebSocketServerContractTest extends WebContract {
    WebSocketServerContractTest() {
        super(Web.WEB_SOCKET, true);
    }
}
