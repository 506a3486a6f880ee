// What the people of the digest run do with their notifications: now and then they have read up to something recent.

import type { Deed } from './deed.ts'
import type { Crowd } from './privacy-deeds.ts'

export class NotificationDeeds {
  readonly #crowd: Crowd

  constructor(crowd: Crowd) {
    this.#crowd = crowd
  }

  read(): Deed | undefined {
    const upTo = this.#crowd.tweetTalkedOf()
    if (upTo === undefined) return undefined
    const isKnown = this.#crowd.random() < 0.5
    const actor = isKnown ? this.#crowd.somebodyKnown() : this.#crowd.anybody()
    return { name: 'notifications.markRead', actor, params: { upTo } }
  }
}
