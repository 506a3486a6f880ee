// A directory of its own for one test, gone when the test is over.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** Makes an empty directory and removes it, with all in it, when the running test has finished. */
export function temporaryDirectory(purpose = 'test'): string {
  const path = mkdtempSync(join(tmpdir(), `rookery-${purpose}-`))
  onTestFinished(() => rmSync(path, { recursive: true, force: true, maxRetries: 5 }))
  return path
}
