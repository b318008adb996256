import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['lib/', 'node_modules/', 'src/api/types.ts', 'style/', '**/*.mjs'] },
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: { parserOptions: { project: './tsconfig.check.json', tsconfigRootDir: import.meta.dirname } },
    plugins: { 'react-hooks': reactHooks },
    rules: {
      ...reactHooks.configs.recommended.rules,
      curly: 'error',
      eqeqeq: 'error',
      // Lab names its token interfaces and option bags with a leading I; namespaces hold IOptions of a class.
      '@typescript-eslint/no-namespace': 'off',
      // `${count}` in a sentence is what template strings are for.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // A promise nobody waits for says so with `void`.
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // A Lumino signal takes a slot and its `this` apart: `signal.connect(this._onChanged, this)`.
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/consistent-type-definitions': ['error', 'interface'],
      // React event props and Lumino slots take `() => Promise<void>`; errors inside are shown by the callee.
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false, arguments: false } }]
    }
  },
  {
    files: ['tests/**', 'pages/**/*.test.ts'],
    // A test reaches into what it knows is there.
    rules: { '@typescript-eslint/no-non-null-assertion': 'off' }
  }
);
