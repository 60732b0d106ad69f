package dev.hawser.web;

class WebTransportServerContractTest extends WebContract {
    WebTransportServerContractTest() {
        super(Web.WEB_TRANSPORT, true);
    }
}
