// The short form of a benchmark as a program of its own, which ends with its test at the latest.

import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

/** Resolves with what it printed. Rejects where it ends with anything but 0, with what it printed. */
export function shortBench(program: URL, options: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const words = [fileURLToPath(program), '--short', ...options]
    const child = execFile(process.execPath, words, (error, stdout, stderr) => {
      if (error === null) resolve(stdout)
      else reject(new Error(`${stdout}\n${stderr}`, { cause: error }))
    })
    onTestFinished(() => {
      child.kill('SIGTERM')
    })
  })
}
