// The compile stage of CSS: syntax, and names and values of properties as the specifications have them.
const fs = require('node:fs');
const { validate } = require('/opt/js/node_modules/csstree-validator');

const name = process.argv[2];
const text = fs.readFileSync(name, 'utf8');
const lines = text.split('\n');
const problems = validate(text, name);
for (const { line = 1, column = 1, message } of problems) {
  const place = `${name}:${line}:${column}: error: ${message.split('\n')[0]}`;
  process.stderr.write(`${place}\n${String(line).padStart(5)} | ${lines[line - 1] ?? ''}\n      | ${' '.repeat(column - 1)}^\n`);
}
process.exitCode = problems.length ? 1 : 0;
