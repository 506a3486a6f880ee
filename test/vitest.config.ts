// The test projects, from fast to slow. `npm run check` runs `unit`; `npm test` runs all but `long`.
import { defineConfig } from 'vitest/config'

/**
 * How many files of a project run at once, and which projects go before which. Those that only compute share all
 * cores; those with processes of their own run two at a time, and so do those that put faults on a whole deployment.
 */
const computing = { maxWorkers: '100%', sequence: { groupOrder: 0 } }
const running = { maxWorkers: 2, sequence: { groupOrder: 1 } }
const alone = { maxWorkers: 1, sequence: { groupOrder: 2 } }
const deployed = { maxWorkers: 2, sequence: { groupOrder: 3 } }

const project = (
  name: string,
  options: {
    files: string
    except?: string
    timeoutMs: number
    order: typeof computing | typeof running
  },
) => ({
  extends: true as const,
  test: {
    name,
    include: options.files.split(' '),
    exclude: options.except === undefined ? [] : [options.except],
    ...options.order,
    testTimeout: options.timeoutMs,
    hookTimeout: options.timeoutMs,
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
      project('unit', {
        files: 'test/unit/**/*.test.ts test/tidy.test.ts',
        except: 'test/unit/**/*.property.test.ts',
        timeoutMs: 20_000,
        order: computing,
      }),
      // Unit tests that go through so many cases that they take seconds.
      project('property', {
        files: 'test/unit/**/*.property.test.ts',
        timeoutMs: 120_000,
        order: computing,
      }),
      project('contract', {
        files: 'test/contract/**/*.test.ts',
        timeoutMs: 60_000,
        order: computing,
      }),
      project('simulation', {
        files: 'test/simulation/**/*.test.ts',
        timeoutMs: 600_000,
        order: computing,
      }),
      project('integration', {
        files: 'test/integration/**/*.test.ts test/fault/*.test.ts',
        timeoutMs: 300_000,
        order: running,
      }),
      project('browser', {
        files: 'test/browser/**/*.test.ts',
        timeoutMs: 120_000,
        order: running,
      }),
      project('long', { files: 'test/long/**/*.test.ts', timeoutMs: 3_600_000, order: alone }),
      project('fault', {
        files: 'test/fault/suite/**/*.test.ts',
        timeoutMs: 300_000,
        order: deployed,
      }),
    ],
  },
})
