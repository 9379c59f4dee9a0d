// Lists the products at /products.
const http = require('node:http');
const products = require('./products.json');

const server = http.createServer((request, response) => {
  if (request.url === '/health') {
    response.end('ok\n');
  } else if (request.url === '/products') {
    response.setHeader('content-type', 'application/json').end(JSON.stringify(products));
  } else {
    response.writeHead(404).end();
  }
});

server.listen(8080);
process.once('SIGTERM', () => server.close(() => process.exit()));
