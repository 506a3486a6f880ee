// The ledger of a swarm: which tweet has to reach whom, who got it, and who got it twice. Pure.
//
// A text carries the number of its post, so that a push is known before the answer to the post has come.
//
//   post 17 by client 3     recipients of 3:   [ 2, 3, 9 ]     those who follow 3, and 3 itself
//                           received:          [ 1, 0, 1 ]     one byte each: 3 is still missing
//
// Everybody who follows has to get each post once (I2, I4). Only who was told of a hole in the stream
// (I8: `recovered: false`) may lack what was posted before that.

/** Which clients a client's posts are for: indexes of clients, in order. */
export type Audience = {
  readonly recipientsOf: (author: number) => Uint32Array
}

export type Post = {
  readonly number: number
  readonly author: number
  readonly intendedMs: number
  readonly sentMs: number
  readonly recipients: Uint32Array
  /** One byte for each recipient. */
  readonly received: Uint8Array
  receivedCount: number
  /** The server has refused it: nobody has to get it. */
  isRefused: boolean
  firstMs: number
  lastMs: number
}

/** What an arrival was: the first of its kind, a repeat, or nothing that this client should get. */
export type Arrival = 'new' | 'doubled' | 'unexpected'

const marker = /^p(\d+): /

export class Ledger {
  doubled = 0
  unexpected = 0
  /** Arrivals that were the first of their kind. */
  arrived = 0
  readonly #audience: Audience
  readonly #posts: Post[] = []
  /** By client: when it was last told of a hole. */
  readonly #toldMs = new Map<number, number>()

  constructor(audience: Audience) {
    this.#audience = audience
  }

  get postCount(): number {
    return this.#posts.length
  }

  /** Notes that a post goes out now. */
  post(given: {
    readonly author: number
    readonly intendedMs: number
    readonly sentMs: number
  }): Post {
    const recipients = this.#audience.recipientsOf(given.author)
    const post = {
      ...given,
      number: this.#posts.length,
      recipients,
      received: new Uint8Array(recipients.length),
      receivedCount: 0,
      isRefused: false,
      firstMs: 0,
      lastMs: 0,
    }
    this.#posts.push(post)
    return post
  }

  /** The post of a text; undefined for a text that no post of this run has. */
  find(text: string): Post | undefined {
    const match = marker.exec(text)
    return match === null ? undefined : this.#posts[Number(match[1])]
  }

  /** A post has reached a client, by push or by resume. */
  arrive(post: Post | undefined, at: { readonly client: number; readonly nowMs: number }): Arrival {
    const place = post === undefined ? -1 : placeOf(post.recipients, at.client)
    if (post === undefined || place < 0) {
      this.unexpected++
      return 'unexpected'
    }
    if (post.received[place] !== 0) {
      this.doubled++
      return 'doubled'
    }
    this.#note(post, place, at.nowMs)
    return 'new'
  }

  /** A client was told of a hole, and shown a page: what is on it is not new, and not twice. */
  hole(client: number, page: readonly (Post | undefined)[], nowMs: number): void {
    this.#toldMs.set(client, nowMs)
    for (const post of page) {
      const place = post === undefined ? -1 : placeOf(post.recipients, client)
      if (post !== undefined && place >= 0 && post.received[place] === 0) {
        this.#note(post, place, nowMs)
      }
    }
  }

  #note(post: Post, place: number, nowMs: number): void {
    post.received[place] = 1
    post.receivedCount++
    if (post.firstMs === 0) post.firstMs = nowMs
    post.lastMs = nowMs
    this.arrived++
  }

  /** Whether every recipient of every post has got it. */
  get isComplete(): boolean {
    return this.#posts.every((post) => post.isRefused || isEverywhere(post))
  }

  /**
   * What nobody got who should have.
   * @returns missed: without a word; told: its recipients know that there is a hole
   */
  missing(): { readonly missed: number; readonly told: number; readonly examples: string[] } {
    let missed = 0
    let told = 0
    const examples: string[] = []
    for (const post of this.#posts) {
      if (post.isRefused || isEverywhere(post)) continue
      for (const [place, client] of post.recipients.entries()) {
        if (post.received[place] !== 0) continue
        if (post.sentMs <= (this.#toldMs.get(client) ?? Number.NEGATIVE_INFINITY)) told++
        else {
          missed++
          if (examples.length < examplesMax) {
            examples.push(`post ${post.number} of client ${post.author} for client ${client}`)
          }
        }
      }
    }
    return { missed, told, examples }
  }
}

const examplesMax = 5

/** Whether all its recipients have got it. */
export function isEverywhere({ receivedCount, recipients }: Post): boolean {
  return receivedCount === recipients.length
}

/** The text of a post: its number, and some words. */
export function textOf(post: Pick<Post, 'number'>, words: string): string {
  return `p${post.number}: ${words}`
}

/** Where a client stands in a sorted list; below 0 where it does not. */
function placeOf(recipients: Uint32Array, client: number): number {
  let low = 0
  let high = recipients.length - 1
  while (low <= high) {
    const middle = (low + high) >>> 1
    const found = recipients[middle]!
    if (found === client) return middle
    if (found < client) low = middle + 1
    else high = middle - 1
  }
  return -1
}
