// A shard's listener on a free port, with nothing behind it, and gateways to talk to it over real TCP.

import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { connect } from 'node:net'
import type { RequestFrame } from '../../protocol/cluster.ts'
import { FrameBatch, frameKinds } from '../../protocol/cluster.ts'
import { makeProof, nonceBytes } from '../../protocol/cluster-handshake.ts'
import type {
  HandOverFrame,
  SnapshotPiece,
  SnapshotReadFrame,
} from '../../protocol/cluster-peers.ts'
import { FrameReader } from '../../protocol/cluster-stream.ts'
import { clusterFrameBytesMax } from '../../protocol/limits.ts'
import type { OperatorAnswer, OperatorAsk } from '../../protocol/reports.ts'
import type { Reply } from '../../shard/asked.ts'
import type { GatewayLink } from '../../shard/live/live-subscribers.ts'
import { Listener } from '../../shard/net/listener.ts'
import { eventually } from './eventually.ts'

type Requested = {
  readonly frame: RequestFrame
  readonly reply: Reply
}

export class OneListener {
  readonly secret = 'a secret'
  readonly requests: Requested[] = []
  /** Called for each request, after it was added to `requests`. */
  onRequest = (_requested: Requested): void => undefined
  readonly links: GatewayLink[] = []
  readonly connected: string[] = []
  readonly disconnected: string[] = []
  readonly closedSlots: number[] = []
  readonly refused: string[] = []
  readonly tooLarge: { readonly bytes: number; readonly operation: number | undefined }[] = []
  readonly handOvers: HandOverFrame[] = []
  /** What is answered to another shard that asks for a piece of a snapshot. */
  readSnapshot = (_read: SnapshotReadFrame): Promise<SnapshotPiece> =>
    Promise.reject(new Error('there is no such snapshot'))
  answerOperator = (_ask: OperatorAsk): Promise<OperatorAnswer> =>
    Promise.reject(new Error('nobody is at the desk'))
  readonly listener: Listener
  #port = 0
  readonly #gateways: FakeGatewaySocket[] = []

  private constructor() {
    this.listener = new Listener({
      secret: this.secret,
      host: '127.0.0.1',
      port: 0,
      status: () => ({ serving: [[1, 7]], hosted: [1, 2], members: {} }),
      // The frame's bytes are valid only within the call.
      onRequest: (frame, _link, reply) => {
        const requested = { frame: { ...frame, params: Buffer.from(frame.params) }, reply }
        this.requests.push(requested)
        this.onRequest(requested)
      },
      onConnected: (link, name) => {
        this.links.push(link)
        this.connected.push(name)
      },
      onHandOver: async (partition, epoch) => {
        this.handOvers.push({ partition, epoch })
      },
      onSnapshotRead: (read) => this.readSnapshot(read),
      onOperatorAsk: (ask) => this.answerOperator(ask),
      slowMs: Infinity,
      onSlow: () => undefined,
      onTooLarge: ({ bytes, operation }) => this.tooLarge.push({ bytes, operation }),
      onSlotClosed: (_link, slot) => this.closedSlots.push(slot),
      onDisconnected: (_link, name) => this.disconnected.push(name),
      onRefused: (_address, reason) => this.refused.push(reason),
    })
  }

  static async start(): Promise<OneListener> {
    const world = new OneListener()
    world.#port = await world.listener.listen()
    return world
  }

  get address(): string {
    return `127.0.0.1:${this.#port}`
  }

  /** A connection that has said nothing yet. */
  async connect(): Promise<FakeGatewaySocket> {
    const socket = connect(this.#port, '127.0.0.1')
    await once(socket, 'connect')
    const gateway = new FakeGatewaySocket(socket)
    this.#gateways.push(gateway)
    return gateway
  }

  /** A gateway that has proved itself; `more` goes out together with its proof. */
  async proven(more?: (batch: FrameBatch) => void): Promise<FakeGatewaySocket> {
    const gateway = await this.connect()
    await gateway.prove(this.secret, more)
    await gateway.next(frameKinds.status)
    return gateway
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { socket } of this.#gateways) socket.destroy()
    await this.listener.close()
  }
}

export class FakeGatewaySocket {
  readonly socket: Socket
  isClosed = false
  hello: Buffer = Buffer.alloc(0)
  proof: Buffer = Buffer.alloc(0)
  readonly #frames: { readonly kind: number; readonly body: Buffer }[] = []

  constructor(socket: Socket) {
    this.socket = socket
    const reader = new FrameReader(clusterFrameBytesMax)
    socket.on('data', (chunk) => {
      reader.read(chunk, (kind, body) => this.#frames.push({ kind, body: Buffer.from(body) }))
    })
    // A reset by the other side is an end like any other: 'close' follows.
    socket.on('error', () => undefined)
    socket.on('close', () => {
      this.isClosed = true
    })
  }

  /** What is written leaves in one piece. */
  send(write: (batch: FrameBatch) => void): void {
    const batch = new FrameBatch()
    write(batch)
    this.socket.write(batch.take())
  }

  /** Says hello, and proves that it knows `secret`. */
  async prove(secret: string, more?: (batch: FrameBatch) => void): Promise<void> {
    const gateway = randomBytes(nonceBytes)
    this.hello = Buffer.concat([gateway, Buffer.from('gate-1')])
    this.send((batch) => batch.add(frameKinds.hello, this.hello))
    const challenge = await this.next(frameKinds.challenge)
    const shard = challenge.subarray(0, nonceBytes)
    this.proof = makeProof(secret, 'gateway', { gateway, shard })
    this.send((batch) => {
      batch.add(frameKinds.proof, this.proof)
      more?.(batch)
    })
  }

  /** The body of the next frame, which has to be of this kind; a status comes by itself at any time, and is passed over. */
  async next(kind: number): Promise<Buffer> {
    await eventually(() => this.#frames.length > 0, { withinMs: 2_000 })
    const frame = this.#frames.shift()!
    if (frame.kind === frameKinds.status && kind !== frameKinds.status) return this.next(kind)
    if (frame.kind !== kind) throw new Error(`a frame of kind ${frame.kind} instead of ${kind}`)
    return frame.body
  }

  async closed(): Promise<void> {
    if (!this.isClosed) await once(this.socket, 'close')
  }
}
