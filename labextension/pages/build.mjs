/** Bundles the pages' script and style into the Python package that serves them. `--watch` goes on doing so. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rspack } from '@rspack/core';

const here = dirname(fileURLToPath(import.meta.url));
const output = resolve(here, '../../codewithme_ext/pages/static');
const isWatching = process.argv.includes('--watch');

const compiler = rspack({
  context: here,
  mode: isWatching ? 'development' : 'production',
  devtool: isWatching ? 'source-map' : false,
  target: ['web', 'es2020'],
  entry: {
    join: './src/join.ts',
    login: './src/login.ts',
    register: './src/register.ts',
    account: './src/account.ts',
    'set-password': './src/set-password.ts',
    outcome: './src/outcome.ts',
    missing: './src/missing.ts',
    stranger: './src/stranger.ts'
  },
  output: { path: output, filename: '[name].js', clean: true },
  resolve: { extensions: ['.ts', '.js'] },
  module: {
    rules: [
      {
        test: /\.ts$/,
        loader: 'builtin:swc-loader',
        options: { jsc: { parser: { syntax: 'typescript' }, target: 'es2020' } },
        type: 'javascript/auto'
      }
    ]
  },
  plugins: [{ apply: addStyle }],
  performance: false
});

/** The style is plain CSS: one file, so that a page waits for one request and not for two in a row. */
function addStyle(compiler) {
  compiler.hooks.afterEmit.tap('style', compilation => {
    const parts = ['tokens.css', 'pages.css'].map(name => resolve(here, 'style', name));
    writeFileSync(resolve(output, 'pages.css'), parts.map(part => readFileSync(part, 'utf-8')).join('\n'));
    cpSync(resolve(here, 'style/favicon.svg'), resolve(output, 'favicon.svg'));
    parts.forEach(part => compilation.fileDependencies.add(part));
  });
}

function report(error, stats) {
  if (error) {
    console.error(error);
    process.exitCode = 1;
    return;
  }
  console.log(
    stats.toString({ preset: 'errors-warnings', assets: true, modules: false, colors: process.stdout.isTTY })
  );
  if (stats.hasErrors()) {
    process.exitCode = 1;
  }
}

if (isWatching) {
  compiler.watch({}, report);
} else {
  compiler.run((error, stats) => {
    report(error, stats);
    compiler.close(() => undefined);
  });
}
