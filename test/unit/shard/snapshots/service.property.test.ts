import { readdirSync, readFileSync, rmSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { logStart } from '../../../../shard/replication/position.ts'
import { CompactorThread } from '../../../../shard/snapshots/compactor-thread.ts'
import { SnapshotCorrupt } from '../../../../shard/snapshots/snapshot-chunks.ts'
import { ShardState } from '../../../../shard/state/shard-state.ts'
import { eventually } from '../../../helpers/eventually.ts'
import {
  corruptFilesOf,
  filesOf,
  flipOneBit,
  worldInMemory,
} from '../../../helpers/snapshot-hosts.ts'

describe('one process that hosts a partition', () => {
  test('makes a snapshot when enough was written, and trims the log behind the second', async () => {
    const world = await worldInMemory()
    const host = world.host()
    await world.writeAndLook(150)
    expect(await world.records()).toEqual([])
    await world.writeAndLook(100)
    const first = world.writer.position
    expect(await world.records()).toEqual([[first, ['shard-1']]])
    expect(await world.reachesBackTo(logStart)).toBe(true)
    await world.writeAndLook(200)
    const second = world.writer.position
    await world.writeAndLook(50)
    expect(await world.records()).toEqual([
      [second, ['shard-1']],
      [first, ['shard-1']],
    ])
    expect(await world.reachesBackTo(first)).toBe(true)
    expect(await world.reachesBackTo({ ...first, sequence: first.sequence - 1 })).toBe(false)
    expect(await world.recover(host)).toEqual(second)
    expect(host.problems).toEqual([])
    expect(host.service.counts).toMatchObject({ made: 2, fetched: 0, corrupt: 0 })
    expect(host.service.counts.entriesSince.get(0)).toBe(50)
    expect(host.service.counts.lastMs).toBeGreaterThan(0)
  })

  test('makes them over many reigns, with digests between the events', async () => {
    const world = await worldInMemory()
    const host = world.host()
    for (let round = 0; round < 6; round++) {
      await world.writeAndLook(130)
      await world.writer.reign()
    }
    expect(filesOf(host).length).toBe(3)
    await world.recover(host)
    expect(host.problems).toEqual([])
  })

  test('holds nothing of the last moments: they may be taken back by a failover', async () => {
    const world = await worldInMemory()
    const host = world.host()
    await world.writer.write(300)
    await host.service.look()
    const before = world.writer.position
    await world.writer.write(20)
    await host.service.look()
    expect((await world.records())[0]?.[0]).toEqual(before)
  })

  test('recovers from the log alone while there is no snapshot', async () => {
    const world = await worldInMemory()
    await world.writer.write(100)
    expect(await world.recover(world.host())).toEqual(logStart)
  })

  test('trims nothing that the slowest member has not applied', async () => {
    const world = await worldInMemory()
    world.host()
    await world.writer.write(30)
    world.slowest = world.writer.position
    for (let round = 0; round < 4; round++) await world.writeAndLook(200)
    expect(await world.reachesBackTo(world.slowest)).toBe(true)
    expect(await world.reachesBackTo(logStart)).toBe(false)
  })

  test.each([
    ['truncated', (path: string) => truncateSync(path, 40)],
    ['flipped', flipOneBit],
  ])('sets a %s snapshot aside and recovers from the one before', async (_, damage) => {
    const world = await worldInMemory()
    const host = world.host()
    for (let round = 0; round < 3; round++) await world.writeAndLook(200)
    damage(filesOf(host).at(-1)!)
    const [newest, older] = (await world.records()).map(([position]) => position)
    expect(await world.recover(host)).toEqual(older)
    expect(corruptFilesOf(host)).toEqual([`${newest?.epoch}-${newest?.sequence}.snapshot.corrupt`])
    expect(host.service.counts.corrupt).toBe(1)
    expect((await world.records()).map(([position]) => position)).not.toContainEqual(newest)
  })

  test('finds the damage when it makes the next one, and starts from the one before', async () => {
    const world = await worldInMemory()
    const host = world.host()
    for (let round = 0; round < 3; round++) await world.writeAndLook(200)
    flipOneBit(filesOf(host).at(-1)!)
    await world.writeAndLook(200)
    expect(corruptFilesOf(host).length).toBe(1)
    expect(host.service.counts.made).toBe(4)
    expect(await world.recover(host)).toEqual((await world.records())[0]?.[0])
  })

  test('refuses to start where the log was trimmed and no snapshot is sound, and says so', async () => {
    const world = await worldInMemory()
    const host = world.host()
    for (let round = 0; round < 4; round++) await world.writeAndLook(200)
    for (const path of filesOf(host)) truncateSync(path, 10)
    const starting = host.service.restore(new ShardState(), 0)
    await expect(starting).rejects.toThrow('Partition 0 cannot be recovered')
    // The log no longer goes on from the oldest one, so nobody looks at it.
    expect(corruptFilesOf(host).length).toBe(2)
  })

  test('never trims where what was written does not read back as it should', async () => {
    const world = await worldInMemory()
    const real = new CompactorThread()
    const thread: Pick<CompactorThread, 'ask' | 'close'> = {
      ask: (request, transfer) => {
        if (request.kind !== 'finish') return real.ask(request, transfer)
        return Promise.reject(new SnapshotCorrupt('the digests differ'))
      },
      close: () => real.close(),
    }
    let nowMs = 0
    const host = world.host({ thread, clock: () => nowMs })
    for (let round = 0; round < 5; round++) {
      await world.writeAndLook(200)
      nowMs += 60 * 60 * 1000
    }
    expect(host.problems.length).toBeGreaterThan(2)
    expect(host.problems.join()).toContain('the digests differ')
    expect(await world.records()).toEqual([])
    expect(await world.reachesBackTo(logStart)).toBe(true)
    expect(readdirSync(join(host.directory, 'test', '0'))).toEqual([])
  })

  test('waits after a failure before it tries again', async () => {
    const world = await worldInMemory()
    let attempts = 0
    const thread: Pick<CompactorThread, 'ask' | 'close'> = {
      ask: () => {
        attempts++
        return Promise.reject(new Error('no room on the disk'))
      },
      close: async () => undefined,
    }
    let nowMs = 0
    const host = world.host({ thread, clock: () => nowMs })
    await world.writeAndLook(300)
    for (let round = 0; round < 10; round++) await host.service.look()
    expect(attempts).toBe(1)
    nowMs += 1_000
    await host.service.look()
    expect(attempts).toBe(2)
  })

  test('forgets a copy that somebody has deleted', async () => {
    const world = await worldInMemory()
    const host = world.host()
    await world.writeAndLook(250)
    rmSync(filesOf(host)[0]!)
    await host.service.look()
    expect(await world.records()).toEqual([])
  })
})

describe('a service', () => {
  test('gives pieces of what it has, and says what it has not', async () => {
    const world = await worldInMemory()
    const host = world.host()
    await world.writeAndLook(250)
    const [[position] = []] = await world.records()
    const file = readFileSync(filesOf(host)[0]!)
    const whole = { partition: 0, position: position!, offset: 0 }
    expect(await host.service.readPiece(whole)).toEqual({ totalBytes: file.length, data: file })
    const rest = await host.service.readPiece({ ...whole, offset: 100 })
    expect(Buffer.from(rest.data).equals(file.subarray(100))).toBe(true)
    const end = await host.service.readPiece({ ...whole, offset: file.length })
    expect(end.data.length).toBe(0)
    const behind = host.service.readPiece({ ...whole, offset: file.length + 1 })
    await expect(behind).rejects.toThrow(RangeError)
    const other = host.service.readPiece({ ...whole, partition: 1 })
    await expect(other).rejects.toThrow('there is no snapshot')
  })

  test('looks by itself until it is closed, also in the middle of a snapshot', async () => {
    const world = await worldInMemory()
    const host = world.host({ lookPeriodMs: 1, thread: new CompactorThread() })
    host.service.start()
    await world.writer.write(500)
    await eventually(() => host.service.counts.made > 0, { withinMs: 10_000 })
    await world.writer.write(500)
    await host.service.close()
    const { made } = host.service.counts
    await host.service.close()
    expect(host.service.counts.made).toBe(made)
    expect(host.problems).toEqual([])
  })

  test('makes the same bytes of the same entries', async () => {
    const files: Buffer[] = []
    for (let round = 0; round < 2; round++) {
      const world = await worldInMemory()
      const host = world.host()
      await world.writeAndLook(300)
      files.push(readFileSync(filesOf(host)[0]!))
    }
    expect(files[0]?.equals(files[1]!)).toBe(true)
  })
})
