// Who is subscribed, as Live keeps them: gateways, and on each of them the sockets that have a channel.

import { lostPushCode } from '../../protocol/cluster.ts'

/** The connection to one gateway, as far as pushes need it. */
export type GatewayLink = {
  push(push: { code: number; slots: Uint32Array; count: number; data: Uint8Array }): void
  sessionEnded(tokenHash: string): void
}

/** Tweets that a subscriber remembers being shown; older ones get no more counts. */
export const shownTweetsMax = 128
export type Subscriber = {
  readonly gateway: Gateway
  readonly slot: number
  readonly user: number
  /**
   * How many tweets had arrived when it subscribed to the home timeline: those it was shown, or can read;
   * `notHome` for who listens to tags alone.
   */
  since: number
  /** Dense indexes plus one, so that 0 is nothing. */
  readonly shown: Uint32Array
  shownCount: number
}

const nothing = new Uint8Array(0)

/** Subscribers of a gateway that is gone, of which one turn takes care. */
const forgottenPerTurn = 512

/** More than ever arrive. */
export const notHome = Infinity

export function newSubscriber(gateway: Gateway, slot: number, user: number): Subscriber {
  const shown = new Uint32Array(shownTweetsMax)
  const subscriber = { gateway, slot, user, since: notHome, shown, shownCount: 0 }
  gateway.subscribers.set(slot, subscriber)
  return subscriber
}

/** Notes that the socket was shown a tweet. */
export function noteShown(subscriber: Subscriber, tweet: number): void {
  subscriber.shown[subscriber.shownCount++ % shownTweetsMax] = tweet + 1
}

/** A gateway with its subscribers, and room for the recipients of one push. */
export class Gateway {
  readonly link: GatewayLink
  readonly subscribers = new Map<number, Subscriber>()
  slots = new Uint32Array(64)
  count = 0

  constructor(link: GatewayLink) {
    this.link = link
  }

  addRecipient(slot: number): void {
    if (this.count === this.slots.length) {
      const larger = new Uint32Array(this.count * 2)
      larger.set(this.slots)
      this.slots = larger
    }
    this.slots[this.count++] = slot
  }

  /** Sends a push to those who were added. @returns how many they are; where it throws they are still there */
  send(code: number, encode: () => Uint8Array): number {
    const { slots, count } = this
    if (count === 0) return 0
    this.link.push({ code, slots, count, data: encode() })
    this.count = 0
    return count
  }

  /** Has all subscribers forgotten, some in each turn of the event loop. */
  *forgetAll(forget: (slot: number) => void): Generator<void> {
    let count = 0
    for (const slot of this.subscribers.keys()) {
      forget(slot)
      if (++count % forgottenPerTurn === 0) yield
    }
  }

  /** Tells those who were added that a push for them was not made, in place of it. (I8) */
  tellLost(): void {
    const { slots, count } = this
    this.count = 0
    if (count > 0) this.link.push({ code: lostPushCode, slots, count, data: nothing })
  }
}
