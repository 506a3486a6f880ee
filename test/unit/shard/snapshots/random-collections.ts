// What people of a random log do with lists and moments, and how they leave, as the events that primaries would
// have written: each of them fits what the actor's own log says, whatever other logs say.

import type { UserId } from '../../../../protocol/ids.ts'
import type { OperationName } from '../../../../protocol/registry.ts'

export const collectionDeeds = [
  ...(['makeList', 'makeMoment', 'putIn', 'takeOut', 'move', 'edit'] as const),
  ...(['drop', 'followIt', 'unfollowIt'] as const),
]

export type CollectionDeed = (typeof collectionDeeds)[number]

export function isCollectionDeed(does: string): does is CollectionDeed {
  return (collectionDeeds as readonly string[]).includes(does)
}

/** What the log's world knows and does, as far as these deeds need it. */
export type CollectionWorld = {
  isNew(fact: string, isThere: boolean): boolean
  newId(actor: UserId): number
  write(name: OperationName, actor: UserId, event: object): void
}

type Made = { readonly kind: 'list' | 'moment'; readonly owner: UserId; readonly id: number }

export class RandomCollections {
  readonly #world: CollectionWorld
  /** Those that are there, and those that were. */
  readonly #made: Made[] = []
  readonly #gone = new Set<number>()
  readonly #left = new Set<UserId>()

  constructor(world: CollectionWorld) {
    this.#world = world
  }

  /** @param item the id of a user or a tweet, whichever fits */
  take(
    does: CollectionDeed,
    {
      actor,
      which,
      userId,
      tweetId,
    }: {
      actor: UserId
      which: number
      userId: UserId
      tweetId: number
    },
  ): void {
    if (does === 'makeList' || does === 'makeMoment') {
      this.#make(does === 'makeList' ? 'list' : 'moment', actor, which)
      return
    }
    const made = this.#made[which % Math.max(1, this.#made.length)]
    if (made === undefined) return
    if (does === 'followIt' || does === 'unfollowIt') this.#follow(does === 'followIt', actor, made)
    else if (!this.#gone.has(made.id) && !this.#left.has(made.owner))
      this.#change(does, made, { which, userId, tweetId })
  }

  /** What somebody has made is theirs no longer. */
  left(userId: UserId): void {
    this.#left.add(userId)
  }

  #make(kind: 'list' | 'moment', actorId: UserId, which: number): void {
    const id = this.#world.newId(actorId)
    this.#made.push({ kind, owner: actorId, id })
    const more = {
      actorId,
      description: which % 2 === 0 ? '' : 'Those who play',
      ...(which % 3 === 0 ? { operationId: `made-${id}` } : {}),
    }
    if (kind === 'list') {
      const event = { listId: id, name: `Chess ${which}`, private: which % 4 === 0, ...more }
      this.#world.write('list.create', actorId, event)
    } else {
      this.#world.write('moment.create', actorId, { momentId: id, title: 'The störm', ...more })
    }
  }

  #follow(isThere: boolean, actorId: UserId, { kind, id, owner }: Made): void {
    if (owner === actorId || !this.#world.isNew(`followed ${actorId} ${id}`, isThere)) return
    const name = `${kind}.${isThere ? 'follow' : 'unfollow'}` as const
    this.#world.write(name, actorId, { actorId, [`${kind}Id`]: id })
  }

  #change(
    does: 'putIn' | 'takeOut' | 'move' | 'edit' | 'drop',
    { kind, owner, id }: Made,
    { which, userId, tweetId }: { which: number; userId: UserId; tweetId: number },
  ): void {
    const isList = kind === 'list'
    const event = { actorId: owner, [`${kind}Id`]: id }
    const item = isList ? { userId } : { tweetId }
    const fact = `in ${id} ${isList ? userId : tweetId}`
    const write = (name: OperationName, more: object): void =>
      this.#world.write(name, owner, { ...event, ...more })
    if (does === 'drop') {
      this.#gone.add(id)
      write(`${kind}.delete`, {})
    } else if (does === 'edit') {
      write(`${kind}.update`, isList ? { private: which % 2 === 0 } : { title: `Rain ${which}` })
      if (!isList && which % 3 === 0) write('moment.publish', {})
    } else if (does === 'putIn') {
      if (!this.#world.isNew(fact, true)) return
      write(isList ? 'list.addMember' : 'moment.addTweet', isList ? item : { ...item, place: 0 })
    } else if (does === 'takeOut') {
      if (!this.#world.isNew(fact, false)) return
      write(isList ? 'list.removeMember' : 'moment.removeTweet', item)
    } else if (!isList) write('moment.move', { ...item, place: which % 2 })
  }
}
