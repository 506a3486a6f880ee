// The disk of the cold store gets full: bodies stay in memory, and none is lost or changed.

import { expect, test } from 'vitest'
import { ColdWorld } from '../helpers/cold-world.ts'
import { SmallDisk } from '../helpers/small-disk.ts'

const diskBytes = 4 * 1024 * 1024
/** More than such a disk holds. */
const bodiesMax = 100_000

const bodyOf = (tweet: number): Uint8Array => Buffer.alloc(100, `${tweet};`)

/** A round of the event loop: blocks come to the disk. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test('a small disk is filled up to what is kept for others, and every body is still there', async () => {
  using disk = new SmallDisk(diskBytes)
  const world = new ColdWorld({ path: disk.path })
  let count = 0
  while (count < bodiesMax && world.store.put(count, bodyOf(count))) {
    if (++count % 100 === 0) await turn()
  }
  expect(count).toBeGreaterThan(5_000)
  expect(count).toBeLessThan(bodiesMax)
  expect(disk.freeBytes).toBeGreaterThan(diskBytes / 5)
  for (let tweet = 0; tweet < count; tweet++) {
    if (Buffer.compare(world.store.get(tweet), bodyOf(tweet)) !== 0) expect.fail(`tweet ${tweet}`)
  }
  expect(world.errors.length).toBeGreaterThan(0)
  expect(String(world.errors[0]?.error)).toContain('make room on the disk')
  await world.store.close()
  expect(world.fatal).toEqual([])
})
