package dev.hawser.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StoreAddressTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "redis://store redis://store:6379",
                "rediss://store:1 rediss://store:1",
                "redis://:hunter2@store:1/3 redis://store:1/3",
                "redis://ada:hunt@er2@store redis://store:6379",
                "redis://[::1]:7 redis://[::1]:7",
                "redis-sentinel://a,b:2#game redis-sentinel://a:26379,b:2#game",
                "rediss-sentinel://a#game rediss-sentinel://a:26379#game",
                "redis-cluster://a,b:2 redis-cluster://a:6379,b:2",
            })
    void aUrlIsShownWithoutItsPassword(String url, String shown) {
        assertThat(StoreAddress.parse(url)).hasToString(shown);
    }

    @Test
    void userAndPasswordAreDecoded() {
        StoreAddress address = StoreAddress.parse("redis://a%40b:c+d%2F@store");
        assertThat(address.user()).isEqualTo("a@b");
        assertThat(address.password()).isEqualTo("c+d/");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "store:6379",
                "http://:hunter2@store",
                "redis://",
                "redis://a,b",
                "redis://:hunter2@a b",
                "redis://a:0",
                "redis://a:65536",
                "redis://a/x",
                "redis://a/16",
                "redis://a#game",
                "redis://a?x=hunter2",
                "redis-sentinel://a",
                "redis-cluster://a/1",
                "redisss://a",
            })
    void whatIsNoUrlOfAStoreIsRefusedWithAnExampleAndWithoutItsPassword(String url) {
        assertThatThrownBy(() -> StoreAddress.parse(url))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("redis-cluster://host:6379,host:6379")
                .message()
                .doesNotContain("hunter2");
    }
}
