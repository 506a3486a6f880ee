import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import { LogCorrupt, type ReplicationLog } from '../../../../shard/replication/log.ts'
import { MemoryLog } from '../../../../shard/replication/memory/memory.ts'
import { comparePositions, logStart } from '../../../../shard/replication/position.ts'
import { Compactor } from '../../../../shard/snapshots/compactor.ts'
import { CompactorGone, CompactorThread } from '../../../../shard/snapshots/compactor-thread.ts'
import { digestOf } from '../../../../shard/snapshots/digest.ts'
import { openSnapshot } from '../../../../shard/snapshots/snapshot-file.ts'
import { SnapshotStore } from '../../../../shard/snapshots/store.ts'
import { ShardState } from '../../../../shard/state/shard-state.ts'
import { PartitionWriter } from '../../../helpers/partition-writer.ts'
import { temporaryDirectory } from '../../../helpers/temporary-directory.ts'

const partition = 0
const cluster = 'test'

const dyingWorker = new URL('../../../helpers/dying-worker.ts', import.meta.url)

function threadOf(options: ConstructorParameters<typeof CompactorThread>[0] = {}): CompactorThread {
  const thread = new CompactorThread(options)
  onTestFinished(() => thread.close())
  return thread
}

/** A thread takes a while to start, and the tests of the compactor run one after another. */
const thread = new CompactorThread()
afterAll(() => thread.close())

async function worldOf() {
  const log = new MemoryLog({ clock: () => 0, partitionCount: 4 })
  const writer = new PartitionWriter(log)
  await writer.reign()
  const directory = temporaryDirectory('snapshots')
  const store = new SnapshotStore({ directory, cluster, onCorrupt: () => undefined })
  const compactorOn = ({ read }: Pick<ReplicationLog, 'read'>) => {
    const on = { read: read.bind(log), head: log.head.bind(log) }
    return new Compactor({ log: on, cluster, store, thread })
  }
  const filesIn = () => readdirSync(join(directory, cluster, '0'))
  return { log, writer, store, compactor: compactorOn(log), compactorOn, filesIn }
}

const digestOfState = (state: ShardState) => digestOf(state, partition, { slice: 0, slices: 1 })

describe('the compactor', () => {
  test('makes a snapshot whose digest is that of the live state', async () => {
    const { writer, store, compactor } = await worldOf()
    await writer.write(500)
    const made = await compactor.make(partition, writer.position)
    expect(made?.position).toEqual(writer.position)
    expect(made?.digest).toBe(digestOfState(writer.state))
    const path = store.path(partition, writer.position)
    expect(made?.bytes).toBe(readFileSync(path).length)
    expect(made?.sha256).toMatch(/^[0-9a-f]{64}$/)
    const read = new ShardState()
    read.host(partition)
    openSnapshot(path, { cluster, partition }).loadInto(read)
    writer.expectSame(read)
    expect(await compactor.verify({ path, partition, position: writer.position })).toEqual({
      position: made?.position,
      bytes: made?.bytes,
      sha256: made?.sha256,
    })
  })

  test('goes on from the newest one, and makes nothing where there is nothing new', async () => {
    const { log, writer, compactorOn, filesIn } = await worldOf()
    const readAfter: number[] = []
    const compactor = compactorOn({
      read: (request) => {
        readAfter.push(request.after.sequence)
        return log.read(request)
      },
    })
    await writer.write(300)
    const middle = writer.position
    await compactor.make(partition, middle)
    await writer.write(300)
    readAfter.length = 0
    const made = await compactor.make(partition, writer.position)
    expect(Math.min(...readAfter)).toBe(middle.sequence)
    expect(made?.digest).toBe(digestOfState(writer.state))
    expect(await compactor.make(partition, writer.position)).toBeUndefined()
    expect(await compactor.make(partition, middle)).toBeUndefined()
    expect(filesIn().length).toBe(2)
  })

  test('passes over a snapshot from which the log does not go on', async () => {
    const { log, writer, compactor, compactorOn, filesIn } = await worldOf()
    await writer.write(100)
    const older = writer.position
    await compactor.make(partition, older)
    await writer.write(100)
    const lost = writer.position
    await compactor.make(partition, lost)
    await writer.write(100)
    const readAfter: number[] = []
    const afterFailover = compactorOn({
      read: async (request) => {
        if (comparePositions(request.after, lost) === 0) throw new LogCorrupt('it was lost')
        readAfter.push(request.after.sequence)
        return log.read(request)
      },
    })
    const made = await afterFailover.make(partition, writer.position)
    expect(made?.digest).toBe(digestOfState(writer.state))
    expect(readAfter[0]).toBe(older.sequence)
    expect(filesIn()).toContain('1-301.snapshot')
    // With nothing to begin from, what is wrong with the log is told.
    await log.trim(partition, lost)
    const withNone = compactorOn({
      read: async (request) => {
        if (request.after.sequence > 0) throw new LogCorrupt('it was lost')
        return log.read(request)
      },
    })
    await writer.write(1)
    await expect(withNone.make(partition, writer.position)).rejects.toThrow('it was lost')
  })

  test('stops at the position that it was given, also in the middle of a batch', async () => {
    const { writer, compactor } = await worldOf()
    await writer.write(77)
    const { position } = writer
    const digest = digestOfState(writer.state)
    await writer.write(400)
    expect(await compactor.make(partition, position)).toMatchObject({ position, digest })
  })

  test('lets others run on the main thread between two batches', async () => {
    const { log, writer, compactorOn } = await worldOf()
    await writer.write(20_000)
    let turns = 0
    let turnsAtRead = -1
    let readsInOneTurn = 0
    let isMaking = true
    const count = (): void => {
      turns++
      if (isMaking) setImmediate(count)
    }
    count()
    const compactor = compactorOn({
      read: (request) => {
        if (turns === turnsAtRead) readsInOneTurn++
        turnsAtRead = turns
        return log.read(request)
      },
    })
    await compactor.make(partition, writer.position)
    isMaking = false
    expect(readsInOneTurn).toBe(0)
    expect(turns).toBeGreaterThan(50)
  })

  test('verifies a file while a snapshot is being made, and makes one at a time', async () => {
    const { writer, compactor, store } = await worldOf()
    await writer.write(300)
    await compactor.make(partition, writer.position)
    const [stored] = store.list(partition)
    await writer.write(600)
    const making = compactor.make(partition, writer.position)
    const verified = [
      compactor.verify(stored!),
      compactor.verify({ ...stored!, path: 'none' }).catch((error: Error) => error.message),
    ]
    await expect(compactor.make(partition, writer.position)).rejects.toThrow('one at a time')
    expect((await making)?.digest).toBe(digestOfState(writer.state))
    expect(await Promise.all(verified)).toMatchObject([
      { position: stored?.position },
      expect.stringContaining('ENOENT'),
    ])
  })

  test('says when the log does not reach back to the newest snapshot that is here', async () => {
    const { log, writer, compactor, filesIn, store } = await worldOf()
    await writer.write(300)
    await log.trim(partition, writer.position)
    await expect(compactor.make(partition, writer.position)).rejects.toThrow(RangeError)
    expect(store.list(partition)).toEqual([])
    expect(() => filesIn()).toThrow('ENOENT')
  })

  test('leaves nothing behind where an event cannot be applied, and then goes on', async () => {
    const { log, writer, compactor, compactorOn } = await worldOf()
    await writer.write(300)
    const broken = compactorOn({
      read: async (request) =>
        (await log.read(request)).map((entry) => ({
          ...entry,
          payload: Buffer.from([0x91, 0x7f]),
        })),
    })
    await expect(broken.make(partition, writer.position)).rejects.toThrow('does not know')
    const made = await compactor.make(partition, writer.position)
    expect(made?.digest).toBe(digestOfState(writer.state))
  })

  test('takes a file for what it is only under its own name', async () => {
    const { writer, store, compactor } = await worldOf()
    await writer.write(300)
    await compactor.make(partition, writer.position)
    const path = store.path(partition, writer.position)
    const wrong = { epoch: 1, sequence: 5 }
    for (const file of [
      { path, partition, position: wrong },
      { path, partition: 1, position: writer.position },
    ]) {
      await expect(compactor.verify(file)).rejects.toMatchObject({ name: 'SnapshotCorrupt' })
    }
    const gone = compactor.verify({ path: `${path}x`, partition, position: writer.position })
    await expect(gone).rejects.toMatchObject({ code: 'ENOENT' })
  })
})

describe('the worker', () => {
  const request = { kind: 'begin', cluster, partition, base: undefined } as const

  test('that dies is told of, and the next request starts another one', async () => {
    const thread = threadOf({ program: dyingWorker })
    for (let round = 0; round < 2; round++) {
      await expect(thread.ask(request)).rejects.toThrow(CompactorGone)
    }
    await expect(thread.ask({ kind: 'verify', file: {} as never })).rejects.toThrow('code 3')
  })

  test('that falls silent is given up', async () => {
    const thread = threadOf({ program: dyingWorker, answerMsMax: 200 })
    const silent = { kind: 'finish', path: '', position: logStart } as const
    await expect(thread.ask(silent)).rejects.toThrow('no answer in time')
    await expect(thread.ask(silent)).rejects.toThrow('no answer in time')
  })

  test('takes one request after another, and none once it was closed', async () => {
    const thread = threadOf()
    await Promise.all([thread.ask(request), thread.ask(request)])
    const pending = thread.ask(request)
    const failed = expect(pending).rejects.toThrow(CompactorGone)
    await thread.close()
    await failed
    await expect(thread.ask(request)).rejects.toThrow('closed')
  })

  test('forgets what was being made when it is started anew', async () => {
    const thread = threadOf()
    const entries = {
      kind: 'entries',
      lengths: new Uint32Array(0),
      bytes: new Uint8Array(0),
    } as const
    await expect(thread.ask(entries)).rejects.toThrow('no snapshot is being made')
  })
})
