// A web server of Node's http. Usage: node node_http.js PORT
require('http').createServer((_, answer) => answer.end('ok\n')).listen(Number(process.argv[2]), '127.0.0.1');
