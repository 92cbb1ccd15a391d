package dev.rebind.sockets.bind;

import dev.rebind.sockets.Family;
import dev.rebind.sockets.SocketReader;
import dev.rebind.sockets.SocketReaders;
import dev.rebind.sockets.bind.Scene.Device;
import dev.rebind.sockets.bind.Scene.Left;
import dev.rebind.sockets.bind.Scene.Old;
import dev.rebind.sockets.bind.Scene.Settings;
import dev.rebind.sockets.bind.SceneRun.Result;
import java.util.List;

/**
 * Where scenes are arranged.
 *
 * @param closedSeen whether the reader shows sockets that their process has closed; gVisor shows none
 */
record SceneLab(SceneSockets sockets, SocketReader reader, boolean closedSeen) {
    /** This machine. Whether closed sockets are seen is found out by looking for one. */
    static SceneLab here() throws Exception {
        var lab = new SceneLab(new SceneSockets(), SocketReaders.best(), true);
        var plain = new Settings(Family.IPV4, "127.0.0.1", false, false, false, Device.NONE, false);
        var closed = new Scene(List.of(new Old(plain, Left.TIME_WAIT, "127.0.0.1", false, false)), plain, -1);
        boolean seen = SceneRun.run(closed, lab, SceneComparison.BIND_RULE) instanceof Result.Compared;
        return new SceneLab(lab.sockets(), lab.reader(), seen);
    }
}
