import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.zip.ZipInputStream;

/** Fetches a Maven release for {@code mvnw}, with nothing but a JDK: {@code FetchMaven.java VERSION FOLDER [REPOSITORY]}. */
final class FetchMaven {
    /** SHA-512 of apache-maven-3.9.11-bin.zip, as Apache publishes it beside the archive. */
    private static final String SHA512 = "03e2d65d4483a3396980629f260e25cac0d8b6f7f2791e4dc20bc83f9514db8d0f05b0479e699a5f34679250c49c8e52e961262ded468a20de0be254d8207076";

    public static void main(String[] args) throws Exception {
        String version = args[0];
        Path folder = Path.of(args[1]);
        String zip = "apache-maven-" + version + "-bin.zip";
        String base = args.length > 2 && !args[2].isEmpty()
                ? args[2].replaceAll("/+$", "") + "/org/apache/maven/apache-maven/" + version + "/"
                : "https://archive.apache.org/dist/maven/maven-3/" + version + "/binaries/";
        System.err.println("mvnw: no Maven on the PATH; fetching " + base + zip);
        Files.createDirectories(folder);
        Path unpacked = Files.createTempDirectory(folder, ".fetch-");
        Path archive = unpacked.resolve(zip);
        try (HttpClient http = HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NORMAL).build()) {
            var response = http.send(HttpRequest.newBuilder(URI.create(base + zip)).build(), BodyHandlers.ofInputStream());
            if (response.statusCode() != 200) {
                throw new IOException("HTTP status " + response.statusCode());
            }
            MessageDigest digest = MessageDigest.getInstance("SHA-512");
            try (InputStream body = new DigestInputStream(response.body(), digest)) {
                Files.copy(body, archive);
            }
            String sum = HexFormat.of().formatHex(digest.digest());
            if (!sum.equals(SHA512)) {
                throw new IOException("its SHA-512 is " + sum + ", not " + SHA512);
            }
        } catch (IOException e) {
            System.err.println("mvnw: could not fetch Maven: " + e
                    + "\nInstall Maven 3.8.7 or later, or set MVNW_REPOURL to a Maven repository that this machine reaches.");
            System.exit(2);
        }
        try (ZipInputStream entries = new ZipInputStream(Files.newInputStream(archive))) {
            for (var entry = entries.getNextEntry(); entry != null; entry = entries.getNextEntry()) {
                Path file = unpacked.resolve(entry.getName()).normalize();
                if (!file.startsWith(unpacked)) {
                    throw new IOException(entry.getName() + " lies outside the archive");
                }
                if (entry.isDirectory()) {
                    Files.createDirectories(file);
                } else {
                    Files.createDirectories(file.getParent());
                    Files.copy(entries, file);
                    file.toFile().setExecutable(file.getParent().endsWith("bin"));
                }
            }
        }
        Path home = folder.resolve("apache-maven-" + version);
        if (!Files.exists(home)) {
            Files.move(unpacked.resolve("apache-maven-" + version), home, StandardCopyOption.ATOMIC_MOVE);
        }
        Files.delete(archive);
        Files.delete(unpacked);
    }
}
