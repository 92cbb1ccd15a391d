// Two workers of Node's cluster share a port. Usage: node node_cluster.js PORT
const cluster = require('cluster');
if (cluster.isPrimary) {
  cluster.fork();
  cluster.fork();
} else {
  require('http').createServer((_, answer) => answer.end('ok\n')).listen(Number(process.argv[2]), '127.0.0.1');
}
