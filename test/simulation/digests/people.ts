// The people of the digest run: what they know of each other, and what one of them does next.
//
// Everything is chosen by one seed. Few are followed by very many, as everywhere; what is marked is mostly
// new; now and then somebody does what was done already, or sends a post once more because no answer came.

import { FollowBatchWriter, unpackIds } from '../../../protocol/batches.ts'
import type { Fields } from '../../../protocol/fields.ts'
import type { TweetId, UserId } from '../../../protocol/ids.ts'
import { partitionOfHandle, partitionOfId } from '../../../protocol/ids.ts'
import { hashToken } from '../../../protocol/operations/credentials.ts'
import { pickValue } from '../../../protocol/pick.ts'
import type { OperationName } from '../../../protocol/registry.ts'
import { operations } from '../../../protocol/registry.ts'

/** One request of somebody, and what is learnt from its answer. */
export type Deed = {
  readonly name: OperationName
  readonly actor: number
  readonly params: Record<string, unknown>
  readonly tokenHash?: string
  readonly learn?: (answer: Uint8Array) => void
}

type Person = { readonly id: UserId; readonly handle: string }
type Session = { readonly userId: UserId; readonly tokenHash: string }
/** Somebody, and whom they follow or what they have marked. */
type Pair = readonly [who: UserId, what: number]

const handlesPerImport = 12
const followersPerImport = 6
const followeesEachMax = 24
/** Marks go to one of so many newest tweets. */
const talkedOfMax = 5_000
/** Readers whose timelines are looked at. */
const readersMax = 64
/** Posts that may be sent once more. */
const retriedMax = 64
const words =
  'a rook lands on the wet roof and nobody sees why 🐦 winter is long Ünder trees'.split(' ')

export class People {
  readonly users: Person[] = []
  readonly tweets: Pair[] = []
  /** Who have read their home timeline of late: what is written then goes into it, where it is kept. */
  readonly readers: UserId[] = []
  readonly #random: () => number
  readonly #partitionCount: number
  readonly #sessions: Session[] = []
  readonly #follows: Pair[] = []
  readonly #favorites: Pair[] = []
  readonly #bookmarks: Pair[] = []
  readonly #posts: Deed[] = []
  readonly #batch = new FollowBatchWriter()
  #handles = 0

  constructor(options: { readonly random: () => number; readonly partitionCount: number }) {
    this.#random = options.random
    this.#partitionCount = options.partitionCount
  }

  /** What one of them does next; undefined where the draw does not fit what there is. */
  next(): Deed | undefined {
    let draw = this.#random() * weightOfAll
    for (const [weight, deed] of weighted) {
      draw -= weight
      if (draw < 0) return deed(this)
    }
    return undefined
  }

  /** Somebody looks at their home timeline, whom every host has heard of by `heardOf`. */
  readHome(heardOf: number): Deed {
    const { id } = this.users[this.#below(Math.min(heardOf, this.users.length))]!
    this.readers.unshift(id)
    if (this.readers.length > readersMax) this.readers.length = readersMax
    return { name: 'timeline.home', actor: id, params: {} }
  }

  signUp(): Deed {
    const number = ++this.#handles
    const handle = `Rook_${number.toString(36)}`
    const more = {
      ...(this.#chance(0.5) ? { email: `${number}@example.org` } : {}),
      ...(this.#chance(0.3) ? { birthDate: '1815-12-10' } : {}),
      ...(this.#chance(0.2) ? { operationId: `sign-up-${number}` } : {}),
    }
    return {
      name: 'account.create',
      actor: 0,
      params: { handle, name: `Rook ${number}`, password: passwordOf(handle), ...more },
      learn: (answer) => {
        this.users.push({ id: picked('account.create', answer, ['user', 'id']), handle })
        this.#learnToken('account.create', answer)
      },
    }
  }

  importUsers(): Deed {
    const partition = this.#below(this.#partitionCount)
    const handles: string[] = []
    while (handles.length < handlesPerImport) {
      const handle = `nest${(++this.#handles).toString(36)}`
      if (partitionOfHandle(handle, this.#partitionCount) === partition) handles.push(handle)
    }
    const password = this.#chance(0.5) ? { password: 'the same for all' } : {}
    return {
      name: 'import.users',
      actor: 0,
      params: { partition, handles, ...password },
      learn: (answer) => {
        const ids = unpackIds(picked('import.users', answer, ['userIds']))
        for (const [place, handle] of handles.entries()) {
          this.users.push({ id: ids[place] as UserId, handle })
        }
      },
    }
  }

  importFollows(): Deed | undefined {
    const partition = this.#below(this.#partitionCount)
    const followers = new Set<UserId>()
    for (let tries = 0; tries < followersPerImport * 8; tries++) {
      const { id } = this.#anybody()
      if (partitionOfId(id) === partition) followers.add(id)
      if (followers.size === followersPerImport) break
    }
    if (followers.size === 0) return undefined
    const edges: Pair[] = []
    this.#batch.reset()
    for (const follower of [...followers].sort((left, right) => left - right)) {
      const count = 1 + this.#below(followeesEachMax)
      const followees = new Set(Array.from({ length: count }, () => this.#somebodyKnown().id))
      this.#batch.begin(follower, followees.size)
      for (const followee of [...followees].sort((left, right) => left - right)) {
        this.#batch.add(followee)
        edges.push([follower, followee])
      }
    }
    const params = { partition, follows: this.#batch.copy() }
    const learn = () => void this.#follows.push(...edges)
    return { name: 'import.follows', actor: 0, params, learn }
  }

  signIn(): Deed {
    const { handle } = this.#anybody()
    const params = { handle, password: passwordOf(handle) }
    const learn = (answer: Uint8Array) => this.#learnToken('session.create', answer)
    return { name: 'session.create', actor: 0, params, learn }
  }

  signOut(): Deed | undefined {
    const session = this.#take(this.#sessions)
    if (session === undefined) return undefined
    const { userId, tokenHash } = session
    return { name: 'session.end', actor: userId, params: {}, tokenHash }
  }

  post(): Deed {
    const again = this.#chance(0.03) ? this.#posts[this.#below(retriedMax)] : undefined
    if (again !== undefined) return again
    const { id } = this.#anybody()
    const inReplyTo = this.#chance(0.2) ? this.#tweetTalkedOf() : undefined
    const operationId = this.#chance(0.3) ? { operationId: this.#key() } : {}
    const deed: Deed = {
      name: 'tweet.post',
      actor: id,
      params: { text: this.#text(), ...(inReplyTo ? { inReplyTo } : {}), ...operationId },
      learn: (answer) => {
        this.tweets.push([id, picked<TweetId>('tweet.post', answer, ['tweet', 'id'])])
      },
    }
    if ('operationId' in operationId) this.#posts[this.#below(retriedMax)] = deed
    return deed
  }

  delete(): Deed | undefined {
    const tweet = this.#take(this.tweets)
    if (tweet === undefined) return undefined
    return { name: 'tweet.delete', actor: tweet[0], params: { tweetId: tweet[1] } }
  }

  follow(): Deed {
    const [{ id }, followee] = [this.#anybody(), this.#somebodyKnown()]
    const learn = () => void this.#follows.push([id, followee.id])
    return { name: 'user.follow', actor: id, params: { userId: followee.id }, learn }
  }

  unfollow(): Deed | undefined {
    const [actor, userId] = this.#take(this.#follows) ?? []
    return actor === undefined ? undefined : { name: 'user.unfollow', actor, params: { userId } }
  }

  favorite(): Deed | undefined {
    return this.#mark('tweet.favorite', this.#favorites)
  }

  unfavorite(): Deed | undefined {
    return this.#unmark('tweet.unfavorite', this.#favorites)
  }

  bookmark(): Deed | undefined {
    return this.#mark('tweet.bookmark', this.#bookmarks)
  }

  unbookmark(): Deed | undefined {
    return this.#unmark('tweet.unbookmark', this.#bookmarks)
  }

  #mark(name: OperationName, marks: Pair[]): Deed | undefined {
    const tweetId = this.#tweetTalkedOf()
    if (tweetId === undefined) return undefined
    const { id } = this.#anybody()
    const learn = () => void marks.push([id, tweetId])
    return { name, actor: id, params: { tweetId }, learn }
  }

  #unmark(name: OperationName, marks: Pair[]): Deed | undefined {
    const [actor, tweetId] = this.#take(marks) ?? []
    return actor === undefined ? undefined : { name, actor, params: { tweetId } }
  }

  #learnToken(name: OperationName, answer: Uint8Array): void {
    const userId = picked<UserId>(name, answer, ['user', 'id'])
    this.#sessions.push({ userId, tokenHash: hashToken(picked(name, answer, ['token'])) })
  }

  #anybody(): Person {
    return this.users[this.#below(this.users.length)]!
  }

  /** The first ones are known to most. */
  #somebodyKnown(): Person {
    return this.users[Math.floor(this.users.length * this.#random() ** 2)]!
  }

  #tweetTalkedOf(): number | undefined {
    const recent = Math.min(talkedOfMax, this.tweets.length)
    return this.tweets[this.tweets.length - 1 - Math.floor(recent * this.#random() ** 2)]?.[1]
  }

  #text(): string {
    const text = Array.from({ length: 3 + this.#below(12) }, () => words[this.#below(words.length)])
    if (this.#chance(0.2)) text.push(`@${this.#somebodyKnown().handle}`)
    if (this.#chance(0.2)) text.push(`#roof${this.#below(100)}`)
    if (this.#chance(0.1)) text.push(`https://example.org/${this.#below(1e6)}`)
    return text.join(' ')
  }

  #key(): string {
    return `post-${Math.floor(this.#random() * 2 ** 50).toString(36)}`
  }

  /** Takes a random one out, the last one into its place. */
  #take<T>(list: T[]): T | undefined {
    const place = this.#below(list.length)
    const taken = list[place]
    const last = list.pop()
    if (place < list.length && last !== undefined) list[place] = last
    return taken
  }

  #below(count: number): number {
    return Math.floor(this.#random() * count)
  }

  #chance(probability: number): boolean {
    return this.#random() < probability
  }
}

/** How often each is done, of 1,000 times or so. */
const weighted: readonly (readonly [number, (people: People) => Deed | undefined])[] = [
  [330, (people) => people.post()],
  [40, (people) => people.delete()],
  [170, (people) => people.follow()],
  [100, (people) => people.unfollow()],
  [160, (people) => people.favorite()],
  [60, (people) => people.unfavorite()],
  [80, (people) => people.bookmark()],
  [40, (people) => people.unbookmark()],
  [4, (people) => people.signUp()],
  [8, (people) => people.signIn()],
  [6, (people) => people.signOut()],
  [0.5, (people) => people.importUsers()],
  [8, (people) => people.importFollows()],
]
const weightOfAll = weighted.reduce((sum, [weight]) => sum + weight, 0)

function passwordOf(handle: string): string {
  return `password of ${handle}`
}

function picked<T>(name: OperationName, answer: Uint8Array, path: readonly string[]): T {
  return pickValue(operations[name].answer as Fields, answer, path) as T
}
