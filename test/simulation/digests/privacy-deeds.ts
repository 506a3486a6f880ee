// What the people of the digest run do about privacy. Blocks are few and short, so that most can still read
// most of what there is.

import type { UserId } from '../../../protocol/ids.ts'
import type { Deed } from './deed.ts'

/** Two users, as an operation names them. */
type Pair = readonly [actor: UserId, userId: UserId]

export type Crowd = {
  /** From 0 to below 1. */
  readonly random: () => number
  anybody(): UserId
  /** The first ones are known to most. */
  somebodyKnown(): UserId
  tweetTalkedOf(): number | undefined
}

const wordsEach = 4

export class PrivacyDeeds {
  readonly #crowd: Crowd
  readonly #pairs = { block: [] as Pair[], mute: [] as Pair[], thread: [] as [UserId, number][] }
  readonly #requests: Pair[] = []
  readonly #protected: UserId[] = []

  constructor(crowd: Crowd) {
    this.#crowd = crowd
  }

  next(): Deed | undefined {
    const draw = this.#crowd.random()
    if (draw < 0.2) return this.#change('block', draw < 0.1)
    if (draw < 0.35) return this.#change('mute', draw < 0.3)
    if (draw < 0.5) return this.#update()
    if (draw < 0.7) return this.#askOneProtected()
    if (draw < 0.8) return this.#answer(draw < 0.77)
    if (draw < 0.9) return this.#muteThread(draw < 0.87)
    return this.#muteWord(draw < 0.95)
  }

  #change(kind: 'block' | 'mute', isBegin: boolean): Deed | undefined {
    const pairs = this.#pairs[kind]
    if (!isBegin) {
      const [actor, userId] = pairs.shift() ?? []
      return actor === undefined ? undefined : { name: `user.un${kind}`, actor, params: { userId } }
    }
    const [actor, userId] = [this.#crowd.anybody(), this.#crowd.somebodyKnown()]
    const learn = () => void pairs.push([actor, userId])
    return { name: `user.${kind}`, actor, params: { userId }, learn }
  }

  #update(): Deed {
    const { random } = this.#crowd
    const actor = this.#crowd.anybody()
    const number = Math.floor(random() * 1e6)
    const edit =
      random() < 0.5 ? { bio: `Nest ${number}` } : { location: random() < 0.2 ? '' : 'Ely' }
    const isProtected = random() < 0.1
    const learn = () => void (isProtected && this.#protected.push(actor))
    return { name: 'user.update', actor, params: { ...edit, protected: isProtected }, learn }
  }

  #askOneProtected(): Deed | undefined {
    const { random } = this.#crowd
    const userId = this.#protected[Math.floor(random() * this.#protected.length)]
    if (userId === undefined) return undefined
    const actor = this.#crowd.anybody()
    const learn = () => void this.#requests.push([actor, userId])
    return { name: 'user.follow', actor, params: { userId }, learn }
  }

  #answer(isApproval: boolean): Deed | undefined {
    const [userId, actor] = this.#requests.shift() ?? []
    if (actor === undefined) return undefined
    const name = isApproval ? 'user.approveFollow' : 'user.rejectFollow'
    return { name, actor, params: { userId } }
  }

  #muteThread(isBegin: boolean): Deed | undefined {
    const { thread } = this.#pairs
    const tweetId = this.#crowd.tweetTalkedOf()
    if (!isBegin) {
      const [actor, muted] = thread.shift() ?? []
      if (actor === undefined) return undefined
      return { name: 'mutes.removeThread', actor, params: { tweetId: muted } }
    }
    if (tweetId === undefined) return undefined
    const actor = this.#crowd.anybody()
    const learn = () => void thread.push([actor, tweetId])
    return { name: 'mutes.addThread', actor, params: { tweetId }, learn }
  }

  #muteWord(isBegin: boolean): Deed {
    const word = `word${Math.floor(this.#crowd.random() * wordsEach)}`
    const name = isBegin ? 'mutes.addWord' : 'mutes.removeWord'
    return { name, actor: this.#crowd.somebodyKnown(), params: { word } }
  }
}
