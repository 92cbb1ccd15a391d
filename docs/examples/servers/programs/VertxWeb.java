import io.vertx.core.Vertx;

/** Vert.x, on Netty. Usage: VertxWeb PORT, or --version */
class VertxWeb {
    public static void main(String[] arguments) throws Exception {
        if (arguments[0].equals("--version")) {
            System.out.println(Vertx.class.getPackage().getImplementationVersion());
            return;
        }
        Vertx.vertx().createHttpServer()
                .requestHandler(request -> request.response().end("ok\n"))
                .listen(Integer.parseInt(arguments[0]), "127.0.0.1")
                .onFailure(failure -> {
                    System.err.println(failure);
                    System.exit(1);
                });
    }
}
