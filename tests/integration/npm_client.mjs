// The stock npm client against a running server: refused without a token, then a chat over each transport.
// Arguments: origin, path, token, session id. Prints what it saw as JSON.
import { createRequire } from 'node:module';
import { join } from 'node:path';

const { io } = createRequire(join(process.cwd(), 'package.json'))('socket.io-client');
const [origin, path, token, sessionId] = process.argv.slice(2);

function connect(auth, transport) {
  return io(origin, { path, auth, transports: [transport], reconnection: false, forceNew: true });
}

function once(socket, event) {
  return new Promise((resolve, reject) => {
    socket.once(event, resolve);
    setTimeout(() => reject(new Error(`no ${event}`)), 15000).unref();
  });
}

const seen = {};
const stranger = connect({ token: 'nonsense' }, 'websocket');
seen.refused = (await once(stranger, 'connect_error')).data.code;

for (const transport of ['polling', 'websocket']) {
  const socket = connect({ token }, transport);
  await once(socket, 'connect');
  const status = once(socket, 'admission-status');
  await socket.emitWithAck('join-session', { sessionId, username: 'x', isCreator: true });
  seen.admitted = (await status).admitted;
  const echo = once(socket, 'chat-message');
  await socket.emitWithAck('chat-message', { text: 'hello from npm' });
  seen[transport] = (await echo).text;
  socket.disconnect();
}
console.log(JSON.stringify(seen));
process.exit(0);
