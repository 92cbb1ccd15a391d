// A web server of Go's net/http. Usage: nethttp ADDRESS:PORT, or --version
package main

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"runtime"
)

func main() {
	if os.Args[1] == "--version" {
		fmt.Println(runtime.Version())
		return
	}
	answer := func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "ok\n") }
	log.Fatal(http.ListenAndServe(os.Args[1], http.HandlerFunc(answer)))
}
