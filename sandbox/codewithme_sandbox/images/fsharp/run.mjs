// Runs a compiled program, which reaches the console of .NET through the functions here (see prelude.fs).
import fs from 'node:fs';

const CHUNK = Buffer.alloc(65536);
const decoder = new TextDecoder();
let unread = '';
let isOver = false;

/** Waits for more standard input. */
function readMore() {
  const size = fs.readSync(0, CHUNK);
  isOver = size === 0;
  unread += decoder.decode(CHUNK.subarray(0, size), { stream: !isOver });
}

function write(descriptor, text) {
  const bytes = Buffer.from(text);
  for (let done = 0; done < bytes.length; ) done += fs.writeSync(descriptor, bytes, done);
}

globalThis.__codewithme = {
  write: text => write(1, text),
  writeLine: text => write(1, `${text}\n`),
  error: text => write(2, text),
  errorLine: text => write(2, `${text}\n`),
  readLine() {
    while (!isOver && !unread.includes('\n')) readMore();
    if (isOver && unread === '') return null;
    const end = unread.includes('\n') ? unread.indexOf('\n') : unread.length;
    const line = unread.slice(0, end);
    unread = unread.slice(end + 1);
    return line.replace(/\r$/, '');
  },
  readToEnd() {
    while (!isOver) readMore();
    const rest = unread;
    unread = '';
    return rest;
  },
  exit: code => process.exit(code),
};
console.log = (...values) => write(1, `${values.join(' ')}\n`);

function fail(error) {
  write(2, `Unhandled exception. ${error?.stack ?? error?.message ?? error}\n`);
  process.exit(1);
}

process.on('uncaughtException', fail);
const [program] = process.argv.splice(2);
await import(program).catch(fail);
