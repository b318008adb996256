
// What stands behind the compiler's own source: `compiler ENTRY` checks the types of ENTRY and of what it imports, and
// writes the JavaScript to .compiled/. Up to setDeserializeMainFunction everything happens once, when the image is
// built: the types of the language and of Node.js are read and bound, and stay in the snapshot.
{
  const v8 = require('v8');
  const ts = module.exports;

  const ROOT = '/code';
  const LIBRARY = '/opt/js/node_modules';
  const options = {
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2023.d.ts'],
    module: ts.ModuleKind.CommonJS,
    moduleResolution: ts.ModuleResolutionKind.Node10,
    types: ['node'],
    typeRoots: [`${LIBRARY}/@types`],
    rootDir: ROOT,
    outDir: `${ROOT}/.compiled`,
    strict: true,
    skipLibCheck: true,
    esModuleInterop: true,
    resolveJsonModule: true,
    inlineSourceMap: false,
  };
  const libraryFiles = new Map();

  const host = overlay => ({
    fileExists: name => overlay.has(name) || libraryFiles.has(name) || isFile(name),
    readFile: name => overlay.get(name) ?? read(name),
    getSourceFile: (name, version) => {
      if (libraryFiles.has(name)) return libraryFiles.get(name);
      const text = overlay.get(name) ?? read(name);
      if (text === undefined) return undefined;
      const file = ts.createSourceFile(name, text, version, false);
      if (name.startsWith(LIBRARY)) libraryFiles.set(name, file);
      return file;
    },
    writeFile: (name, text) => {
      require('fs').mkdirSync(require('path').dirname(name), { recursive: true });
      require('fs').writeFileSync(name, text);
    },
    getDefaultLibFileName: () => `${LIBRARY}/typescript/lib/lib.es2023.d.ts`,
    getDefaultLibLocation: () => `${LIBRARY}/typescript/lib`,
    getCurrentDirectory: () => ROOT,
    getCanonicalFileName: name => name,
    useCaseSensitiveFileNames: () => true,
    getNewLine: () => '\n',
    directoryExists: name => require('fs').existsSync(name),
    getDirectories: name => directories(name),
    realpath: name => name,
  });

  function read(name) {
    try {
      return require('fs').readFileSync(name, 'utf8');
    } catch {
      return undefined;
    }
  }

  function isFile(name) {
    try {
      return require('fs').statSync(name).isFile();
    } catch {
      return false;
    }
  }

  function directories(name) {
    try {
      return require('fs').readdirSync(name, { withFileTypes: true }).filter(entry => entry.isDirectory()).map(entry => entry.name);
    } catch {
      return [];
    }
  }

  function check(name, overlay, oldProgram) {
    const program = ts.createProgram({ rootNames: [name], options, host: host(overlay), oldProgram });
    const problems = [
      ...program.getOptionsDiagnostics(),
      ...program.getSyntacticDiagnostics(),
      ...program.getSemanticDiagnostics(),
    ];
    return { program, problems, text: ts.formatDiagnostics(problems, host(overlay)) };
  }

  const sample = `
    import * as fs from 'fs';
    const counts = new Map<string, number[]>();
    async function next(x: number): Promise<number[]> { return [x].map(y => y + 1); }
    next(1).then(console.log);
    console.log(process.argv, counts, fs.readFileSync);
  `;
  const warm = check(`${ROOT}/main.ts`, new Map([[`${ROOT}/main.ts`, sample]]), undefined);
  if (warm.problems.length) throw new Error(warm.text);

  v8.startupSnapshot.setDeserializeMainFunction(() => {
    const entry = process.argv.at(-1);
    const { program, problems, text } = check(`${ROOT}/${entry}`, new Map(), warm.program);
    if (text) process.stderr.write(text);
    const isWrong = problems.some(problem => problem.category === ts.DiagnosticCategory.Error);
    if (!isWrong) program.emit();
    process.exitCode = isWrong ? 1 : 0;
  });
}
