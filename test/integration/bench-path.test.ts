// The benchmark of the whole path in its short form: every server starts, answers and pushes what it should, and
// every measure gives its figures. How large they are is not looked at.

import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { measures } from '../bench/path/index.ts'

const program = fileURLToPath(new URL('../bench/path/main.ts', import.meta.url))

/** Who is compared in each measure. */
const contestants: Readonly<Record<string, readonly string[]>> = {
  'home-timelines': ['Rookery', 'bare uWebSockets.js', 'A: Redis lists'],
  posts: ['Rookery', 'A: Redis lists'],
  push: ['Rookery', 'bare uWebSockets.js', 'B: socket.io'],
  latencies: ['Rookery'],
  'idle-memory': ['Rookery', 'bare uWebSockets.js'],
}

/** Resolves with what it printed. Rejects where it ends with anything but 0, with what it printed. */
function shortRun(name: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const words = [program, '--short', '--only', name]
    const child = execFile(process.execPath, words, (error, stdout, stderr) => {
      if (error === null) resolve(stdout)
      else reject(new Error(`${stdout}\n${stderr}`, { cause: error }))
    })
    onTestFinished(() => {
      child.kill('SIGTERM')
    })
  })
}

test.each(measures.map(({ name, title }) => [name, title] as const))(
  'the short form of %s measures everybody who is compared',
  async (name, title) => {
    const output = await shortRun(name)
    expect(output).toContain(title)
    for (const contestant of contestants[name]!) expect(output).toContain(contestant)
    expect(output).not.toMatch(/NaN|Infinity|MISSED/)
  },
)
