// The test projects, from fast to slow. `npm run check` runs `unit`; `npm test` runs all of them.
import { defineConfig } from 'vitest/config'

const project = (name: string, include: string[], testTimeoutMs: number) => ({
  extends: true as const,
  test: {
    name,
    include,
    testTimeout: testTimeoutMs,
    hookTimeout: testTimeoutMs,
    // Unit tests share nothing that one could leave behind; a process for each file would cost more
    // than the tests.
    isolate: name !== 'unit',
  },
})

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    pool: 'forks',
    projects: [
      project('unit', ['test/unit/**/*.test.ts', 'test/tidy.test.ts'], 20_000),
      project('contract', ['test/contract/**/*.test.ts'], 60_000),
      project('simulation', ['test/simulation/**/*.test.ts'], 600_000),
      project('integration', ['test/integration/**/*.test.ts', 'test/fault/**/*.test.ts'], 300_000),
      project('browser', ['test/browser/**/*.test.ts'], 120_000),
    ],
  },
})
