import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ColdWorld, FakeTable } from '../../../helpers/cold-world.ts'
import { eventually } from '../../../helpers/eventually.ts'

const withinMs = 10_000

function bodyOf(tweet: number, length = 100): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => (tweet * 31 + at) & 0xff)
}

function keyOf(tweet: number): Buffer {
  const key = Buffer.alloc(4)
  key.writeUInt32BE(tweet)
  return key
}

function expectBodies({ store }: ColdWorld, tweets: Iterable<number>): void {
  for (const tweet of tweets) {
    if (Buffer.compare(store.get(tweet), bodyOf(tweet)) !== 0) expect.fail(`tweet ${tweet}`)
  }
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, tweet) => tweet)

/** A round of the event loop: what was promised has come. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('the cold store on its database', () => {
  test('gives every body at once, and again when it is on the disk', async () => {
    const world = new ColdWorld()
    for (const tweet of upTo(3_000)) {
      expect(world.store.put(tweet, bodyOf(tweet))).toBe(true)
      if (world.store.bytes > world.store.bytesMax + 104) expect.fail(`${world.store.bytes} bytes`)
    }
    expectBodies(world, upTo(3_000))
    // What is left in memory is a block that is not full.
    await eventually(() => world.store.bytes < 1_024, { withinMs, elseDump: () => world.errors })
    expectBodies(world, upTo(3_000))
    expect([world.errors, world.fatal]).toEqual([[], []])
  })

  test('deletes what is on the disk, on its way, and waiting, and nothing else', async () => {
    const world = new ColdWorld()
    for (const tweet of upTo(500)) world.store.put(tweet, bodyOf(tweet))
    await eventually(() => world.store.bytes < 1_024, { withinMs, elseDump: () => world.errors })
    for (const tweet of upTo(520).slice(500)) world.store.put(tweet, bodyOf(tweet))
    const deleted = upTo(520).filter((tweet) => tweet % 3 === 0)
    for (const tweet of deleted) world.store.delete(tweet)
    const rowOf = (tweet: number) => {
      world.table?.resetReadTxn()
      return world.table?.getBinary(keyOf(tweet))
    }
    await eventually(() => deleted.every((tweet) => rowOf(tweet) === undefined), {
      withinMs,
      elseDump: () => deleted.filter((tweet) => rowOf(tweet) !== undefined),
    })
    expectBodies(
      world,
      upTo(520).filter((tweet) => tweet % 3 !== 0),
    )
    expect(world.errors).toEqual([])
  })

  test('begins empty whatever an earlier start has left, opens when needed, and cleans up', async () => {
    const world = new ColdWorld()
    mkdirSync(world.directory, { recursive: true })
    writeFileSync(join(world.directory, 'data.mdb'), 'no database at all')
    world.store.put(0, bodyOf(0))
    expect(world.openCount).toBe(0)
    for (const tweet of upTo(100).slice(1)) world.store.put(tweet, bodyOf(tweet))
    expect(world.openCount).toBe(1)
    expectBodies(world, upTo(100))
    await world.store.close()
    expect(existsSync(world.directory)).toBe(false)
    expect(world.errors).toEqual([])
  })

  test('a damaged, a changed and a missing row end the process rather than be shown', async () => {
    const world = new ColdWorld()
    for (const tweet of upTo(100)) world.store.put(tweet, bodyOf(tweet))
    await eventually(() => world.store.bytes < 1_024, { withinMs, elseDump: () => world.errors })
    const table = world.table!
    const other = Buffer.from(table.getBinary(keyOf(4))!)
    const damaged = Buffer.from(other)
    damaged[7]! ^= 1
    await Promise.all([
      table.put(keyOf(1), other),
      table.put(keyOf(2), Buffer.of(1)),
      table.remove(keyOf(3)),
      table.put(keyOf(4), damaged),
    ])
    table.resetReadTxn()
    for (const tweet of [1, 2, 4]) expect(() => world.store.get(tweet)).toThrow('is damaged')
    expect(() => world.store.get(3)).toThrow('is not there')
    expect(world.fatal).toHaveLength(4)
    expectBodies(world, upTo(100).slice(5))
  })

  test('a disk without room is left alone: what has come stays, no more is taken, until there is', async () => {
    const world = new ColdWorld()
    for (const tweet of upTo(100)) world.store.put(tweet, bodyOf(tweet))
    await eventually(() => world.store.bytes < 1_024, { withinMs, elseDump: () => world.errors })
    world.availableBytes = 2 ** 28 - 1
    let count = 100
    while (world.store.put(count, bodyOf(count))) count++
    expect(count - 100).toBeGreaterThan(20)
    expect(world.store.bytes).toBeLessThan(world.store.bytesMax + 104)
    expectBodies(world, upTo(count))
    expect(world.errors).toHaveLength(1)
    expect(world.errors[0]!.message).toContain('they stay in memory')
    world.nowMs += 1_000
    expect(world.store.put(count, bodyOf(count))).toBe(false)
    expect(world.errors).toHaveLength(2)
    world.availableBytes = 2 ** 40
    expect(world.store.put(count, bodyOf(count))).toBe(false)
    world.nowMs += 1_000
    await eventually(() => world.store.put(count, bodyOf(count)), { withinMs })
    await eventually(() => world.store.bytes < 1_024, { withinMs, elseDump: () => world.errors })
    expectBodies(world, upTo(count + 1))
    expect(world.errors).toHaveLength(2)
  })
})

describe('the cold store on a table that does as it is told', () => {
  test('lets blocks go to the disk beside, and writes in place where they come faster', async () => {
    const table = new FakeTable()
    const world = new ColdWorld({ table })
    for (const tweet of upTo(200)) expect(world.store.put(tweet, bodyOf(tweet))).toBe(true)
    expect(table.blocks).toHaveLength(1)
    expect(table.inPlaceCount).toBeGreaterThan(10)
    expectBodies(world, upTo(200))
    table.blocks[0]!.arrive()
    await turn()
    expect(world.store.bytes).toBeLessThan(1_024)
    expectBodies(world, upTo(200))
  })

  test('keeps a block that did not arrive, and writes it again a second later', async () => {
    const table = new FakeTable()
    const world = new ColdWorld({ table })
    for (const tweet of upTo(12)) world.store.put(tweet, bodyOf(tweet))
    world.store.delete(3)
    table.blocks.shift()!.fail(new Error('no room'))
    await turn()
    expect(world.errors.map(({ error }) => (error as Error).message)).toEqual(['no room'])
    for (const tweet of upTo(20).slice(12)) world.store.put(tweet, bodyOf(tweet))
    expect(table.blocks).toEqual([])
    world.nowMs += 1_000
    world.store.put(20, bodyOf(20))
    table.blocks.shift()!.arrive()
    await turn()
    expect([...table.rows.keys()]).toEqual(upTo(21).filter((tweet) => tweet !== 3))
    expect(world.store.bytes).toBe(0)
    expectBodies(world, table.rows.keys())
  })

  test('keeps what could not be written in place', () => {
    const table = new FakeTable()
    const world = new ColdWorld({ table })
    table.refusal = new Error('no room')
    let count = 0
    while (world.store.put(count, bodyOf(count))) count++
    expect(world.errors).toHaveLength(1)
    expectBodies(world, upTo(count))
  })

  test('whatever fails and whenever, no body is lost', async () => {
    const step = fc.record({
      kind: fc.constantFrom('put', 'put', 'put', 'put', 'delete', 'arrive', 'fail', 'full', 'room'),
      value: fc.nat(),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 200, size: 'max' }), async (steps) => {
        const table = new FakeTable()
        const world = new ColdWorld({ table })
        const here = new Set<number>()
        let count = 0
        for (const { kind, value } of steps) {
          if (kind === 'put' && world.store.put(count, bodyOf(count))) here.add(count++)
          else if (kind === 'delete' && here.delete(value % count))
            world.store.delete(value % count)
          else if (kind === 'arrive') table.blocks.shift()?.arrive()
          else if (kind === 'fail') table.blocks.shift()?.fail(new Error('failed'))
          else if (kind === 'full') table.refusal = new Error('full')
          else if (kind === 'room') table.refusal = undefined
          if (value % 2 === 0) await turn()
          world.nowMs += value % 400
        }
        for (let block = table.blocks.shift(); block; block = table.blocks.shift()) block.arrive()
        await turn()
        expectBodies(world, here)
        expect(world.fatal).toEqual([])
        expect(world.store.bytes).toBeLessThanOrEqual(world.store.bytesMax + 104)
        await world.store.close()
      }),
      { numRuns: 50 },
    )
  })
})
