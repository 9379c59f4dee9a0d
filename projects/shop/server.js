// A page of the catalog's products.
const http = require('node:http');

const productsUrl = new URL('/products', process.env.CATALOG_URL);

async function handle(request, response) {
  if (request.url === '/health') {
    response.end('ok\n');
    return;
  }
  const products = await (await fetch(productsUrl)).json();
  const rows = products.map(({ name, price }) => `<tr><td>${name}</td><td>${price} €</td></tr>`).join('');
  response.setHeader('content-type', 'text/html; charset=utf-8').end(`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Shop</title>
<h1>Shop</h1>
<table>${rows}</table>
</html>
`);
}

const server = http.createServer((request, response) => {
  handle(request, response).catch((error) => {
    console.error(error);
    response.writeHead(502).end('The catalog does not answer.\n');
  });
});

server.listen(8080);
process.once('SIGTERM', () => server.close(() => process.exit()));
