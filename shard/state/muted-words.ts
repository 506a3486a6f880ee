// Muted words: what a reader does not want to read of, as folded texts. A hosted fact: kept where the reader
// is hosted, and shown to nobody else.
//
// Who has muted words asks for each tweet that may come to them. So the words of those who asked last are kept ready
// to be matched, with the answers about the tweets that they asked for last: a text never changes, so an answer is
// right until the words do. A cache and no fact: in no snapshot.
//
// Owned by `ShardState`; a single thread.

import { type UserFlags, userFlag } from './users/user-flags.ts'
import { FoldedText, WordMatcher } from './word-matcher.ts'

/** All matchers together: 4,000 of a few words each, or 20 of as many and as long ones as there may be. */
export const matchersBytesMax = 32 * 1024 * 1024
/** What a node of a matcher costs, and a matcher beside its nodes and answers. */
const [nodeBytes, overheadBytes] = [72, 1_024]
/** Answers that are kept of a reader: more than a home timeline has tweets. A power of two. */
const answersKept = 1_024

/** The texts of tweets, by dense index. */
type Texts = { fieldOf(tweet: number, field: 'text'): unknown }

/** A reader's words; for each tweet, at its place, twice its index, one more, and one more where it has a word. */
type Ready = { readonly matcher: WordMatcher; readonly answers: Int32Array }

export class MutedWords {
  readonly #flags: UserFlags
  readonly #bytesMax: number
  readonly #words = new Map<number, readonly string[]>()
  /** The one that was made first is first. */
  readonly #ready = new Map<number, Ready>()
  #readyBytes = 0
  /** The text that was looked through last: it often comes to many readers, and as the original of many retweets. */
  #last: { readonly tweet: number; readonly folded: FoldedText } | undefined

  constructor(flags: UserFlags, bytesMax = matchersBytesMax) {
    this.#flags = flags
    this.#bytesMax = bytesMax
  }

  /** The memory of what is kept ready. */
  get readyBytes(): number {
    return this.#readyBytes
  }

  /** The words of a user, in the order in which they were muted. */
  of(user: number): readonly string[] {
    return this.#words.get(user) ?? none
  }

  /** Whether the text of a tweet that has a body has one of the user's words. */
  isIn(texts: Texts, { user, tweet }: { readonly user: number; readonly tweet: number }): boolean {
    const words = this.#words.get(user)
    if (words === undefined) return false
    const { matcher, answers } = this.#ready.get(user) ?? this.#makeReady(user, words)
    const place = tweet % answersKept
    const known = answers[place]! - 1 - tweet * 2
    if (known === 0 || known === 1) return known === 1
    const isIn = matcher.isIn(this.#foldedOf(texts, tweet))
    answers[place] = tweet * 2 + 1 + (isIn ? 1 : 0)
    return isIn
  }

  add(user: number, word: string): void {
    const words = this.of(user)
    if (!words.includes(word)) this.#words.set(user, [...words, word])
    this.#flags.raise(user, userFlag.mutes)
    this.#forgetReady(user)
  }

  remove(user: number, word: string): void {
    const words = this.of(user).filter((muted) => muted !== word)
    if (words.length > 0) this.#words.set(user, words)
    else this.#words.delete(user)
    this.#forgetReady(user)
  }

  clear(user: number): void {
    this.#words.delete(user)
    this.#forgetReady(user)
  }

  #foldedOf(texts: Texts, tweet: number): FoldedText {
    if (this.#last?.tweet !== tweet) {
      this.#last = { tweet, folded: new FoldedText(texts.fieldOf(tweet, 'text') as string) }
    }
    return this.#last.folded
  }

  #makeReady(user: number, words: readonly string[]): Ready {
    const ready = { matcher: new WordMatcher(words), answers: new Int32Array(answersKept) }
    this.#ready.set(user, ready)
    this.#readyBytes += bytesOf(ready)
    for (const other of this.#ready.keys()) {
      if (this.#readyBytes <= this.#bytesMax) break
      this.#forgetReady(other)
    }
    return ready
  }

  #forgetReady(user: number): void {
    const ready = this.#ready.get(user)
    if (ready === undefined) return
    this.#ready.delete(user)
    this.#readyBytes -= bytesOf(ready)
  }
}

function bytesOf({ matcher, answers }: Ready): number {
  return matcher.nodeCount * nodeBytes + answers.byteLength + overheadBytes
}

const none: readonly string[] = []
