// Deliveries: from slot numbers to sockets, and pushes to whoever they are for.
//
//   31        20 19                 0
//   +-----------+--------------------+
//   | generation|       index        |   a slot: index 0 is never used
//   +-----------+--------------------+
//
// A shard knows a socket by its slot only. The index is used again when the socket is gone; the
// generation then differs, so a push that was under way for the socket before finds nobody, rather
// than somebody else.

import { lostPushCode } from '../../protocol/cluster.ts'
import type { CloseReason } from '../../protocol/errors.ts'
import type { Partition } from '../../protocol/ids.ts'
import { timeOfId } from '../../protocol/ids.ts'
import type { Push } from '../../protocol/operation.ts'
import { pickValue } from '../../protocol/pick.ts'
import { pushesByCode } from '../../protocol/pushes/index.ts'
import type { Log } from '../../protocol/std/log.ts'
import { binaryPush, textPush } from '../frames.ts'
import type { Closable } from '../identity/identity.ts'
import { closeBatchCountMin, closeBatchesMax, closeBatchPauseMs, slotsMax } from '../limits.ts'
import type { RequestLink } from '../links/shard-request.ts'
import type { Pushed } from '../metrics.ts'
import type { Session } from './session.ts'

const indexBits = 20
const generationsMax = 1 << (32 - indexBits)
const pushHeaderBytes = 5

export class Deliveries {
  readonly #sessions: (Session | undefined)[] = [undefined]
  readonly #generations: number[] = [0]
  readonly #free: number[] = []
  readonly #subscribed = new Map<RequestLink, Set<Session>>()
  readonly #onPushed: (pushed: Pushed) => void
  readonly #log: Log

  constructor(options: { readonly onPushed: (pushed: Pushed) => void; readonly log: Log }) {
    this.#onPushed = options.onPushed
    this.#log = options.log
  }

  get openCount(): number {
    return this.#sessions.length - 1 - this.#free.length
  }

  /** Gives the session a slot. The gateway's cap on sockets keeps this below the limit of slots. */
  open(session: Session): void {
    const index = this.#free.pop() ?? this.#sessions.length
    if (index > slotsMax) throw new RangeError(`no more than ${slotsMax} sockets have a slot`)
    this.#sessions[index] = session
    const generation = this.#generations[index] ?? 0
    session.slot = ((generation << indexBits) | index) >>> 0
  }

  /** Takes the slot back, and tells the shard that pushes here have nowhere to go. */
  close(session: Session): void {
    const index = session.slot & slotsMax
    if (this.#sessions[index] !== session) return
    this.#sessions[index] = undefined
    this.#generations[index] = ((this.#generations[index] ?? 0) + 1) % generationsMax
    this.#free.push(index)
    if (session.live !== undefined) {
      this.#subscribed.get(session.live.link)?.delete(session)
      session.live.link.disconnected(session.slot)
    }
  }

  /** The session uses a live operation: from now on pushes may come for it through this link. */
  subscribed(session: Session, live: { link: RequestLink; partition: Partition }): void {
    if (session.live?.link === live.link) return
    if (session.live !== undefined) {
      // A stream on another link ends without a word: only a new socket is sure of no hole.
      session.close('positionLost')
      return
    }
    session.live = { ...live, isConfirmed: false }
    const sessions = this.#subscribed.get(live.link) ?? new Set()
    this.#subscribed.set(live.link, sessions.add(session))
  }

  /** The shard has answered a live operation of the session. */
  confirmed(session: Session, link: RequestLink): void {
    if (session.live?.link === link) {
      session.live.isConfirmed = true
      return
    }
    // It answers after all, and the session has asked another one in the meantime.
    link.disconnected(session.slot)
    session.close('positionLost')
  }

  /** The shard did not carry out a live operation: the session may ask another one, if it is its first. */
  notSubscribed(session: Session, link: RequestLink): void {
    if (session.live?.link !== link) return
    if (session.live.isConfirmed) session.close('positionLost')
    else {
      this.#subscribed.get(link)?.delete(session)
      session.live = undefined
    }
  }

  /** Sends one push frame of a shard to all its slots; each encoding is made once. */
  push(body: Buffer): void {
    const push = pushesByCode.get(body[0]!)
    if (push === undefined) {
      if (body[0] === lostPushCode) this.#lost(body)
      return
    }
    const count = body.readUInt32LE(1)
    const data = body.subarray(pushHeaderBytes + 4 * count)
    const frames = new PushFrames(push, data)
    let sent = 0
    for (let place = 0; place < count; place++) {
      const session = this.#recipientAt(body, place)
      if (session === undefined) continue
      // What a shard said before the push reaches the client before it, such as the subscription.
      if (session.answers.length > 0) session.flush()
      const frame = session.isBinary ? frames.binary() : this.#read(() => frames.text())
      // What cannot be told would be a hole in the stream; whoever comes back knows of it.
      if (frame === undefined) session.close('positionLost')
      else session.send(frame)
      sent++
    }
    if (sent === 0) return
    this.#onPushed({ sockets: sent, acceptedAtMs: this.#read(() => frames.acceptedAtMs()) })
  }

  /** A push could not be made: whoever it was for comes back, and knows of the hole. (I8) */
  #lost(body: Buffer): void {
    const affected = Array.from({ length: body.readUInt32LE(1) }, (_, place) =>
      this.#recipientAt(body, place),
    )
    breakStreams(affected.filter((session) => session !== undefined))
  }

  /** @returns undefined where the socket has gone, and its index may be somebody else's; or its stream is broken */
  #recipientAt(body: Buffer, place: number): Session | undefined {
    const slot = body.readUInt32LE(pushHeaderBytes + 4 * place)
    const session = this.#sessions[slot & slotsMax]
    return session?.slot === slot && !session.isStreamBroken ? session : undefined
  }

  /** @returns undefined for data that cannot be read, as from a shard of another version. */
  #read<T>(read: () => T): T | undefined {
    try {
      return read()
    } catch (error) {
      this.#log.error({ err: error }, 'a push cannot be read')
      return undefined
    }
  }

  /** Closes everyone whose stream came through this link, or those of some partitions only. */
  positionsLost(link: RequestLink, partitions: ReadonlySet<Partition> | undefined): void {
    const affected: Session[] = []
    for (const session of this.#subscribed.get(link) ?? []) {
      if (partitions === undefined || partitions.has(session.live!.partition))
        affected.push(session)
    }
    breakStreams(affected)
  }

  /** Every socket that is open, in no order that means anything. */
  all(): Session[] {
    return this.#sessions.filter((session) => session !== undefined)
  }
}

/** The frames of one push, made when the first socket of that encoding needs it. */
class PushFrames {
  readonly #push: Push
  readonly #data: Buffer
  #binary: Buffer | undefined
  #text: Buffer | undefined

  constructor(push: Push, data: Buffer) {
    this.#push = push
    this.#data = data
  }

  binary(): Buffer {
    this.#binary ??= binaryPush(this.#push, this.#data)
    return this.#binary
  }

  text(): Buffer {
    this.#text ??= textPush(this.#push, this.#data)
    return this.#text
  }

  acceptedAtMs(): number | undefined {
    const { acceptedId, data } = this.#push
    if (acceptedId === undefined) return undefined
    const id = pickValue(data, this.#data, acceptedId)
    return typeof id === 'number' ? timeOfId(id) : undefined
  }
}

/** Tells that streams have a hole: nothing more goes out by them, be their turn to be closed a while away. (I8) */
function breakStreams(sessions: readonly Session[]): void {
  for (const session of sessions) session.isStreamBroken = true
  void closeInBatches(sessions, 'positionLost')
}

/** Closes many sockets a batch at a time, so that the others are served in between. */
export async function closeInBatches(
  sockets: readonly Closable[],
  reason: CloseReason,
): Promise<void> {
  const batchCount = Math.max(closeBatchCountMin, Math.ceil(sockets.length / closeBatchesMax))
  for (let start = 0; start < sockets.length; start += batchCount) {
    if (start > 0) await new Promise((resolve) => setTimeout(resolve, closeBatchPauseMs))
    for (const socket of sockets.slice(start, start + batchCount)) socket.close(reason)
  }
}
