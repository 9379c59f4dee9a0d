// Sends back what it is sent. With --check it asks the server of this container instead: exit 0 when it answers.
const net = require('node:net');

const PORT = 7000;

if (process.argv.includes('--check')) {
  const socket = net.connect(PORT, '127.0.0.1', () => socket.write('ping'));
  socket.once('data', () => process.exit(0));
  socket.once('error', () => process.exit(1));
} else {
  const server = net.createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.pipe(socket);
  });
  server.listen(PORT);
  process.once('SIGTERM', () => server.close(() => process.exit()));
}
