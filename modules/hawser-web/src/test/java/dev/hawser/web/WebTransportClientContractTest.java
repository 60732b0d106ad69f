package dev.hawser.web;

class WebTransportClientContractTest extends WebContract {
    WebTransportClientContractTest() {
        super(Web.WEB_TRANSPORT, false);
    }
}
