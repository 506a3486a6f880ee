// A log that was damaged while the server was down: the start is refused, with the path and the place,
// and the file is left as it is. Never is a part of it dropped in silence.

import { copyFileSync, cpSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { post, signUp } from '../helpers/people.ts'
import { RunningCluster } from '../helpers/running-cluster.ts'
import { temporaryDirectory } from '../helpers/temporary-directory.ts'

const pageBytes = 4096
const marker = 'a text that is easy to find in a file'
/** A log with a few hundred entries, and what was written where. */
let sound: RunningCluster

beforeAll(async () => {
  sound = new RunningCluster({})
  await sound.start()
  for (const shard of ['shard-0', 'shard-1'] as const) {
    const author = await signUp(sound, shard)
    for (let batch = 0; batch < 10; batch++) {
      const texts = Array.from({ length: 10 }, (_, index) => `${marker} ${batch}-${index}`)
      await Promise.all(texts.map((text) => post(sound, author, text)))
    }
  }
  expect((await sound.stop()).code).toBe(0)
  return () => sound[Symbol.asyncDispose]()
}, 120_000)

/** Damages a copy, and expects the start to be refused for it. */
async function expectRefused(damage: (path: string) => void): Promise<string> {
  const directory = temporaryDirectory('corrupt')
  cpSync(sound.directory, directory, { recursive: true })
  const path = join(directory, 'log', 'data.mdb')
  damage(path)
  const damaged = readFileSync(path)
  await using cluster = new RunningCluster({ directory })
  cluster.begin()
  expect(await cluster.untilExited()).toEqual({ code: 1, signal: null })
  expect(cluster.processes()).toEqual([])
  expect(cluster.output).not.toContain('Rookery is ready.')
  expect(cluster.errors).toMatch(/^[^\n]+\n$/)
  expect(cluster.errors).toContain(path)
  expect(cluster.errors).toMatch(/offset \d+|position|\b\d+-\d+\b/)
  expect(readFileSync(path).equals(damaged), 'the damaged file is left as it is').toBe(true)
  return cluster.errors
}

function flip(path: string, offsets: readonly number[]): void {
  const bytes = readFileSync(path)
  expect(offsets.length).toBeGreaterThan(0)
  for (const offset of offsets) bytes[offset] = (bytes[offset] as number) ^ 0xff
  writeFileSync(path, bytes)
}

/** Every place of a text: the pages that are in use, and those that were before. */
function placesOf(path: string, text: string): number[] {
  const bytes = readFileSync(path)
  const places: number[] = []
  for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + 1)) places.push(at)
  return places
}

describe('a damaged log is refused with its path and the place, and is left as it is', () => {
  test('cut in the middle', async () => {
    await expectRefused((path) => truncateSync(path, Math.floor(readFileSync(path).length / 2)))
  })

  test('cut behind its first page, and in the middle of a page', async () => {
    await expectRefused((path) => truncateSync(path, pageBytes))
    await expectRefused((path) => truncateSync(path, 10 * pageBytes + 123))
  })

  test('a byte flipped in the text of a tweet', async () => {
    const errors = await expectRefused((path) => flip(path, placesOf(path, `${marker} 5-5`)))
    expect(errors).toMatch(/\b\d+-\d+\b/)
  })

  test('a byte flipped in the head of each page in use', async () => {
    await expectRefused((path) => {
      const pages = Math.floor(readFileSync(path).length / pageBytes)
      const inUse = Array.from({ length: pages - 2 }, (_, index) => (index + 2) * pageBytes)
      flip(path, inUse)
    })
  })

  test('both meta pages overwritten', async () => {
    await expectRefused((path) =>
      flip(path, [24, pageBytes / 2 + 24, pageBytes + 24, (pageBytes * 3) / 2 + 24]),
    )
  })
})

test('an undamaged copy starts', async () => {
  const directory = temporaryDirectory('corrupt')
  cpSync(sound.directory, directory, { recursive: true })
  copyFileSync(join(sound.directory, 'log', 'data.mdb'), join(directory, 'log', 'data.mdb'))
  await using cluster = new RunningCluster({ directory })
  await cluster.start()
  expect((await cluster.stop()).code).toBe(0)
})
