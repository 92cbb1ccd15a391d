// A web server of Go's net/http, whose listener has SO_REUSEADDR; without it when the second argument is "off". Usage: go-http ADDRESS:PORT [off]
package main

import (
	"context"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"syscall"
)

func main() {
	config := net.ListenConfig{}
	if len(os.Args) > 2 && os.Args[2] == "off" {
		// Called after Go has set the option and before bind.
		config.Control = func(_, _ string, socket syscall.RawConn) error {
			var failed error
			if err := socket.Control(func(fd uintptr) {
				failed = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 0)
			}); err != nil {
				return err
			}
			return failed
		}
	}
	listener, err := config.Listen(context.Background(), "tcp", os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	answer := func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "ok\n") }
	log.Fatal(http.Serve(listener, http.HandlerFunc(answer)))
}
