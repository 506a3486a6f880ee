import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { frameKinds } from '../../../../protocol/cluster.ts'
import {
  encodeHandOver,
  PeerHasNot,
  PeerUnavailable,
  snapshotPieceBytesMax,
} from '../../../../protocol/cluster-peers.ts'
import { Peers } from '../../../../shard/net/peer.ts'
import { eventually } from '../../../helpers/eventually.ts'
import { inTime } from '../../../helpers/in-time.ts'
import { OneListener } from '../../../helpers/one-listener.ts'
import { temporaryDirectory } from '../../../helpers/temporary-directory.ts'

const position = { epoch: 7, sequence: 2 ** 40 }

function peersOf(world: { secret: string }): Peers {
  const peers = new Peers({ name: 'shard-2', secret: world.secret })
  onTestFinished(() => peers.close())
  return peers
}

/** Answers reads out of these bytes. */
function serve(world: OneListener, file: Buffer): void {
  world.readSnapshot = async ({ offset }) => ({
    totalBytes: file.length,
    data: file.subarray(offset, offset + snapshotPieceBytesMax),
  })
}

describe('a shard that calls another shard', () => {
  test('hands partitions over, over one connection that is no gateway', async () => {
    await using world = await OneListener.start()
    const peers = peersOf(world)
    await peers.handOver(world.address, { partition: 3, epoch: 70_000 })
    await peers.handOver(world.address, { partition: 255, epoch: 1 })
    await eventually(() => world.handOvers.length === 2, { withinMs: 2_000 })
    expect(world.handOvers).toEqual([
      { partition: 3, epoch: 70_000 },
      { partition: 255, epoch: 1 },
    ])
    world.listener.announce({ serving: [], hosted: [], members: {} })
    await peers.handOver(world.address, { partition: 1, epoch: 1 })
    await eventually(() => world.handOvers.length === 3, { withinMs: 2_000 })
    expect(world.connected).toEqual([])
    expect(world.refused).toEqual([])
    peers.close()
    await world.listener.close()
    expect(world.disconnected).toEqual([])
  })

  test('over an open connection, a hand-over takes less than two milliseconds', async () => {
    await using world = await OneListener.start()
    const peers = peersOf(world)
    await peers.connect(world.address)
    const tookMs: number[] = []
    for (let round = 0; round < 50; round++) {
      const startedAtMs = performance.now()
      await peers.handOver(world.address, { partition: 3, epoch: round })
      tookMs.push(performance.now() - startedAtMs)
    }
    // The median: a busy machine may take its time once in a while.
    inTime('a hand-over', tookMs.sort((left, right) => left - right)[25]!, 2)
  })

  test('fetches a snapshot piece by piece, while partitions are handed over', async () => {
    await using world = await OneListener.start()
    const file = randomBytes(3 * snapshotPieceBytesMax + 17)
    serve(world, file)
    const peers = peersOf(world)
    const path = join(temporaryDirectory(), 'fetched')
    const fetching = peers.fetchSnapshot(world.address, {
      partition: 9,
      position,
      path,
      bytesMax: file.length,
    })
    await peers.handOver(world.address, { partition: 3, epoch: 1 })
    expect(await fetching).toBe(file.length)
    expect(readFileSync(path).equals(file)).toBe(true)
    expect(world.handOvers.length).toBe(1)
  })

  test('asks for what it was told to ask for', async () => {
    await using world = await OneListener.start()
    const reads: unknown[] = []
    world.readSnapshot = async (read) => {
      reads.push(read)
      return { totalBytes: 1, data: Buffer.from('x') }
    }
    const path = join(temporaryDirectory(), 'fetched')
    const wanted = { partition: 9, position, path, bytesMax: 1 }
    await peersOf(world).fetchSnapshot(world.address, wanted)
    expect(reads).toEqual([{ requestId: 1, partition: 9, position, offset: 0 }])
  })

  test('hears why it gets nothing', async () => {
    await using world = await OneListener.start()
    const peers = peersOf(world)
    const path = join(temporaryDirectory(), 'fetched')
    const fetching = peers.fetchSnapshot(world.address, {
      partition: 9,
      position,
      path,
      bytesMax: 10,
    })
    await expect(fetching).rejects.toThrow(PeerHasNot)
    await expect(fetching).rejects.toThrow('there is no such snapshot')
  })

  test('takes no more than was announced, and no file that ends too early', async () => {
    await using world = await OneListener.start()
    const peers = peersOf(world)
    const directory = temporaryDirectory()
    serve(world, randomBytes(1000))
    const large = { partition: 9, position, path: join(directory, 'large'), bytesMax: 999 }
    await expect(peers.fetchSnapshot(world.address, large)).rejects.toThrow(RangeError)
    world.readSnapshot = async () => ({ totalBytes: 5, data: Buffer.alloc(0) })
    const short = { partition: 9, position, path: join(directory, 'short'), bytesMax: 5 }
    await expect(peers.fetchSnapshot(world.address, short)).rejects.toThrow(PeerUnavailable)
  })

  test('that does not know the secret is refused', async () => {
    await using world = await OneListener.start()
    const peers = peersOf({ secret: 'another secret' })
    const calling = peers.handOver(world.address, { partition: 3, epoch: 1 })
    await expect(calling).rejects.toThrow('does not know the secret')
    expect(world.handOvers).toEqual([])
  })

  test('keeps no link to one that has gone', async () => {
    const peers = peersOf({ secret: 'a secret' })
    const first = await OneListener.start()
    await peers.connect(first.address)
    await first[Symbol.asyncDispose]()
    const away = () =>
      peers.connect(first.address).then(
        () => false,
        (error: unknown) => error instanceof PeerUnavailable,
      )
    await eventually(away, { withinMs: 2_000 })
    await using second = await OneListener.start()
    await peers.handOver(second.address, { partition: 3, epoch: 1 })
    await eventually(() => second.handOvers.length === 1, { withinMs: 2_000 })
  })

  test('whose links are closed is told so at once', async () => {
    await using world = await OneListener.start()
    const peers = peersOf(world)
    world.readSnapshot = () => Promise.withResolvers<never>().promise
    const path = join(temporaryDirectory(), 'fetched')
    await peers.connect(world.address)
    const fetching = peers.fetchSnapshot(world.address, {
      partition: 9,
      position,
      path,
      bytesMax: 10,
    })
    const failed = expect(fetching).rejects.toThrow('were closed')
    await eventually(() => readFileSync(path).length === 0, { withinMs: 2_000 })
    peers.close()
    await failed
    await expect(peers.connect(world.address)).rejects.toThrow('were closed')
  })

  test('gives up where somebody else listens', async () => {
    const server: Server = createServer((socket) => {
      socket.on('error', () => undefined)
      socket.write(Buffer.from([5, 0, 0, 0, frameKinds.status, 1, 2, 3, 4]))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const { port } = server.address() as { port: number }
    const peers = peersOf({ secret: 'a secret' })
    await expect(peers.connect(`127.0.0.1:${port}`)).rejects.toThrow(PeerUnavailable)
  })
})

describe('a gateway', () => {
  test('that hands a partition over is none, and is cut off', async () => {
    await using world = await OneListener.start()
    const gateway = await world.proven()
    gateway.send((batch) =>
      batch.add(frameKinds.handOver, encodeHandOver({ partition: 3, epoch: 1 })),
    )
    await gateway.closed()
    expect(world.handOvers).toEqual([])
    expect(world.refused.length).toBe(1)
  })
})
