// Express. Usage: node express.js PORT, with NODE_PATH
require('express')().get('/', (_, answer) => answer.send('ok\n')).listen(Number(process.argv[2]), '127.0.0.1');
