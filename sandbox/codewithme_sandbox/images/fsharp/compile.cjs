
// What stands behind the compiler's own source: `compiler ENTRY [FILE…]` compiles the files in the order of their names,
// the entry last, to JavaScript in .compiled/. Everything up to setDeserializeMainFunction happens once, when the image
// is built.
;(() => {
  const fs = require('fs');
  const path = require('path');
  const v8 = require('v8');

  const ROOT = '/opt/fsharp';
  const SIGNATURES = `${ROOT}/node_modules/fable-metadata/lib/`;
  const LIBRARY = `${ROOT}/node_modules/fable-standalone/dist/fable-library`;
  const OUTPUT = '/code/.compiled';
  const PRELUDE = 'codewithme_prelude.fs';
  const OPTIONS = [
    '--define:FABLE_COMPILER',
    '--define:FABLE_COMPILER_JAVASCRIPT',
    '--optimize+',
    '--langversion:8.0',
  ];

  const fable = globalThis.__FABLE_STANDALONE__.init();
  const prelude = fs.readFileSync(`${ROOT}/prelude.fs`, 'utf8');
  const libraries = new Map(
    fs
      .readdirSync(SIGNATURES)
      .filter(name => name.endsWith('.dll') && !/^(Browser|Fable\.Repl)/.test(name))
      .map(name => [name.slice(0, -'.dll'.length), new Uint8Array(fs.readFileSync(SIGNATURES + name))]),
  );
  const checker = fable.CreateChecker([...libraries.keys()], name => libraries.get(name.replace(/\.dll$/, '')), OPTIONS);

  /** Compiles the sources (name to text, the entry last); returns whether there was no error. */
  function compile(sources, write, tell) {
    const names = [PRELUDE, ...sources.keys()];
    const parsed = fable.ParseAndCheckProject(checker, 'main.fsproj', names, [prelude, ...sources.values()], OPTIONS);
    let isRight = report(parsed.Errors, tell);
    for (const name of isRight ? names : []) {
      const result = fable.CompileToTargetAst(LIBRARY, parsed, name, undefined, 'JavaScript');
      isRight = report(result.FableErrors, tell) && isRight;
      write(compiledName(name, names.at(-1)), printed(result, names.at(-1)));
    }
    return isRight;
  }

  function report(problems, tell) {
    let isRight = true;
    for (const problem of problems ?? []) {
      const isOurs = problem.FileName?.includes(PRELUDE);
      const isKnown = problem.IsWarning && /only supports a subset/.test(problem.Message);
      if (isOurs || isKnown) continue;
      const kind = problem.IsWarning ? 'warning' : 'error';
      const message = problem.Message.replace(/\s+/g, ' ');
      tell(`${problem.FileName}(${problem.StartLine},${problem.StartColumn + 1}): ${kind}: ${message}`);
      isRight &&= problem.IsWarning;
    }
    return isRight;
  }

  function compiledName(name, entry) {
    return name === entry ? 'main.mjs' : `${name}.mjs`;
  }

  /** The JavaScript of one file. The printer is an F# `async`, which we run to its end at once. */
  function printed(result, entry) {
    let text = '';
    let isDone = false;
    const writer = {
      Write: piece => {
        text += piece;
        return context => context.onSuccess(undefined);
      },
      MakeImportPath: name => name,
      AddSourceMapping() {},
      Dispose() {},
    };
    const never = { isCancelled: false, isCancellationRequested: false, addListener() {}, removeListener() {} };
    fable.PrintTargetAst(result, writer)({
      onSuccess() {
        isDone = true;
      },
      onError(error) {
        throw error;
      },
      onCancel() {},
      cancelToken: never,
      trampoline: { incrementAndCheck: () => false, hijack: next => next(), callCount: 0 },
    });
    if (!isDone) throw new Error('the printer did not come to its end');
    return withExitCode(text).replace(/from "([^"]+)\.fs(?:\.js)?"/g, (_, name) => {
      return `from "./${compiledName(`${path.basename(name)}.fs`, entry)}"`;
    });
  }

  /** What the function under [<EntryPoint>] returns becomes the exit code; Fable calls it last and drops that. */
  function withExitCode(text) {
    const start = text.lastIndexOf('\n(function (');
    const isCalled = text.trimEnd().endsWith("})(typeof process === 'object' ? process.argv.slice(2) : []);");
    return isCalled ? `${text.slice(0, start + 1)}process.exitCode = ${text.slice(start + 1)}` : text;
  }

  const sample = `open System
let numbers = [1; 2; 3] |> List.map (fun x -> x + 1)
let names = Map.ofList [1, "a"]
let line = Console.ReadLine()
printfn "%A %d %s" numbers (List.sum numbers) (String.Join(",", numbers))
`;
  if (!compile(new Map([['sample.fs', sample]]), () => {}, console.error)) throw new Error('the sample does not compile');

  v8.startupSnapshot.setDeserializeMainFunction(() => {
    const fs = require('fs');
    const path = require('path');
    const [entry, ...others] = process.argv.slice(1);
    const tell = line => process.stderr.write(`${line}\n`);
    fs.mkdirSync(OUTPUT, { recursive: true });
    const sources = new Map([...others, entry].map(name => [path.basename(name), fs.readFileSync(name, 'utf8')]));
    const write = (name, text) => fs.writeFileSync(path.join(OUTPUT, name), text);
    process.exitCode = compile(sources, write, tell) ? 0 : 1;
  });
})();
