// What the people of the digest run do with lists and moments. Whoever made one goes on with it; others follow it.

import type { Fields } from '../../../protocol/fields.ts'
import type { UserId } from '../../../protocol/ids.ts'
import { pickValue } from '../../../protocol/pick.ts'
import { operations } from '../../../protocol/registry.ts'
import type { Deed } from './deed.ts'
import type { Crowd } from './privacy-deeds.ts'

type Made = { readonly owner: UserId; readonly id: number }
type Followed = { readonly actor: UserId; readonly id: number }

const words = ['Chess', 'Birds', 'The storm', 'Rooks of Ely']

export class CollectionDeeds {
  readonly lists: Made[] = []
  readonly moments: Made[] = []
  readonly #crowd: Crowd
  /** Moment to the tweet that came into it last, and list to the user. */
  readonly #tweets = new Map<number, number>()
  readonly #members = new Map<number, UserId>()
  readonly #followed = { list: [] as Followed[], moment: [] as Followed[] }

  constructor(crowd: Crowd) {
    this.#crowd = crowd
  }

  next(): Deed | undefined {
    const kind = this.#crowd.random() < 0.5 ? 'list' : 'moment'
    const draw = this.#crowd.random()
    if (draw < 0.15) return this.#create(kind)
    if (draw < 0.3) return this.#follow(kind)
    if (draw < 0.4) return this.#unfollow(kind)
    const made = this.#one(this.#madeOf(kind))
    if (made === undefined) return undefined
    return kind === 'list' ? this.#onList(made, draw) : this.#onMoment(made, draw)
  }

  #create(kind: 'list' | 'moment'): Deed {
    const actor = this.#crowd.anybody()
    const title = words[this.#below(words.length)]!
    const coverTweetId = this.#crowd.random() < 0.3 ? this.#crowd.tweetTalkedOf() : undefined
    const cover = coverTweetId === undefined ? {} : { coverTweetId }
    const learn = (answer: Uint8Array): void => {
      const fields = operations[`${kind}.create`].answer as Fields
      const id = pickValue(fields, answer, [kind, 'id']) as number
      this.#madeOf(kind).push({ owner: actor, id })
    }
    if (kind === 'moment')
      return { name: 'moment.create', actor, params: { title, ...cover }, learn }
    const isPrivate = this.#crowd.random() < 0.2
    return { name: 'list.create', actor, params: { name: title, private: isPrivate }, learn }
  }

  #follow(kind: 'list' | 'moment'): Deed | undefined {
    const id = this.#one(this.#madeOf(kind))?.id
    if (id === undefined) return undefined
    const actor = this.#crowd.anybody()
    const learn = () => void this.#followed[kind].push({ actor, id })
    return { name: `${kind}.follow`, actor, params: { [`${kind}Id`]: id }, learn }
  }

  #unfollow(kind: 'list' | 'moment'): Deed | undefined {
    const { actor, id } = this.#followed[kind].shift() ?? {}
    if (actor === undefined) return undefined
    return { name: `${kind}.unfollow`, actor, params: { [`${kind}Id`]: id } }
  }

  #onList({ owner: actor, id: listId }: Made, draw: number): Deed {
    const userId = this.#crowd.somebodyKnown()
    if (draw < 0.75) {
      const learn = () => void this.#members.set(listId, userId)
      return { name: 'list.addMember', actor, params: { listId, userId }, learn }
    }
    if (draw < 0.85) {
      const known = this.#members.get(listId) ?? userId
      return { name: 'list.removeMember', actor, params: { listId, userId: known } }
    }
    if (draw < 0.97) {
      const changes = draw < 0.9 ? { name: words[this.#below(4)] } : { private: draw < 0.93 }
      return { name: 'list.update', actor, params: { listId, ...changes } }
    }
    return { name: 'list.delete', actor, params: { listId } }
  }

  #onMoment({ owner: actor, id: momentId }: Made, draw: number): Deed | undefined {
    if (draw < 0.5) return { name: 'moment.publish', actor, params: { momentId } }
    if (draw < 0.53) return { name: 'moment.delete', actor, params: { momentId } }
    if (draw < 0.58) {
      return { name: 'moment.update', actor, params: { momentId, title: words[this.#below(4)] } }
    }
    const talkedOf = this.#crowd.tweetTalkedOf()
    const known = this.#tweets.get(momentId)
    if (draw < 0.78 || known === undefined) {
      if (talkedOf === undefined) return undefined
      const learn = () => void this.#tweets.set(momentId, talkedOf)
      const params = { momentId, tweetId: talkedOf, place: this.#below(8) }
      return { name: 'moment.addTweet', actor, params, learn }
    }
    const place = this.#below(4)
    if (draw < 0.93) {
      return { name: 'moment.move', actor, params: { momentId, tweetId: known, place } }
    }
    return { name: 'moment.removeTweet', actor, params: { momentId, tweetId: known } }
  }

  #madeOf(kind: 'list' | 'moment'): Made[] {
    return kind === 'list' ? this.lists : this.moments
  }

  #one<T>(list: readonly T[]): T | undefined {
    return list[this.#below(list.length)]
  }

  #below(count: number): number {
    return Math.floor(this.#crowd.random() * count)
  }
}
