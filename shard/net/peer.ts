// The calling side of the links between shards: hands partitions over, and fetches snapshots.
//
// One TCP connection for each other shard, made when it is first needed and kept: so a hand-over is one
// small write. Nothing is sent twice and nothing waits for a shard that is away: what fails rejects with
// PeerUnavailable, and the caller has another way (the lease is free for all to see, other shards have
// the snapshot as well).

import { randomBytes } from 'node:crypto'
import { open } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { FrameBatch, frameKinds } from '../../protocol/cluster.ts'
import { CallerHandshake, nonceBytes, peerNamePrefix } from '../../protocol/cluster-handshake.ts'
import {
  encodeHandOver,
  encodeSnapshotRead,
  type HandOverFrame,
  PeerHasNot,
  PeerUnavailable,
  readHandOver,
  readSnapshotPiece,
  type SnapshotName,
  type SnapshotPiece,
} from '../../protocol/cluster-peers.ts'
import { ClusterProtocolError, FrameReader } from '../../protocol/cluster-stream.ts'
import type { Partition } from '../../protocol/ids.ts'
import {
  clusterFrameBytesMax,
  clusterHandshakeBytesMax,
  clusterHandshakeTimeoutMs,
  requestTimeoutMs,
} from '../../protocol/limits.ts'

/** How long a shard may take to serve what was handed to it; the next partition then does not wait. */
const handOverMsMax = 1_000

export type PeersOptions = {
  /** The name of this shard. */
  readonly name: string
  readonly secret: string
}

export class Peers {
  readonly #options: PeersOptions
  /** By address; as many as the cluster has members. */
  readonly #links = new Map<string, PeerLink>()
  #isClosed = false

  constructor(options: PeersOptions) {
    this.#options = options
  }

  /** Opens the connection to a shard, where there is none, so that a hand-over finds it open. */
  async connect(address: string): Promise<void> {
    await this.#linkTo(address).ready
  }

  /** Tells a shard that the lease of a partition is free. Resolves when that one serves the partition. */
  async handOver(address: string, { partition, epoch }: HandOverFrame): Promise<void> {
    const link = this.#linkTo(address)
    await link.ready
    await link.handOver({ partition, epoch })
  }

  /**
   * Copies a snapshot that another shard has into a new file, which is flushed but not verified.
   * @returns its size in bytes.
   * @throws PeerHasNot where it is not there, PeerUnavailable, RangeError where it has more than `bytesMax`.
   */
  async fetchSnapshot(
    address: string,
    { partition, position, path, bytesMax }: SnapshotName & { path: string; bytesMax: number },
  ): Promise<number> {
    const link = this.#linkTo(address)
    await link.ready
    const file = await open(path, 'wx')
    try {
      let offset = 0
      for (;;) {
        const { totalBytes, data } = await link.readPiece({ partition, position, offset })
        if (totalBytes > bytesMax) {
          throw new RangeError(`a snapshot of ${totalBytes} bytes, where ${bytesMax} are expected`)
        }
        await file.writeFile(data)
        offset += data.length
        if (offset >= totalBytes) break
        if (data.length === 0) throw new PeerUnavailable(`${address}: the snapshot ends too early`)
      }
      await file.sync()
      return offset
    } finally {
      await file.close()
    }
  }

  /** Ends all links. What is in flight rejects. */
  close(): void {
    this.#isClosed = true
    for (const link of this.#links.values()) link.close()
  }

  #linkTo(address: string): PeerLink {
    if (this.#isClosed) throw new PeerUnavailable('the links to other shards were closed')
    const known = this.#links.get(address)
    if (known !== undefined) return known
    const link = new PeerLink(address, this.#options, () => {
      if (this.#links.get(address) === link) this.#links.delete(address)
    })
    this.#links.set(address, link)
    return link
  }
}

type Reader = {
  resolve(piece: SnapshotPiece): void
  reject(error: Error): void
}

class PeerLink {
  /** Resolves once the other shard has shown that it knows the secret. */
  readonly ready: Promise<void>
  readonly #address: string
  readonly #socket: Socket
  readonly #deadline: NodeJS.Timeout
  readonly #up = Promise.withResolvers<void>()
  /** By request id; callers read one piece after the other. */
  readonly #readers = new Map<number, Reader>()
  /** By partition: who waits for the end of its hand-over. */
  readonly #handOvers = new Map<Partition, PromiseWithResolvers<void>>()
  #isUp = false
  #isEnded = false
  #nextRequestId = 1
  #reason = 'the connection was closed'

  constructor(address: string, { name, secret }: PeersOptions, onClosed: () => void) {
    this.#address = address
    this.ready = this.#up.promise
    // Whoever waits for it hears of a failure; with nobody waiting there is nobody to tell.
    this.ready.catch(() => undefined)
    const colon = address.lastIndexOf(':')
    this.#socket = connect({
      host: address.slice(0, colon).replace(/^\[(.*)\]$/, '$1'),
      port: Number(address.slice(colon + 1)),
      noDelay: true,
      keepAlive: true,
    })
    const handshake = new CallerHandshake({
      name: `${peerNamePrefix}${name}`,
      secret,
      nonce: randomBytes(nonceBytes),
      send: (frame) => this.#socket.write(frame),
    })
    this.#deadline = setTimeout(() => this.#end('no answer in time'), clusterHandshakeTimeoutMs)
    const reader = new FrameReader(clusterHandshakeBytesMax)
    this.#socket.on('connect', () => handshake.begin())
    this.#socket.on('data', (chunk) => this.#read(reader, { chunk, handshake }))
    this.#socket.on('error', (error) => this.#end(error.message))
    this.#socket.on('close', () => {
      clearTimeout(this.#deadline)
      onClosed()
      this.#fail()
    })
  }

  /** Resolves when the frame has left this process. */
  send(kind: number, body: Uint8Array): Promise<void> {
    const batch = new FrameBatch()
    batch.add(kind, body)
    return new Promise((resolve, reject) => {
      this.#socket.write(batch.take(), (error) => {
        if (error === undefined || error === null) resolve()
        // What we ended ourselves says why, and not that nothing can be written any more.
        else reject(this.#unavailable(this.#isEnded ? this.#reason : error.message))
      })
    })
  }

  async handOver(frame: HandOverFrame): Promise<void> {
    const ended = Promise.withResolvers<void>()
    const overdue = setTimeout(
      () => ended.reject(this.#unavailable('it does not take the partition')),
      handOverMsMax,
    )
    this.#handOvers.set(frame.partition, ended)
    try {
      const sent = this.send(frameKinds.handOver, encodeHandOver(frame))
      await Promise.all([ended.promise, sent])
    } finally {
      clearTimeout(overdue)
      this.#handOvers.delete(frame.partition)
    }
  }

  /** The piece belongs to the caller. */
  async readPiece(read: SnapshotName & { offset: number }): Promise<SnapshotPiece> {
    const requestId = this.#nextRequestId
    this.#nextRequestId = (requestId + 1) >>> 0
    const answer = Promise.withResolvers<SnapshotPiece>()
    // A connection over which nothing comes is dead, whatever the network says of it.
    const overdue = setTimeout(() => this.#end('no answer in time'), requestTimeoutMs)
    this.#readers.set(requestId, answer)
    try {
      const sent = this.send(frameKinds.snapshotRead, encodeSnapshotRead({ requestId, ...read }))
      return (await Promise.all([answer.promise, sent]))[0]
    } finally {
      clearTimeout(overdue)
      this.#readers.delete(requestId)
    }
  }

  close(): void {
    this.#end('the links to other shards were closed')
  }

  #read(
    reader: FrameReader,
    { chunk, handshake }: { chunk: Buffer; handshake: CallerHandshake },
  ): void {
    try {
      reader.read(chunk, (kind, body) => {
        if (this.#isUp) return this.#receive(kind, body)
        handshake.receive(kind, body)
        clearTimeout(this.#deadline)
        reader.bytesMax = clusterFrameBytesMax
        this.#isUp = true
        this.#up.resolve()
      })
    } catch (error) {
      if (!(error instanceof ClusterProtocolError)) throw error
      this.#end(error.message)
    }
  }

  #receive(kind: number, body: Buffer): void {
    if (kind === frameKinds.handOverEnded) {
      this.#handOvers.get(readHandOver(body).partition)?.resolve()
      return
    }
    if (kind !== frameKinds.snapshotPiece) {
      throw new ClusterProtocolError(`a frame of kind ${kind}, which no shard sends to another`)
    }
    const frame = readSnapshotPiece(body)
    const reader = this.#readers.get(frame.requestId)
    if (reader === undefined) return
    if ('reason' in frame) reader.reject(new PeerHasNot(`${this.#address}: ${frame.reason}`))
    // A view of the frame lives only within this call.
    else reader.resolve({ ...frame.piece, data: Buffer.from(frame.piece.data) })
  }

  #end(reason: string): void {
    if (this.#socket.destroyed) return
    this.#isEnded = true
    this.#reason = reason
    this.#socket.destroy()
  }

  #fail(): void {
    const error = this.#unavailable(this.#reason)
    this.#up.reject(error)
    for (const waiting of [...this.#readers.values(), ...this.#handOvers.values()]) {
      waiting.reject(error)
    }
  }

  #unavailable(reason: string): PeerUnavailable {
    return new PeerUnavailable(`The shard at ${this.#address} cannot be asked: ${reason}.`)
  }
}
