// The listener: the shard's end of the links to the gateways, and to other shards (peer.ts).
//
// A connection has to prove that it knows the cluster's secret before it is heard at all: one small
// frame at a time and three seconds for it. Afterwards its requests are handed to the shard, and
// answers and pushes of one event-loop turn leave in one write. A gateway that does not read its answers is not
// read either (paced-intake.ts), and is cut off when its buffer is full of pushes; its clients then resume elsewhere
// without loss.
//
// A frame above the limit would cost the other side the whole link, and all requests on it. None is sent: who
// asked is told that it is a bug here.

import { randomBytes } from 'node:crypto'
import type { AddressInfo, Server, Socket } from 'node:net'
import { createServer } from 'node:net'
import type { RequestFrame } from '../../protocol/cluster.ts'
import {
  FrameBatch,
  frameBodyBytesMax,
  frameKinds,
  lostPushCode,
  pushBytesMax,
  readRequest,
} from '../../protocol/cluster.ts'
import { isProof, makeProof, nonceBytes, peerNamePrefix } from '../../protocol/cluster-handshake.ts'
import { readConditionalRequest } from '../../protocol/cluster-pages.ts'
import type { SnapshotPiece, SnapshotReadFrame } from '../../protocol/cluster-peers.ts'
import type { ShardStatus } from '../../protocol/cluster-status.ts'
import { ClusterProtocolError } from '../../protocol/cluster-stream.ts'
import { pack } from '../../protocol/frame.ts'
import type { Partition } from '../../protocol/ids.ts'
import {
  clusterFrameBytesMax,
  clusterHandshakeTimeoutMs,
  statusPeriodMs,
} from '../../protocol/limits.ts'
import type { OperatorAnswer, OperatorAsk } from '../../protocol/reports.ts'
import { reportVersion } from '../../protocol/reports.ts'
import type { Reply } from '../asked.ts'
import type { GatewayLink } from '../live/live-subscribers.ts'
import type { Answered } from '../operator-desk.ts'
import { OperatorFrames } from './operator-frames.ts'
import { answersWaitingMax, PacedIntake } from './paced-intake.ts'
import { PeerFrames } from './peer-frames.ts'
import { type ReplyPorts, RequestReply } from './request-reply.ts'

/** Bytes that wait for a gateway to read; it is cut off beyond. */
export const linkBufferedBytesMax = 256 * 1024 * 1024
/** Connections at once, those still in the handshake included. */
export const gatewaysMax = 256

export type ListenerOptions = {
  readonly secret: string
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
  /** What a gateway is told as soon as it has proved itself. */
  status(): ShardStatus
  onRequest(request: RequestFrame, link: GatewayLink, reply: Reply): void
  /** Another shard has given the lease of a partition back, for this one to take it. */
  onHandOver(partition: Partition, epoch: number): Promise<void>
  /** Another shard asks for a piece of a snapshot; the message of a rejection is its answer. */
  onSnapshotRead(read: SnapshotReadFrame): Promise<SnapshotPiece>
  /** An operator asks something, by way of a gateway. */
  onOperatorAsk(ask: OperatorAsk): Promise<OperatorAnswer>
  /** From how long on a request is told of by `onSlow`. */
  readonly slowMs: number
  onSlow(answered: Answered): void
  /** Something that no frame holds was not sent: what made it has a bound that is too high. */
  onTooLarge(frame: { readonly bytes: number } & Partial<Answered>): void
  onConnected(link: GatewayLink, name: string): void
  onSlotClosed(link: GatewayLink, slot: number): void
  onDisconnected(link: GatewayLink, name: string): void
  /** A connection that was refused or broke the protocol. */
  onRefused(address: string, reason: string): void
}

/** What gateways may ask of this release, and expect of it. */
const abilities = { reports: reportVersion, validates: true, beats: true }

export class Listener {
  readonly #options: ListenerOptions
  readonly #links = new Set<Link>()
  readonly #server: Server
  readonly #beat: NodeJS.Timeout

  constructor(options: ListenerOptions) {
    this.#options = options
    this.#server = createServer({ noDelay: true }, (socket) => {
      this.#links.add(new Link(socket, options, (link) => this.#links.delete(link)))
    })
    this.#server.maxConnections = gatewaysMax
    this.#beat = setInterval(() => this.announce(options.status()), statusPeriodMs).unref()
  }

  /** @returns the port. Rejects where it cannot be had. */
  async listen(): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(this.#options.port, this.#options.host, resolve)
    })
    return (this.#server.address() as AddressInfo).port
  }

  /** Tells all gateways what is served here now. */
  announce(status: ShardStatus): void {
    for (const link of this.#links) link.announce(status)
  }

  /** The gateways that are linked here and have told of themselves, by name. */
  gateways(): ReadonlyMap<string, OperatorFrames> {
    const told = [...this.#links].filter(({ operators }) => operators.report !== undefined)
    return new Map(told.map(({ name, operators }) => [name, operators]))
  }

  async close(): Promise<void> {
    clearInterval(this.#beat)
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    for (const link of this.#links) link.end()
    await closed
  }
}

class Link implements GatewayLink {
  readonly #socket: Socket
  readonly #options: ListenerOptions
  readonly #intake: PacedIntake
  readonly #batch = new FrameBatch()
  readonly #deadline: NodeJS.Timeout
  readonly operators: OperatorFrames
  readonly #peer: PeerFrames
  readonly #replies: ReplyPorts
  #nonces: { gateway: Buffer; shard: Buffer } | undefined
  #name = ''
  /** Another shard: it gets neither status nor pushes. */
  #isPeer = false
  #isProven = false
  #isFlushing = false

  constructor(socket: Socket, options: ListenerOptions, onClosed: (link: Link) => void) {
    this.#socket = socket
    this.#options = options
    const send = (kind: number, body: Uint8Array): void => {
      if (body.length > frameBodyBytesMax) options.onTooLarge({ bytes: body.length })
      else this.#batch.add(kind, body)
      this.#planFlush()
    }
    this.operators = new OperatorFrames({ send, onAsk: (ask) => options.onOperatorAsk(ask) })
    this.#peer = new PeerFrames({
      send,
      onHandOver: (partition, epoch) => options.onHandOver(partition, epoch),
      onSnapshotRead: (read) => options.onSnapshotRead(read),
    })
    this.#replies = {
      batch: this.#batch,
      options,
      planFlush: () => this.#planFlush(),
      gateway: () => this.#name,
    }
    this.#deadline = setTimeout(() => this.#refuse('no proof in time'), clusterHandshakeTimeoutMs)
    this.#intake = new PacedIntake({
      socket,
      onFrame: (kind, body) => this.#onFrame(kind, body),
      onBroken: (reason) => this.#refuse(reason),
    })
    // 'close' follows and does what there is to do.
    socket.on('error', () => undefined)
    socket.on('close', () => {
      clearTimeout(this.#deadline)
      onClosed(this)
      if (this.#isProven && !this.#isPeer) options.onDisconnected(this, this.#name)
      this.#isProven = false
    })
  }

  get name(): string {
    return this.#name
  }

  push(push: { code: number; slots: Uint32Array; count: number; data: Uint8Array }): void {
    const { slots, count, data } = push
    const slotsMax = Math.floor((pushBytesMax - data.length) / 4)
    if (count <= slotsMax) this.#batch.push(push)
    else if (slotsMax < 1) {
      this.#options.onTooLarge({ bytes: data.length })
      this.push({ ...push, code: lostPushCode, data: data.subarray(0, 0) })
    } else {
      for (let from = 0; from < count; from += slotsMax) {
        const some = slots.subarray(from, Math.min(count, from + slotsMax))
        this.#batch.push({ ...push, slots: some, count: some.length })
      }
    }
    this.#planFlush()
  }

  sessionEnded(tokenHash: string): void {
    this.#batch.add(frameKinds.sessionEnded, Buffer.from(tokenHash))
    this.#planFlush()
  }

  announce(status: ShardStatus): void {
    if (!this.#isProven || this.#isPeer) return
    this.#batch.add(frameKinds.status, pack({ ...status, ...abilities }))
    this.#planFlush()
  }

  end(): void {
    this.#flush()
    this.#socket.end()
    // A gateway that does not answer the end is not waited for.
    setTimeout(() => this.#socket.destroy(), 500).unref()
  }

  #onFrame(kind: number, body: Buffer): void {
    if (this.#socket.destroyed) return
    if (!this.#isProven) this.#onHandshake(kind, body)
    else if (this.#isPeer) this.#peer.receive(kind, body)
    else if (kind === frameKinds.request) this.#onRequest(readRequest(body))
    else if (kind === frameKinds.conditionalRequest) this.#onRequest(readConditionalRequest(body))
    else if (kind === frameKinds.disconnected && body.length === 4) {
      this.#options.onSlotClosed(this, body.readUInt32LE(0))
    } else if (!this.operators.receive(kind, body)) {
      throw new ClusterProtocolError(`a frame of kind ${kind}`)
    }
  }

  #onRequest(request: RequestFrame): void {
    this.#options.onRequest(request, this, new RequestReply(request, this.#replies))
    if (this.#batch.length + this.#socket.writableLength >= answersWaitingMax) this.#intake.rest()
  }

  #onHandshake(kind: number, body: Buffer): void {
    const { secret } = this.#options
    if (kind === frameKinds.hello && this.#nonces === undefined && body.length > nonceBytes) {
      const gateway = Buffer.from(body.subarray(0, nonceBytes))
      const nonces = { gateway, shard: randomBytes(nonceBytes) }
      this.#nonces = nonces
      this.#name = body.toString('utf8', nonceBytes)
      this.#isPeer = this.#name.startsWith(peerNamePrefix)
      const proof = makeProof(secret, 'shard', nonces)
      this.#batch.add(frameKinds.challenge, Buffer.concat([nonces.shard, proof]))
      this.#flush()
      return
    }
    const isRight =
      kind === frameKinds.proof &&
      this.#nonces !== undefined &&
      isProof(body, makeProof(secret, 'gateway', this.#nonces))
    if (!isRight) {
      this.#refuse('it does not know the secret of the cluster')
      return
    }
    clearTimeout(this.#deadline)
    this.#isProven = true
    this.#intake.bytesMax = clusterFrameBytesMax
    if (this.#isPeer) return
    this.#options.onConnected(this, this.#name)
    this.announce(this.#options.status())
  }

  #planFlush(): void {
    if (this.#isFlushing) return
    this.#isFlushing = true
    setImmediate(() => this.#flush())
  }

  #flush(): void {
    this.#isFlushing = false
    if (this.#batch.length === 0 || this.#socket.destroyed) return
    const bytes = this.#batch.take()
    this.#socket.write(bytes, () => {
      this.#batch.recycle(bytes)
      if (this.#socket.writableLength === 0) this.#intake.goOn()
    })
    if (this.#socket.writableLength > linkBufferedBytesMax) this.#refuse('it does not read')
  }

  #refuse(reason: string): void {
    this.#options.onRefused(this.#socket.remoteAddress ?? 'unknown', reason)
    this.#socket.destroy()
  }
}
