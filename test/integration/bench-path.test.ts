// The benchmark of the whole path in its short form: every server starts, answers and pushes what it should, and
// every measure gives its figures. How large they are is not looked at.

import { expect, test } from 'vitest'
import { measures } from '../bench/path/index.ts'
import { shortBench } from '../helpers/short-bench.ts'

const program = new URL('../bench/path/main.ts', import.meta.url)

/** Who is compared in each measure. */
const contestants: Readonly<Record<string, readonly string[]>> = {
  'home-timelines': ['Rookery', 'bare uWebSockets.js', 'A: Redis lists'],
  posts: ['Rookery', 'A: Redis lists'],
  push: ['Rookery', 'bare uWebSockets.js', 'B: socket.io'],
  latencies: ['Rookery', 'bare uWebSockets.js', 'bare relay'],
  'idle-memory': ['Rookery', 'bare uWebSockets.js'],
}

test.each(measures.map(({ name, title }) => [name, title] as const))(
  'the short form of %s measures everybody who is compared',
  async (name, title) => {
    const output = await shortBench(program, ['--only', name])
    expect(output).toContain(title)
    for (const contestant of contestants[name]!) expect(output).toContain(contestant)
    expect(output).not.toMatch(/NaN|Infinity|MISSED/)
  },
)
