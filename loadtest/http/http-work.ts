// The requests of an HTTP run, and what has to be true of their answers.
//
// Every answer's status is checked. The body is parsed and held against the definition of its operation
// for one answer in so many, because parsing JSON costs the generator more than the answer cost the
// server. Posts are counted by author on their way out and on their way back: at the end each author
// must have at least the tweets that were acknowledged, and at most those that were sent.

import { checkFields, FieldProblem } from '../../protocol/check.ts'
import type { Tweet, User } from '../../protocol/entities.ts'
import type { Operation } from '../../protocol/operation.ts'
import { accountCreate } from '../../protocol/operations/account-create.ts'
import { timelineHome } from '../../protocol/operations/timeline-home.ts'
import { timelineUser } from '../../protocol/operations/timeline-user.ts'
import { tweetPost } from '../../protocol/operations/tweet-post.ts'
import { userFollow } from '../../protocol/operations/user-follow.ts'
import type { KnownUser } from '../oracle/oracle.ts'
import { TextGenerator } from '../people/texts.ts'
import { Random } from '../std/random.ts'
import type { Answered, Shot } from './autocannon.ts'
import type { RequestKind } from './mix.ts'

/** A request by one user. */
export type HttpShot = Shot & {
  readonly kind: RequestKind
  readonly user: KnownUser
  readonly operation: Operation
  /** What is wrong with a body that has the right shape; undefined where it is right. */
  readonly complaint: (body: never) => string | undefined
}

export type HttpWorkOptions = {
  readonly users: readonly KnownUser[]
  readonly seed: string
  /** Tells runs on one server apart: in handles and operation ids. */
  readonly run: string
  /** Tweets of a page. */
  readonly limit: number
  /** One answer in so many has its body checked. */
  readonly checkEvery: number
  /** Called for each acknowledged post whose body was checked. */
  readonly onPosted?: (tweet: Tweet) => void
}

/** Posts of one author. */
export type PostCounts = { sent: number; acknowledged: number }

type Page = { readonly tweets: readonly Tweet[]; readonly users: readonly User[] }

export class HttpWork {
  readonly #options: HttpWorkOptions
  readonly #random: Random
  readonly #texts: TextGenerator
  readonly posts = new Map<KnownUser, PostCounts>()
  #operationIds = 0
  #signUps = 0
  #answers = 0
  /** Answers whose body was checked. */
  checked = 0

  constructor(options: HttpWorkOptions) {
    if (options.users.length < 2) throw new RangeError('an HTTP run needs two users at least')
    this.#options = options
    this.#random = new Random(`${options.seed} http`)
    this.#texts = new TextGenerator(
      new Random(`${options.seed} http texts`),
      options.users.map(({ handle }) => handle),
    )
  }

  /** A request of this kind by a user drawn by chance. */
  shot(kind: RequestKind): HttpShot {
    const user = this.#random.pick(this.#options.users)
    return { kind, user, ...this.#makers[kind](user) }
  }

  /** @returns what is wrong with an answer, in words that are the same each time; else undefined */
  check({ shot, status, body }: Answered<HttpShot>): string | undefined {
    const { kind, operation } = shot
    const isRight = status === (operation.http?.status ?? 200)
    if (!isRight) return `${kind} answered ${status}${codeIn(body)}`
    if (kind === 'post') this.#postsOf(shot.user).acknowledged++
    if (this.#answers++ % this.#options.checkEvery !== 0) return undefined
    this.checked++
    const problem = problemOf(shot, body)
    return problem === undefined ? undefined : `${kind} ${problem}`
  }

  #postsOf(user: KnownUser): PostCounts {
    let counts = this.posts.get(user)
    if (counts === undefined) {
      counts = { sent: 0, acknowledged: 0 }
      this.posts.set(user, counts)
    }
    return counts
  }

  readonly #makers: Readonly<
    Record<RequestKind, (user: KnownUser) => Omit<HttpShot, 'kind' | 'user'>>
  > = {
    home: (user) => ({
      method: 'GET',
      path: `/v1/timelines/home?limit=${this.#options.limit}`,
      headers: signedIn(user),
      operation: timelineHome,
      complaint: (page: Page) => this.#pageComplaint(page),
    }),
    profile: (user) => {
      const { id } = this.#random.pick(this.#options.users)
      return {
        method: 'GET',
        path: `/v1/users/${id}/tweets?limit=${this.#options.limit}`,
        headers: signedIn(user),
        operation: timelineUser,
        complaint: (page: Page) =>
          page.tweets.every(({ authorId }) => authorId === id)
            ? this.#pageComplaint(page)
            : 'shows tweets of somebody else',
      }
    },
    post: (user) => {
      const text = this.#texts.next()
      return {
        method: 'POST',
        path: '/v1/tweets',
        headers: { ...signedIn(user), ...json },
        body: JSON.stringify({ text }),
        renew: () => {
          this.#postsOf(user).sent++
          // As an application does it: each post has a key that would make a retry safe.
          return { headers: { 'Idempotency-Key': `${this.#options.run}.${++this.#operationIds}` } }
        },
        operation: tweetPost,
        complaint: ({ tweet }: { tweet: Tweet }) => {
          if (tweet.authorId !== user.id || tweet.text !== text) return 'gave back another tweet'
          this.#options.onPosted?.(tweet)
          return undefined
        },
      }
    },
    follow: (user) => {
      const { id } = this.#otherThan(user)
      return {
        method: 'PUT',
        path: `/v1/users/${id}/follow`,
        headers: signedIn(user),
        operation: userFollow,
        complaint: ({ user: followed }: { user: User }) =>
          followed.id === id && followed.viewer?.following === true
            ? undefined
            : 'did not give back the user who is followed now',
      }
    },
    'sign-up': () => ({
      method: 'POST',
      path: '/v1/users',
      headers: json,
      renew: () => ({ body: JSON.stringify(this.#newcomer()) }),
      operation: accountCreate,
      complaint: ({ user }: { user: User }) =>
        user.handle.startsWith(signUpPrefix) ? undefined : 'gave back another user',
    }),
  }

  #newcomer() {
    const handle = `${signUpPrefix}${this.#options.run}${(++this.#signUps).toString(36)}`
    return { handle, name: `Newcomer ${this.#signUps}`, password: `${handle} is new here` }
  }

  #otherThan(user: KnownUser): KnownUser {
    for (;;) {
      const other = this.#random.pick(this.#options.users)
      if (other !== user) return other
    }
  }

  #pageComplaint({ tweets, users }: Page): string | undefined {
    if (tweets.length > this.#options.limit) return 'holds more tweets than were asked for'
    if (tweets.some(({ id }, place) => place > 0 && id >= tweets[place - 1]!.id)) {
      return 'is not sorted from new to old'
    }
    const known = new Set(users.map(({ id }) => id))
    if (known.size !== users.length) return 'holds an author twice'
    return tweets.every(({ authorId }) => known.has(authorId)) ? undefined : 'lacks an author'
  }
}

/** With the run's name of at most 8 and up to 6 for the number it is a handle. */
const signUpPrefix = 'n'
const json = { 'Content-Type': 'application/json' } as const

function signedIn({ token }: KnownUser): Record<string, string> {
  return { Authorization: `Bearer ${token}` }
}

function problemOf({ operation, complaint }: HttpShot, body: string): string | undefined {
  let parsed: unknown
  try {
    parsed = JSON.parse(body)
  } catch {
    // The one thing that JSON.parse throws is that this is no JSON.
    return 'is no JSON'
  }
  const answer = checkFields(operation.answer, parsed, 'json')
  if (answer instanceof FieldProblem) return `has ${answer.field}, which ${answer.problem}`
  return complaint(answer as never)
}

/** The code of a problem document, with a space in front. */
function codeIn(body: string): string {
  const code = /"code":"(\w+)"/.exec(body)?.[1]
  return code === undefined ? '' : ` ${code}`
}
