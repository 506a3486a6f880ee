import { describe, expect, test } from 'vitest'
import { PeerUnavailable } from '../../../../protocol/cluster-peers.ts'
import { MemoryLog } from '../../../../shard/replication/memory/memory.ts'
import { logStart } from '../../../../shard/replication/position.ts'
import { ShardState } from '../../../../shard/state/shard-state.ts'
import { eventually } from '../../../helpers/eventually.ts'
import {
  corruptFilesOf,
  filesOf,
  flipOneBit,
  SnapshotHosts,
  worldInMemory,
} from '../../../helpers/snapshot-hosts.ts'

describe('several processes that host a partition', () => {
  test('have their own copies, and the log is trimmed when two have them', async () => {
    const world = await worldInMemory()
    const [maker, copier] = [world.host(), world.host()]
    copier.isLive = false
    await world.writeAndLook(200)
    copier.isLive = true
    for (let round = 0; round < 3; round++) {
      await world.writer.write(200)
      await maker.service.look()
      await maker.service.look()
    }
    expect((await world.records()).map(([, holders]) => holders)).toEqual([
      ['shard-1'],
      ['shard-1'],
      ['shard-1'],
    ])
    // Two hosts are live and only one has copies: nothing more was trimmed.
    expect(await world.reachesBackTo(logStart)).toBe(true)
    await copier.service.look()
    await world.writeAndLook(200)
    await world.look()
    expect(await world.reachesBackTo(logStart)).toBe(false)
    expect(copier.service.counts.fetched).toBe(2)
    expect((await world.records())[0]?.[1]).toEqual(['shard-1', 'shard-2'])
    await world.recover(copier)
    expect([...maker.problems, ...copier.problems]).toEqual([])
  })

  test('trim alone when the others are gone: only copies of the living count', async () => {
    const world = await worldInMemory()
    const [maker, copier] = [world.host(), world.host()]
    await world.writeAndLook(200)
    copier.isLive = false
    for (let round = 0; round < 3; round++) await world.writeAndLook(200)
    expect(await world.reachesBackTo(logStart)).toBe(false)
    await world.recover(maker)
  })

  test('with one directory share the files: none is copied, and both count', async () => {
    const world = await worldInMemory()
    const maker = world.host()
    const other = world.host({ directory: maker.directory })
    for (let round = 0; round < 3; round++) await world.writeAndLook(200)
    expect(other.service.counts.fetched).toBe(0)
    expect((await world.records())[1]?.[1]).toEqual(['shard-1', 'shard-2'])
    expect(await world.reachesBackTo(logStart)).toBe(false)
    await world.recover(other)
  })

  test('a process whose copies are damaged recovers from the copy of another', async () => {
    const world = await worldInMemory()
    const [maker, copier] = [world.host(), world.host()]
    for (let round = 0; round < 4; round++) await world.writeAndLook(200)
    for (const path of filesOf(maker)) flipOneBit(path)
    const after = await world.recover(maker)
    expect(after).not.toEqual(logStart)
    expect(corruptFilesOf(maker).length).toBe(3)
    expect(maker.service.counts.fetched).toBe(1)
    expect(copier.problems).toEqual([])
  })

  test('a new process recovers from the copy of another, and waits where nobody is there to give it', async () => {
    const world = await worldInMemory()
    const maker = world.host()
    for (let round = 0; round < 4; round++) await world.writeAndLook(200)
    const joiner = world.host()
    await world.recover(joiner)
    expect(joiner.service.counts.fetched).toBe(1)
    expect((await world.records())[0]?.[1]).toEqual(['shard-1', 'shard-2'])
    maker.isLive = false
    joiner.isLive = false
    const alone = world.host()
    const restored = alone.service.restore(new ShardState(), 0)
    await eventually(() => alone.problems.join().includes('waiting for shard-'), {
      withinMs: 5_000,
    })
    maker.isLive = true
    expect(await restored).toEqual((await world.records())[0]?.[0])
  })

  test('one that comes up between two looks for it is asked, whenever it comes', async () => {
    for (let before = 0; before < 6; before++) {
      const world = await worldInMemory()
      world.host()
      for (let round = 0; round < 4; round++) await world.writeAndLook(200)
      let looks = 0
      const joiner = world.host({
        addressOf: (name) => (looks++ >= before ? name : undefined),
      })
      await world.recover(joiner)
    }
  })

  test('one that counts as live and does not answer yet is asked again', async () => {
    const world = await worldInMemory()
    world.host()
    for (let round = 0; round < 4; round++) await world.writeAndLook(200)
    let refused = 0
    const joiner = world.host({
      fetchSnapshot: (address, wanted) => {
        if (refused++ > 10) return world.fetch(address, wanted)
        throw new PeerUnavailable('connect ECONNREFUSED')
      },
    })
    await world.recover(joiner)
    expect(joiner.problems.join()).toContain('ECONNREFUSED')
  })

  test('an empty log where there are snapshots is a lost one: nobody begins anew by mistake', async () => {
    const world = await worldInMemory()
    const host = world.host()
    await world.writeAndLook(300)
    const emptied = new SnapshotHosts(new MemoryLog({ clock: () => 0, partitionCount: 4 }))
    const again = emptied.host({ directory: host.directory })
    await expect(again.service.restore(new ShardState(), 0)).rejects.toThrow('its log is empty')
  })

  test('a copy that is not what was recorded is not taken', async () => {
    const world = await worldInMemory()
    const maker = world.host()
    for (let round = 0; round < 4; round++) await world.writeAndLook(200)
    for (const path of filesOf(maker)) flipOneBit(path)
    const joiner = world.host()
    await expect(joiner.service.restore(new ShardState(), 0)).rejects.toThrow('cannot be recovered')
    expect(joiner.problems.join()).toContain('not had from shard-1')
    expect(filesOf(joiner)).toEqual([])
  })

  test('a snapshot that is ahead of the log is not used: a failover has taken the end back', async () => {
    const ahead = await worldInMemory()
    const host = ahead.host()
    await ahead.writeAndLook(300)
    const shorter = new MemoryLog({ clock: () => 0, partitionCount: 4 })
    const world = new SnapshotHosts(shorter)
    await world.writer.reign()
    await world.writer.write(100)
    const again = world.host({ directory: host.directory })
    expect(await world.recover(again)).toEqual(logStart)
    expect(corruptFilesOf(again)).toEqual([])
  })
})
