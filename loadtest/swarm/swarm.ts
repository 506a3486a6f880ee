// A swarm: many signed-in clients, each with a live home timeline, all in one process.
//
//   away --open--> opening --subscribed--> live --leave, lost--> away
//
// A client that comes back gives its last position, and enters what it gets in the ledger like the pushes.
// A request carries the time at which it was meant to be sent; its latency counts from there. Ids are
// given out for the whole swarm, so one table holds all that is in flight.

import type { ErrorBody } from '../../protocol/errors.ts'
import { MessagePackWriter } from '../../protocol/message-pack.ts'
import { decodeValue } from '../../protocol/message-pack-reader.ts'
import type { Operation } from '../../protocol/operation.ts'
import { liveSubscribe } from '../../protocol/operations/live-subscribe.ts'
import { readFrame, writeRequest } from '../client/wire.ts'
import type { Kind, Recorder } from '../report/recorder.ts'
import { LeanSocket } from './lean-socket.ts'
import type { Ledger, Post } from './ledger.ts'
import { TweetPushes } from './tweet-pushes.ts'

export type SwarmClient = {
  /** Its place in the swarm; the ledger knows it by this. */
  readonly index: number
  readonly token: string
  state: 'away' | 'opening' | 'live'
  socket: LeanSocket | undefined
  position: string | undefined
  /** Whether its subscription was answered: what is pushed before that does not continue its stream. */
  isSubscribed: boolean
  /** Ids of its requests without an answer: few. */
  readonly inFlight: number[]
}

export type SwarmOptions = {
  /** As `liveUrl` gives it. */
  readonly url: string
  /** One client for each. */
  readonly tokens: readonly string[]
  /** How many addresses of 127.0.0.0/8 they come from; 0 leaves it to the system. */
  readonly addresses: number
  readonly ledger: Ledger
  readonly recorder: Recorder
  /** A socket was lost that nobody of us has closed. */
  readonly onLost: (client: SwarmClient, code: number) => void
  /** Where the latency of a push is recorded; `push` where it gives undefined. */
  readonly pushKindOf?: PushKindOf | undefined
}

export type PushKindOf = (post: Post, client: SwarmClient) => Kind | undefined

/** One request. */
export type SwarmRequest = {
  readonly operation: Operation
  readonly params: Readonly<Record<string, unknown>>
  /** Undefined: its latency is not recorded. */
  readonly kind: Kind | undefined
  readonly intendedMs: number
  /** Called with the undecoded result, valid within the call only. */
  readonly onResult?: (result: Uint8Array) => void
  /** Instead of counting the error. */
  readonly onError?: (error: ErrorBody) => void
}

type Pending = SwarmRequest & { readonly client: SwarmClient }

export class Swarm {
  readonly clients: readonly SwarmClient[]
  /** Pushes of tweets that came, whoever should have got them. */
  pushed = 0
  readonly #options: SwarmOptions
  readonly #url: URL
  readonly #pushes: TweetPushes
  readonly #pending = new Map<number, Pending>()
  readonly #writer = new MessagePackWriter(1024)
  readonly #push: Kind
  readonly #pushFromSend: Kind
  readonly #resumed: Kind
  /** Whose frame is being read, and since when. */
  #current: SwarmClient | undefined
  #nowMs = 0
  #lastId = 0

  /** Throws RangeError for an address that is not of the scheme ws. */
  constructor(options: SwarmOptions) {
    this.#options = options
    this.#url = new URL(options.url)
    if (this.#url.protocol !== 'ws:') throw new RangeError('a swarm speaks ws:// only')
    const { recorder, ledger } = options
    this.#pushes = new TweetPushes(ledger)
    this.#push = recorder.kind('push', 'from when the post was meant to be sent to each socket')
    this.#pushFromSend = recorder.kind('push from send', 'from when the post was sent')
    this.#pushFromSend.isQuiet = true
    this.#resumed = recorder.kind('resume', 'from connecting anew to having all that was missed')
    this.#resumed.isQuiet = true
    this.clients = options.tokens.map((token, index) => ({
      index,
      token,
      state: 'away',
      socket: undefined,
      position: undefined,
      isSubscribed: false,
      inFlight: [],
    }))
  }

  /** Requests without an answer, subscriptions included. */
  get unanswered(): number {
    return this.#pending.size
  }

  get liveCount(): number {
    let count = 0
    for (const { state } of this.clients) if (state === 'live') count++
    return count
  }

  /**
   * Connects a client that is away, and subscribes, with its position if it has one. Rejects with
   * UpgradeRefused, or Error where the subscription is refused; the client is away then.
   * @param sinceMs when it wanted to come back: its latency counts from there
   */
  async open(client: SwarmClient, sinceMs = performance.now()): Promise<void> {
    const { addresses } = this.#options
    client.state = 'opening'
    client.isSubscribed = false
    try {
      const socket = await LeanSocket.open({
        url: this.#url,
        token: client.token,
        localAddress: addresses === 0 ? undefined : loopback(client.index % addresses),
        onFrame: (bytes) => this.#receive(client, bytes),
        onClose: (code) => this.#lost(client, code),
      })
      client.socket = socket
      await this.#subscribe(client, sinceMs)
      client.state = 'live'
    } catch (error) {
      client.socket?.destroy()
      client.socket = undefined
      client.state = 'away'
      throw error
    }
  }

  /** Sends a request of a client that is live. */
  request(client: SwarmClient, request: SwarmRequest): void {
    this.#send({ ...request, client })
  }

  /** Cuts a client's connection from our side, as when its network is gone. */
  leave(client: SwarmClient): void {
    client.socket?.destroy()
    client.socket = undefined
    client.state = 'away'
    this.#forgetRequests(client)
  }

  /** Says goodbye to all. */
  close(): void {
    for (const client of this.clients) {
      client.socket?.close()
      client.socket = undefined
      client.state = 'away'
    }
  }

  #subscribe(client: SwarmClient, sinceMs: number): Promise<void> {
    const { position } = client
    return new Promise((resolve, reject) => {
      this.#send({
        client,
        operation: liveSubscribe,
        params: { channel: 'home', ...(position === undefined ? {} : { position }) },
        kind: position === undefined ? undefined : this.#resumed,
        intendedMs: sinceMs,
        onResult: (result) => {
          this.#subscribed(client, result)
          resolve()
        },
        onError: ({ code }) => reject(new Error(`the subscription is refused: ${code}`)),
      })
    })
  }

  #subscribed(client: SwarmClient, result: Uint8Array): void {
    const answer = decodeValue(subscribed, result) as {
      position: string
      recovered: boolean
      tweets: { text: string }[]
    }
    const { ledger } = this.#options
    const isFirst = client.position === undefined
    client.position = answer.position
    client.isSubscribed = true
    const posts = answer.tweets.map(({ text }) => ledger.find(text))
    const at = { client: client.index, nowMs: this.#nowMs }
    if (answer.recovered) for (const post of posts) ledger.arrive(post, at)
    else ledger.hole(client.index, posts, isFirst ? Number.NEGATIVE_INFINITY : this.#nowMs)
    if (!answer.recovered && !isFirst) this.onHole(client)
  }

  /** The server could not tell a client all that it missed. A scenario that allows it replaces this. */
  onHole: (client: SwarmClient) => void = () => {
    this.#options.recorder.error('not recovered')
  }

  #send(pending: Pending): void {
    const { client, operation, params } = pending
    const id = ++this.#lastId
    this.#writer.reset()
    writeRequest(this.#writer, { id, operation, params })
    this.#pending.set(id, pending)
    client.inFlight.push(id)
    client.socket!.send(this.#writer.view())
  }

  #receive(client: SwarmClient, bytes: Buffer): void {
    this.#current = client
    this.#nowMs = performance.now()
    readFrame(bytes, this.#handler)
  }

  readonly #handler = {
    onResult: (id: number, result: Uint8Array): void => {
      const pending = this.#settled(id)
      if (pending === undefined) return
      pending.kind?.record((this.#nowMs - pending.intendedMs) * 1_000)
      pending.onResult?.(result)
    },
    onError: (id: number, error: ErrorBody): void => {
      const pending = this.#settled(id)
      if (pending?.onError !== undefined) pending.onError(error)
      else {
        const what = pending?.operation.name ?? 'socket'
        this.#options.recorder.error(`${what}: ${error.code} (${error.message})`)
      }
    },
    onPush: (event: string, data: Uint8Array): void => {
      if (event !== 'timeline.tweet') return
      const client = this.#current!
      if (!client.isSubscribed) {
        // To go on from its position would leave out what the answer was to bring.
        this.#options.recorder.error('push without a subscription')
        return
      }
      const { post, position } = this.#pushes.read(data)
      client.position = position
      this.pushed++
      const at = { client: client.index, nowMs: this.#nowMs }
      if (this.#options.ledger.arrive(post, at) !== 'new' || post === undefined) return
      const own = this.#options.pushKindOf?.(post, client)
      if (own !== undefined) own.record((this.#nowMs - post.intendedMs) * 1_000)
      else {
        this.#push.record((this.#nowMs - post.intendedMs) * 1_000)
        this.#pushFromSend.record((this.#nowMs - post.sentMs) * 1_000)
      }
    },
  }

  #settled(id: number): Pending | undefined {
    const pending = this.#pending.get(id)
    if (pending === undefined) return undefined
    this.#pending.delete(id)
    const { inFlight } = pending.client
    inFlight.splice(inFlight.indexOf(id), 1)
    return pending
  }

  #lost(client: SwarmClient, code: number): void {
    const wasLive = client.state === 'live'
    client.socket = undefined
    client.state = 'away'
    this.#forgetRequests(client)
    if (wasLive) this.#options.onLost(client, code)
  }

  /** What was in flight has no answer any more. */
  #forgetRequests(client: SwarmClient): void {
    for (const id of [...client.inFlight]) {
      const pending = this.#settled(id)
      if (pending?.onError === undefined) this.#options.recorder.error('lost with its socket')
      else pending.onError({ code: 'closed', message: 'the socket was lost', retry: 'later' })
    }
  }
}

const subscribed = { kind: 'record', fields: liveSubscribe.answer } as const

/** The first one is 127.0.0.2: the server is mostly at 127.0.0.1. */
function loopback(place: number): string {
  return `127.0.${(place + 2) >>> 8}.${(place + 2) & 0xff}`
}
