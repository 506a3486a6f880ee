// The frame of a main (protocol/std/run.ts) around a stand-in process that was started by hand.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { ChildProgram } from '../helpers/child-program.ts'
import { eventually } from '../helpers/eventually.ts'
import { temporaryDirectory } from '../helpers/temporary-directory.ts'

const program = fileURLToPath(new URL('../helpers/fake-child.ts', import.meta.url))

function start(options: { readonly marker?: string } = {}): ChildProgram {
  const directory = temporaryDirectory('run')
  if (options.marker !== undefined) {
    writeFileSync(join(directory, options.marker), 'The log is of a newer version.')
  }
  return new ChildProgram(program, { ROOKERY_DATA_DIR: directory, ROOKERY_SHARD_NAME: 'shard-0' })
}

const drainsOf = (child: ChildProgram) =>
  child.objects.map((object) => object['drained']).filter((reason) => reason !== undefined)

test('a signal drains once, and the process ends by itself with 0', async () => {
  const child = start()
  await eventually(() => child.objects.length > 0, {
    withinMs: 15_000,
    elseDump: () => child.output,
  })
  child.signal('SIGINT')
  child.signal('SIGINT')
  expect(await child.exited).toEqual({ code: 0, signal: null })
  expect(drainsOf(child)).toEqual(['SIGINT'])
})

test('a start that is refused is one sentence and exit code 1', async () => {
  const child = start({ marker: 'shard-0.refuse' })
  expect((await child.exited).code).toBe(1)
  expect(child.output).toBe('The log is of a newer version.\n')
})

test('a bug drains what can be drained, and the process ends with 1', async () => {
  const child = start({ marker: 'shard-0.bug' })
  expect((await child.exited).code).toBe(1)
  expect(drainsOf(child)).toEqual(['uncaught exception'])
})
