// Keeps lines of text in one file: GET /notes lists them, POST /notes adds the body as one.
const fs = require('node:fs');
const http = require('node:http');
const { text } = require('node:stream/consumers');

const FILE = '/data/notes.txt';

/** The stored lines, oldest first. */
function readNotes() {
  if (!fs.existsSync(FILE)) return [];
  return fs.readFileSync(FILE, 'utf8').split('\n').filter(Boolean);
}

const server = http.createServer(async (request, response) => {
  if (request.url === '/health') {
    response.end('ok\n');
  } else if (request.url === '/notes' && request.method === 'POST') {
    const note = (await text(request)).replaceAll(/\s+/g, ' ').trim().slice(0, 500);
    if (note) fs.appendFileSync(FILE, `${note}\n`);
    response.writeHead(204).end();
  } else if (request.url === '/notes') {
    response.setHeader('content-type', 'application/json').end(JSON.stringify(readNotes()));
  } else {
    response.writeHead(404).end();
  }
});

server.listen(8080);
process.once('SIGTERM', () => server.close(() => process.exit()));
