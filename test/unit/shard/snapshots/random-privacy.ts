// What people of a random log do about privacy, as the events that primaries would have written: each of
// them fits what the actor's own log says, whatever other logs say.

import type { UserId } from '../../../../protocol/ids.ts'
import type { OperationName } from '../../../../protocol/registry.ts'

export const privacyDeeds = [
  ...(['block', 'unblock', 'mute', 'unmute', 'ask', 'ask', 'settle'] as const),
  ...(['approve', 'reject', 'muteWord', 'unmuteWord', 'update'] as const),
]

export type PrivacyDeed = (typeof privacyDeeds)[number]

export function isPrivacyDeed(does: string): does is PrivacyDeed {
  return (privacyDeeds as readonly string[]).includes(does)
}

/** What the log's world knows and does, as far as these deeds need it. */
export type PrivacyWorld = {
  /** Notes a fact, or its end. @returns whether that changes anything */
  isNew(fact: string, isThere: boolean): boolean
  has(fact: string): boolean
  newId(actor: UserId): number
  write(name: OperationName, actor: UserId, event: object): void
}

export class RandomPrivacy {
  readonly #world: PrivacyWorld
  /** Follower and followee, as a text, to the request that the follower's log holds. */
  readonly #requests = new Map<string, number>()
  /** Who answered, and how, to the request; the next answer forgets it. */
  readonly #answered = new Map<string, number>()

  constructor(world: PrivacyWorld) {
    this.#world = world
  }

  take(
    does: PrivacyDeed,
    { actor, other, which }: { actor: UserId; other: UserId; which: number },
  ): void {
    const world = this.#world
    if (does === 'update') {
      const edit = which % 2 === 0 ? { bio: `bio ${which}` } : { location: which % 3 ? 'Ely' : '' }
      world.write('user.update', actor, { userId: actor, protected: which % 4 < 2, ...edit })
    } else if (does === 'muteWord' || does === 'unmuteWord') {
      const word = `word ${which % 5}`
      if (!world.isNew(`${does.replace('un', '')} ${actor} ${word}`, does === 'muteWord')) return
      const name = does === 'muteWord' ? 'mutes.addWord' : 'mutes.removeWord'
      world.write(name, actor, { actorId: actor, word })
    } else if (actor !== other) this.#between(does, actor, other)
  }

  #between(does: PrivacyDeed, actor: UserId, other: UserId): void {
    const world = this.#world
    const event = { actorId: actor, userId: other }
    if (does === 'mute' || does === 'unmute') {
      if (world.isNew(`mute ${actor} ${other}`, does === 'mute')) {
        world.write(`user.${does}`, actor, event)
      }
    } else if (does === 'block') {
      if (!world.isNew(`block ${actor} ${other}`, true)) return
      const endsFollow = world.isNew(`follow ${actor} ${other}`, false)
      this.#requests.delete(`${actor} ${other}`)
      world.write('user.block', actor, { ...event, endsFollow })
    } else if (does === 'unblock') {
      if (world.isNew(`block ${actor} ${other}`, false)) world.write('user.unblock', actor, event)
    } else if (does === 'ask') this.#ask(actor, other)
    else if (does === 'settle') this.#settle(actor, other)
    else {
      const requestId = this.#requests.get(`${other} ${actor}`)
      if (requestId === undefined) return
      const told = does === 'approve' ? { approvalId: world.newId(actor) } : {}
      const name = `user.${does as 'approve' | 'reject'}Follow` as const
      const earlier = this.#answered.get(`${actor} ${does}`)
      const forgotten = earlier === undefined ? {} : { forgottenIds: [earlier] }
      this.#answered.set(`${actor} ${does}`, requestId)
      world.write(name, actor, { ...event, requestId, ...told, ...forgotten })
    }
  }

  #ask(followerId: UserId, followeeId: UserId): void {
    if (this.#world.has(`follow ${followerId} ${followeeId}`)) return
    const requestId = this.#world.newId(followerId)
    this.#requests.set(`${followerId} ${followeeId}`, requestId)
    this.#world.write('user.follow', followerId, { followerId, followeeId, requestId })
  }

  #settle(followerId: UserId, followeeId: UserId): void {
    const fact = `follow ${followerId} ${followeeId}`
    const before = this.#world.has(fact)
    const hasAsked = this.#requests.delete(`${followerId} ${followeeId}`)
    if (!before && !hasAsked) return
    const after = !before
    this.#world.isNew(fact, after)
    this.#world.write('follow.settle', followerId, { followerId, followeeId, before, after })
  }
}
