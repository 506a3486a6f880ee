// Flame graphs in their short form: every process leaves a profile that spans the measured time, and a graph is drawn of
// each. What takes how long in it is not looked at. The other loads differ in what they ask, and would take as long again.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loads } from '../bench/flame/loads.ts'
import { kinds } from '../bench/flame/run.ts'
import { bytesMax } from '../bench/flame/svg.ts'
import { shortBench } from '../helpers/short-bench.ts'
import { temporaryDirectory } from '../helpers/temporary-directory.ts'

const tried = loads.filter(({ name }) => name === 'posts')
const program = new URL('../bench/flame/main.ts', import.meta.url)

test('the short form writes a flame graph of each kind of process under each load', async () => {
  const directory = temporaryDirectory('flame')
  const only = tried.map(({ name }) => name).join()
  await shortBench(program, ['--only', only, '--out', directory])
  const graphs = tried.flatMap(({ name }) => kinds.map((kind) => `${name}-${kind}.svg`))
  expect(readdirSync(directory).toSorted()).toEqual(['README.md', ...graphs].toSorted())
  for (const graph of graphs) {
    const svg = readFileSync(join(directory, graph), 'utf8')
    expect(svg).toMatch(/^<svg .*<title>all: \d.*<\/svg>\n$/s)
    expect(svg).not.toMatch(/NaN|Infinity|undefined|<script|\(idle\)/)
    expect(svg.length).toBeLessThanOrEqual(bytesMax)
  }
  const text = readFileSync(join(directory, 'README.md'), 'utf8')
  for (const { title } of tried) expect(text).toContain(`## ${title}`)
  for (const graph of graphs) expect(text).toContain(`(${graph})`)
  expect(text).not.toMatch(/NaN|Infinity|undefined/)
})
