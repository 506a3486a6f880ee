// A gateway with fake shards behind it, on free ports, and clients to talk to it.

import { WebSocket } from 'ws'
import { pack, unpack } from '../../protocol/frame.ts'
import { firstIdAt } from '../../protocol/ids.ts'
import { silentLog } from '../../protocol/std/log.ts'
import { readSettings } from '../../protocol/std/settings.ts'
import { GatewayServer } from '../../server/server.ts'
import { gatewaySettings } from '../../server/settings.ts'
import { eventually } from './eventually.ts'
import type { FakeShardOptions } from './fake-shard.ts'
import { answerWell, FakeShard } from './fake-shard.ts'

export type GatewayWorld = {
  /** The first shard, `shard-0`. */
  readonly shard: FakeShard
  /** All shards, `shard-0` and so on. */
  readonly shards: readonly FakeShard[]
  readonly server: GatewayServer
  readonly port: number
  readonly httpUrl: string
  readonly liveUrl: string
  [Symbol.asyncDispose](): Promise<void>
}

/** @param options.env settings that differ from the defaults */
export async function startGatewayWorld(
  options: {
    readonly shard?: FakeShardOptions
    /** Shards beside the first one. */
    readonly others?: readonly FakeShardOptions[]
    readonly env?: Readonly<Record<string, string>>
    /** Whether the gateway is waited for until it has a link to the shard. */
    readonly isLinkAwaited?: boolean
  } = {},
): Promise<GatewayWorld> {
  const shard = await FakeShard.start(options.shard)
  const others = await Promise.all((options.others ?? []).map((other) => FakeShard.start(other)))
  const shards = [shard, ...others]
  const settings = readSettings(gatewaySettings, {
    ROOKERY_PORT: '0',
    ROOKERY_CLUSTER_SECRET: 'a secret',
    ROOKERY_SHARD_ADDRESSES: shards.map(({ address }, n) => `shard-${n}=${address}`).join(),
    ROOKERY_SOCKET_RATE: '0',
    ROOKERY_HTTP_RATE: '0',
    ...options.env,
  })
  const server = new GatewayServer(settings, silentLog())
  const { port } = await server.start()
  if (options.isLinkAwaited !== false) {
    await eventually(
      () => server.whyNotReady() === undefined && shards.every((one) => one.gatewayCount === 1),
      { withinMs: 5_000 },
    )
  }
  return {
    shard,
    shards,
    server,
    port,
    httpUrl: `http://127.0.0.1:${port}`,
    liveUrl: `ws://127.0.0.1:${port}/v1/live`,
    [Symbol.asyncDispose]: async () => {
      server.close()
      await Promise.all(shards.map((one) => one.close()))
    },
  }
}

export const allPartitions = Array.from({ length: 64 }, (_, index) => index)

/** Who asks in a pair, and their partition. */
export const pairPartition = 5
export const pairUser = firstIdAt(Date.UTC(2026, 3, 1)) + pairPartition * 16

export type PairWorld = GatewayWorld & {
  /** `shard-1`. */
  readonly next: FakeShard
  /** A socket of `pairUser`. */
  open(): Promise<TestClient>
}

/** `shard-0` serves every partition; `shard-1` hosts every one too, and its epoch would be 2. */
export async function startPair(): Promise<PairWorld> {
  const status = { serving: [], epoch: 2 }
  const world = await startGatewayWorld({
    shard: { answer: answerWell },
    others: [{ answer: answerWell, status }],
  })
  const token = world.shard.makeToken(pairUser)
  const next = world.shards[1] as FakeShard
  next.tokens.add(token)
  return { ...world, next, open: () => TestClient.open(world.liveUrl, { token }) }
}

/** The samples of one metric of the gateway, as an operator reads them. */
export async function metricLines(world: GatewayWorld, name: string): Promise<string[]> {
  const text = await world.server.metrics.registry.getSingleMetricAsString(name)
  return text.split('\n').filter((line) => !line.startsWith('#'))
}

export type ClientOptions = {
  readonly encoding?: 'msgpack' | 'json'
  readonly token?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** One client's socket: sends requests, and keeps everything that comes. */
export class TestClient {
  readonly socket: WebSocket
  /** What came, frame by frame, decoded. */
  readonly frames: unknown[] = []
  closed: { readonly code: number; readonly reason: string } | undefined
  readonly #isBinary: boolean
  /** Answers by id, so that a client that lives long finds them at once. */
  readonly #answers = new Map<unknown, unknown[]>()
  #nextId = 1

  private constructor(socket: WebSocket, isBinary: boolean) {
    this.socket = socket
    this.#isBinary = isBinary
    socket.on('message', (data: Buffer) => {
      const frame = isBinary ? unpack(data) : JSON.parse(data.toString())
      this.frames.push(frame)
      for (const answer of answersOf(frame)) this.#answers.set(answer[0], answer)
    })
    socket.on('close', (code, reason) => {
      this.closed = { code, reason: reason.toString() }
    })
    socket.on('error', () => socket.terminate())
  }

  /** Resolves when the socket is open; rejects with the HTTP status where it is refused. */
  static async open(liveUrl: string, options: ClientOptions = {}): Promise<TestClient> {
    const encoding = options.encoding ?? 'msgpack'
    const socket = new WebSocket(liveUrl, [`rookery.v1.${encoding}`], {
      headers: {
        ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
        ...options.headers,
      },
    })
    const client = new TestClient(socket, encoding === 'msgpack')
    await new Promise<void>((resolve, reject) => {
      socket.once('open', () => resolve())
      socket.once('unexpected-response', (_, response) => {
        reject(new Error(`refused with ${response.statusCode}`))
        socket.terminate()
      })
      socket.once('error', reject)
    })
    return client
  }

  /** Sends a request without waiting; gives its id. */
  send(operation: string, params: unknown = {}): number {
    const id = this.#nextId++
    this.sendFrame([id, operation, params])
    return id
  }

  /** Sends any value as one frame. */
  sendFrame(frame: unknown): void {
    this.socket.send(this.#isBinary ? pack(frame) : JSON.stringify(frame))
  }

  /** Sends a request and waits for its answer: `[id, result]` or `[id, null, error]`. */
  async request(operation: string, params: unknown = {}): Promise<unknown[]> {
    return this.answerTo(this.send(operation, params))
  }

  async answerTo(id: number): Promise<unknown[]> {
    return eventually(() => this.#answers.get(id), {
      withinMs: 10_000,
      elseDump: () => ({ frames: this.frames.slice(-5), closed: this.closed }),
    })
  }

  /** All answers and pushes, out of batches too. */
  answers(): unknown[][] {
    return this.frames.flatMap(answersOf)
  }

  async untilClosed(): Promise<{ code: number; reason: string }> {
    await eventually(() => this.closed !== undefined, { withinMs: 15_000 })
    return this.closed as { code: number; reason: string }
  }

  close(): void {
    this.socket.terminate()
  }
}

function answersOf(frame: unknown): unknown[][] {
  const list = frame as unknown[]
  return Array.isArray(list[0]) ? (list as unknown[][]) : [list]
}
