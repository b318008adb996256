/** Unit tests of the models and of pure code; what needs a whole JupyterLab is shown in tests/browser. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['tests/**/*.test.{ts,tsx}', 'pages/**/*.test.ts'],
    environment: 'jsdom',
    setupFiles: 'tests/fakes/browser.ts',
    restoreMocks: true
  }
});
