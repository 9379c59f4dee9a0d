// A page of notes; they are kept by the store, which has no way out of the project and none in.
const http = require('node:http');
const { text } = require('node:stream/consumers');

const notesUrl = new URL('/notes', process.env.STORE_URL);

const ENTITIES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Text made safe to stand in HTML. */
function escapeHtml(value) {
  return value.replaceAll(/[&<>"]/g, (character) => ENTITIES[character]);
}

/** The page as a whole. */
function page(notes) {
  const items = notes.map((note) => `<li>${escapeHtml(note)}</li>`).join('');
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Notes</title>
<h1>Notes</h1>
<form method="post"><input name="note" autofocus required maxlength="500"> <button>Add</button></form>
<ul>${items}</ul>
</html>
`;
}

async function handle(request, response) {
  if (request.url === '/health') {
    response.end('ok\n');
  } else if (request.method === 'POST') {
    const note = new URLSearchParams(await text(request)).get('note') ?? '';
    await fetch(notesUrl, { method: 'POST', body: note });
    response.writeHead(303, { location: '/' }).end();
  } else {
    const notes = await (await fetch(notesUrl)).json();
    response.setHeader('content-type', 'text/html; charset=utf-8').end(page(notes));
  }
}

const server = http.createServer((request, response) => {
  handle(request, response).catch((error) => {
    console.error(error);
    response.writeHead(502).end('The store does not answer.\n');
  });
});

server.listen(8080);
process.once('SIGTERM', () => server.close(() => process.exit()));
