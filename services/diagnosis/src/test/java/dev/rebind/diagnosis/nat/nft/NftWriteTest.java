package dev.rebind.diagnosis.nat.nft;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The JSON is that of nft 1.0.6. */
@DisplayName("When rules of nftables write into packets")
class NftWriteTest {
    private static final String PORT = "{'mangle':{'key':{'payload':{'protocol':'tcp','field':'dport'}},'value':9090}}";
    private static final String ADDRESS =
            "{'mangle':{'key':{'payload':{'protocol':'ip','field':'daddr'}},'value':'10.9.9.9'}}";
    private static final String MARK = "{'mangle':{'key':{'meta':{'key':'mark'}},'value':1}}";
    private static final String SOURCE =
            "{'mangle':{'key':{'payload':{'protocol':'tcp','field':'sport'}},'value':9090}}";
    private static final String BYTES =
            "{'mangle':{'key':{'payload':{'base':'th','offset':16,'len':16}},'value':9090}}";
    private static final String DEVICE =
            "{'mangle':{'key':{'payload':{'protocol':'ether','field':'daddr'}},'value':'00:00:00:00:00:01'}}";

    private static boolean areFollowed(String... statements) {
        List<List<?>> rules = Arrays.stream(statements)
                .<List<?>>map(statement -> NftJson.list(JsonText.parse("[" + statement.replace('\'', '"') + "]")))
                .toList();
        return NftWrite.followed(rules);
    }

    @Test
    @DisplayName("a destination's address or port is followed, whatever else the rules write")
    void followed() {
        assertThat(areFollowed(PORT)).isTrue();
        assertThat(areFollowed(MARK, ADDRESS, SOURCE)).isTrue();
    }

    @Test
    @DisplayName(
            "bytes at a place, a device's address and a way to another device are not, nor is what nft does not show")
    void notFollowed() {
        assertThat(areFollowed(PORT, BYTES)).isFalse();
        assertThat(areFollowed(PORT, DEVICE)).isFalse();
        assertThat(areFollowed(PORT, "{'fwd':{'dev':'lo'}}")).isFalse();
        assertThat(areFollowed(MARK, SOURCE)).isFalse();
        assertThat(areFollowed()).isFalse();
    }
}
