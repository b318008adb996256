/** Writes src/api/types.ts from the JSON schema that the server generates from its own shapes. */
import { readFile, writeFile } from 'node:fs/promises';

import { compile } from 'json-schema-to-typescript';
import { format, resolveConfig } from 'prettier';

const SCHEMA = new URL('../schema/api/wire.json', import.meta.url);
const TYPES = new URL('src/api/types.ts', import.meta.url);

/** Without the titles of single fields: each would become a type of its own, and some take the name of a shape. */
function withoutFieldTitles(node) {
  if (Array.isArray(node)) {
    return node.map(withoutFieldTitles);
  }
  if (typeof node !== 'object' || node === null) {
    return node;
  }
  const { title, ...rest } = node;
  if (typeof title === 'object') {
    rest.title = title; // A field that is called title.
  }
  return Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, withoutFieldTitles(value)]));
}

const schema = JSON.parse(await readFile(SCHEMA, 'utf8'));
const shapes = Object.fromEntries(
  Object.entries(schema.$defs).map(([name, shape]) => [name, { ...withoutFieldTitles(shape), title: name }])
);
const types = await compile({ title: 'Wire', $defs: shapes }, 'Wire', {
  additionalProperties: false,
  bannerComment:
    "/** The wire's shapes. Generated from schema/api/wire.json by `jlpm generate:types`; do not edit. */\n/* eslint-disable */",
  format: false,
  ignoreMinAndMaxItems: true,
  unknownAny: true,
  unreachableDefinitions: true
});
const options = await resolveConfig(TYPES);
await writeFile(TYPES, await format(types, { ...options, parser: 'typescript' }));
