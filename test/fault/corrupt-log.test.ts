// A log that was damaged while the server was down: the start is refused, with the path and the place,
// and the file is left as it is. Never is a part of it dropped in silence.

import { copyFileSync, cpSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { partitionOfId } from '../../protocol/ids.ts'
import { headKey } from '../../shard/replication/embedded/embedded-codec.ts'
import type { Random } from '../helpers/garbage.ts'
import { makeRandom } from '../helpers/garbage.ts'
import type { Person } from '../helpers/people.ts'
import { home, post, signUp } from '../helpers/people.ts'
import { RunningCluster } from '../helpers/running-cluster.ts'
import { temporaryDirectory } from '../helpers/temporary-directory.ts'

const pageBytes = 4096
const marker = 'a text that is easy to find in a file'
const randomFlips = 6
/** A log with a few hundred entries, who wrote them, and what they see. */
let sound: RunningCluster
const authors: Person[] = []
let shown: readonly unknown[]

beforeAll(async () => {
  sound = new RunningCluster({})
  await sound.start()
  for (const shard of ['shard-0', 'shard-1'] as const) {
    const author = await signUp(sound, shard)
    authors.push(author)
    for (let batch = 0; batch < 10; batch++) {
      const texts = Array.from({ length: 10 }, (_, index) => `${marker} ${batch}-${index}`)
      await Promise.all(texts.map((text) => post(sound, author, text)))
    }
  }
  shown = await everythingShown(sound)
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

async function everythingShown(cluster: RunningCluster): Promise<readonly unknown[]> {
  return await Promise.all(authors.map(async (author) => (await home(cluster, author)).tweets))
}

/** Where the file holds anything: LMDB leaves holes in it, and zeros. */
function someByteInUse(path: string, random: Random): number {
  const bytes = readFileSync(path)
  for (;;) {
    const offset = Math.floor(random() * bytes.length)
    if (bytes[offset] !== 0) return offset
  }
}

function flip(path: string, offsets: readonly number[], distance = 0): void {
  const bytes = readFileSync(path)
  expect(offsets.length).toBeGreaterThan(0)
  for (const offset of offsets) {
    bytes[offset + distance] = (bytes[offset + distance] as number) ^ 0x08
  }
  writeFileSync(path, bytes)
}

/** Every place of a text: the pages that are in use, and those that were before. */
function placesOf(path: string, text: string | Buffer): number[] {
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

  // The row was taken for missing and its log for empty: a new beginning was written behind the old
  // entries, and the damage was only noticed when it could not be repaired any more.
  test('a bit flipped in the name of the row that says where a log ends', async () => {
    const partition = partitionOfId(Number(authors[0]?.id))
    const errors = await expectRefused((path) => {
      // In a page of LMDB the length of a key stands before it.
      const key = headKey(partition)
      const named = Buffer.concat([Buffer.from([key.length, 0]), key])
      flip(path, placesOf(path, named), 1 + key.length)
    })
    expect(errors).toContain(`partition ${partition}`)
  })

  test('both meta pages overwritten', async () => {
    await expectRefused((path) =>
      flip(path, [24, pageBytes / 2 + 24, pageBytes + 24, (pageBytes * 3) / 2 + 24]),
    )
  })
})

test('one byte flipped anywhere is refused, or harms nothing', async () => {
  const seed = Math.floor(Math.random() * 2 ** 32)
  console.info(`seed of the flips: ${seed}`)
  const random = makeRandom(seed)
  let refusals = 0
  for (let count = 0; count < randomFlips; count++) {
    const directory = temporaryDirectory('corrupt')
    cpSync(sound.directory, directory, { recursive: true })
    const path = join(directory, 'log', 'data.mdb')
    const offset = someByteInUse(path, random)
    flip(path, [offset])
    await using cluster = new RunningCluster({ directory })
    const started = cluster.start().then(
      () => true,
      () => false,
    )
    if (await started) {
      expect(await everythingShown(cluster), `offset ${offset}`).toEqual(shown)
      expect((await cluster.stop()).code).toBe(0)
    } else {
      refusals++
      expect(await cluster.untilExited(), `offset ${offset}`).toEqual({ code: 1, signal: null })
      expect(cluster.errors, `offset ${offset}`).toContain(path)
    }
  }
  console.info(`${refusals} of ${randomFlips} flips were refused`)
})

test('an undamaged copy starts', async () => {
  const directory = temporaryDirectory('corrupt')
  cpSync(sound.directory, directory, { recursive: true })
  copyFileSync(join(sound.directory, 'log', 'data.mdb'), join(directory, 'log', 'data.mdb'))
  await using cluster = new RunningCluster({ directory })
  await cluster.start()
  expect((await cluster.stop()).code).toBe(0)
})
