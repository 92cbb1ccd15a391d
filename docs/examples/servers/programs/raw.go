// A web server of Go on a socket of its own, which never sets SO_REUSEADDR. Usage: raw PORT, or --version
package main

import (
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"runtime"
	"strconv"
	"syscall"
)

func main() {
	if os.Args[1] == "--version" {
		println(runtime.Version())
		return
	}
	port, _ := strconv.Atoi(os.Args[1])
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err == nil {
		err = syscall.Bind(fd, &syscall.SockaddrInet4{Port: port, Addr: [4]byte{127, 0, 0, 1}})
	}
	if err == nil {
		err = syscall.Listen(fd, 128)
	}
	if err != nil {
		log.Fatal("cannot listen: ", err)
	}
	listener, err := net.FileListener(os.NewFile(uintptr(fd), "listener"))
	if err != nil {
		log.Fatal(err)
	}
	answer := func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "ok\n") }
	log.Fatal(http.Serve(listener, http.HandlerFunc(answer)))
}
