// The compile stage of HTML: the standard's own rules, no matters of taste.
const fs = require('node:fs');
const { HtmlValidate, StaticConfigLoader } = require('/opt/js/node_modules/html-validate');

const name = process.argv[2];
const text = fs.readFileSync(name, 'utf8');
const config = { root: true, elements: ['html5'], extends: ['html-validate:standard'] };
const report = new HtmlValidate(new StaticConfigLoader(config)).validateStringSync(text, name);
const lines = text.split('\n');
for (const { messages } of report.results) {
  for (const { line, column, message, severity } of messages) {
    const place = `${name}:${line}:${column}: ${severity === 2 ? 'error' : 'warning'}: ${message}`;
    process.stderr.write(`${place}\n${String(line).padStart(5)} | ${lines[line - 1] ?? ''}\n      | ${' '.repeat(column - 1)}^\n`);
  }
}
process.exitCode = report.errorCount ? 1 : 0;
