// A shard that knows nothing: it speaks the frames of a cluster link, and answers what a test tells it.
//
// It exists so that a gateway can be tested alone, with answers that a real shard would never give at
// the right moment: none at all, very large ones, pushes to slots that are gone.

import { randomBytes } from 'node:crypto'
import type { AddressInfo, Server, Socket } from 'node:net'
import { createServer } from 'node:net'
import type { RequestFrame } from '../../protocol/cluster.ts'
import { FrameBatch, frameKinds, lostPushCode, readRequest } from '../../protocol/cluster.ts'
import { isProof, makeProof, nonceBytes } from '../../protocol/cluster-handshake.ts'
import { FrameReader } from '../../protocol/cluster-stream.ts'
import { hashToken, makeToken, userOfToken } from '../../protocol/credentials.ts'
import type { User } from '../../protocol/entities.ts'
import type { ErrorBody } from '../../protocol/errors.ts'
import { failure } from '../../protocol/errors.ts'
import type { Fields } from '../../protocol/fields.ts'
import { pack, unpack } from '../../protocol/frame.ts'
import type { UserId } from '../../protocol/ids.ts'
import { clusterFrameBytesMax } from '../../protocol/limits.ts'
import { encodeFields } from '../../protocol/message-pack.ts'
import type { Operation } from '../../protocol/operation.ts'
import { pushes } from '../../protocol/pushes/index.ts'
import { operationsByCode } from '../../protocol/registry.ts'

export type FakeRequest = {
  readonly frame: RequestFrame
  readonly operation: Operation
  readonly params: Record<string, unknown>
}

/** An encoded answer, an error, the word that it was not carried out, or nothing at all. */
export type FakeAnswer = Uint8Array | { readonly error: ErrorBody } | 'not served' | 'silence'

/** What a fake shard says of itself; what is left out stays as it was. */
export type FakeStatus = {
  readonly serving?: readonly number[]
  /** Of all that it serves; 1 to start with. */
  readonly epoch?: number
  /** All partitions to start with. */
  readonly hosted?: readonly number[]
  readonly members?: Readonly<Record<string, string>>
  /** What it is called; to start with, it does not say so. */
  readonly name?: string
}

export type FakeShardOptions = {
  readonly secret?: string
  readonly status?: FakeStatus
  readonly port?: number
  /** Asked for everything but `session.resume`, which is answered by `tokens`. */
  readonly answer?: (request: FakeRequest) => FakeAnswer
}

export class FakeShard {
  readonly requests: FakeRequest[] = []
  readonly disconnectedSlots: number[] = []
  /** Tokens that are sessions. */
  readonly tokens = new Set<string>()
  answer: (request: FakeRequest) => FakeAnswer
  readonly #secret: string
  #status: Required<Omit<FakeStatus, 'name'>> & Pick<FakeStatus, 'name'>
  readonly #server: Server
  readonly #gateways = new Map<Socket, FrameBatch>()
  readonly #sockets = new Set<Socket>()

  private constructor(options: FakeShardOptions) {
    this.#secret = options.secret ?? 'a secret'
    const all = Array.from({ length: 64 }, (_, index) => index)
    this.#status = { serving: all, epoch: 1, hosted: all, members: {}, ...options.status }
    this.answer = options.answer ?? (() => ({ error: failure('not_found') }))
    this.#server = createServer((socket) => this.#accept(socket))
  }

  static async start(options: FakeShardOptions = {}): Promise<FakeShard> {
    const shard = new FakeShard(options)
    await new Promise<void>((resolve) => {
      shard.#server.listen(options.port ?? 0, '127.0.0.1', resolve)
    })
    return shard
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  get address(): string {
    return `127.0.0.1:${this.port}`
  }

  /** Gateways that have shown that they know the secret. */
  get gatewayCount(): number {
    return this.#gateways.size
  }

  /** A token that this shard takes for a session of the user. */
  makeToken(userId: number): string {
    const token = makeToken(userId as UserId, randomBytes(32))
    this.tokens.add(token)
    return token
  }

  push(name: keyof typeof pushes, slots: readonly number[], data: Record<string, unknown>): void {
    const push = pushes[name]
    const bytes = encodeFields(push.data as Fields, data as never)
    const frame = {
      code: push.code,
      slots: Uint32Array.from(slots),
      count: slots.length,
      data: bytes,
    }
    this.#toAll((batch) => batch.push(frame))
  }

  /** Tells that a push could not be made. */
  losePush(slots: readonly number[]): void {
    const data = new Uint8Array(0)
    const frame = { code: lostPushCode, slots: Uint32Array.from(slots), count: slots.length, data }
    this.#toAll((batch) => batch.push(frame))
  }

  /** Answers a request that was met with silence. */
  answerLate({ frame, operation }: FakeRequest, result: Record<string, unknown>): void {
    const bytes = encodeFields(operation.answer, result as never)
    this.#toAll((batch) => batch.answer(frame.requestId, bytes))
  }

  endSession(token: string): void {
    this.tokens.delete(token)
    const body = Buffer.from(hashToken(token))
    this.#toAll((batch) => batch.add(frameKinds.sessionEnded, body))
  }

  /** Tells all gateways, and those that connect later. */
  tell(status: FakeStatus): void {
    this.#status = { ...this.#status, ...status }
    this.#toAll((batch) => this.#addStatus(batch))
  }

  /** Cuts every link, as a crash would; new ones are taken. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  async close(): Promise<void> {
    this.cut()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #toAll(add: (batch: FrameBatch) => void): void {
    for (const [socket, batch] of this.#gateways) {
      add(batch)
      this.#flush(socket, batch)
    }
  }

  #accept(socket: Socket): void {
    const reader = new FrameReader(clusterFrameBytesMax)
    const nonce = randomBytes(nonceBytes)
    let gatewayNonce: Buffer = Buffer.alloc(0)
    this.#sockets.add(socket)
    socket.setNoDelay(true)
    socket.on('close', () => {
      this.#sockets.delete(socket)
      this.#gateways.delete(socket)
    })
    socket.on('error', () => socket.destroy())
    socket.on('data', (chunk) => {
      reader.read(chunk, (kind, body) => {
        const batch = this.#gateways.get(socket)
        if (batch !== undefined) this.#receive(batch, { kind, body })
        else if (kind === frameKinds.hello) {
          gatewayNonce = Buffer.from(body.subarray(0, nonceBytes))
          this.#challenge(socket, { gateway: gatewayNonce, shard: nonce })
        } else this.#checkProof(socket, body, { gateway: gatewayNonce, shard: nonce })
      })
      const batch = this.#gateways.get(socket)
      if (batch !== undefined) this.#flush(socket, batch)
    })
  }

  #challenge(socket: Socket, nonces: { gateway: Buffer; shard: Buffer }): void {
    const batch = new FrameBatch()
    const proof = makeProof(this.#secret, 'shard', nonces)
    batch.add(frameKinds.challenge, Buffer.concat([nonces.shard, proof]))
    socket.write(batch.take())
  }

  #checkProof(socket: Socket, proof: Buffer, nonces: { gateway: Buffer; shard: Buffer }): void {
    if (!isProof(proof, makeProof(this.#secret, 'gateway', nonces))) {
      socket.destroy()
      return
    }
    const batch = new FrameBatch()
    this.#gateways.set(socket, batch)
    this.#addStatus(batch)
  }

  #addStatus(batch: FrameBatch): void {
    const { serving, epoch, ...rest } = this.#status
    const reigns = serving.map((partition) => [partition, epoch])
    batch.add(frameKinds.status, pack({ serving: reigns, ...rest }))
  }

  #receive(batch: FrameBatch, received: { kind: number; body: Buffer }): void {
    if (received.kind === frameKinds.disconnected) {
      this.disconnectedSlots.push(received.body.readUInt32LE(0))
      return
    }
    const frame = readRequest(received.body)
    const operation = operationsByCode.get(frame.operation) as Operation
    const params = unpack(frame.params) as Record<string, unknown>
    const request = { frame: { ...frame, params: Buffer.from(frame.params) }, operation, params }
    this.requests.push(request)
    const answer = operation.session === 'resumes' ? this.#resume(request) : this.answer(request)
    if (answer === 'silence') return
    if (answer === 'not served') batch.notServed(frame.requestId)
    else if (answer instanceof Uint8Array) batch.answer(frame.requestId, answer)
    else batch.error(frame.requestId, answer.error)
  }

  #resume(request: FakeRequest): FakeAnswer {
    const token = request.params['token'] as string
    if (!this.tokens.has(token)) return { error: failure('unauthenticated') }
    const user = makeUser(userOfToken(token) as number)
    return encodeFields(request.operation.answer, { user } as never)
  }

  #flush(socket: Socket, batch: FrameBatch): void {
    if (batch.length > 0) socket.write(batch.take())
  }
}

/** Follows, empty timelines and live streams, as a shard would answer them; nothing else. */
export function answerWell({ operation, params }: FakeRequest): FakeAnswer {
  switch (operation.name) {
    case 'user.follow':
      return encodeAnswer(operation, { user: makeUser(params['userId'] as number) })
    case 'timeline.home':
      return encodeAnswer(operation, { tweets: [], users: [], position: 'k:1' })
    case 'live.subscribe':
      return encodeAnswer(operation, { position: 'k:1', recovered: true, tweets: [], users: [] })
    default:
      return 'silence'
  }
}

/** The same of a shard that hosts its partitions, and serves none of them. */
export function answerReads(request: FakeRequest): FakeAnswer {
  return request.operation.event === undefined ? answerWell(request) : 'not served'
}

/** A user as a shard would answer it. */
export function makeUser(id: number): User {
  return {
    id: id as UserId,
    handle: `user_${id % 1_000_000}`,
    name: 'A user',
    bio: '',
    createdAt: Date.UTC(2026, 5, 1),
    protected: false,
    counts: { tweets: 0, followers: 0, following: 0 },
  }
}

/** An answer by its operation's definition. */
export function encodeAnswer(operation: Operation, answer: Record<string, unknown>): Buffer {
  return encodeFields(operation.answer, answer as never)
}
